"""Numbers in tables."""

from collections.abc import Sequence

from evidence.extract.contexts import Context
from evidence.extract.nlp import Reading
from evidence.extract.rows import Rows


def tabulate(reading: Reading, found: Sequence[Context], rows: Rows) -> None:
    """Numbers of the tables."""
