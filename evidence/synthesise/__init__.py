"""Records to pooled estimates: `answer` selects the rows of a question and pools them, `pool` pools numbers.

PyMARE is loaded by the first call that needs it, not by importing this package.
"""

from evidence.synthesise.answer import answer
from evidence.synthesise.effects import effects
from evidence.synthesise.pool import pool
from evidence.synthesise.subgroups import subgroups

__all__ = ["answer", "effects", "pool", "subgroups"]
