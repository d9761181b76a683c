"""`evidence merge`: a person's decision that several studies are one."""

from typing import Annotated

import typer

from evidence.cli.decisions import ByOption, ReasonOption, study_named
from evidence.cli.shared import StoreOption, opened


def merge(
    studies: Annotated[list[str], typer.Argument(metavar="STUDY STUDY...", help="Ids or labels of the studies.")],
    by: ByOption,
    reason: ReasonOption = None,
    store: StoreOption = None,
) -> None:
    """Record that studies of several documents are one. `evidence undo STUDY` takes it back.

    Example: evidence merge burchert-2018 drks00000591 --by "A. Reviewer" --reason "abstract of the same trial"
    """
    with opened(store) as known:
        ids = [study_named(known, name) for name in studies]
        known.merge(ids, by=by, reason=reason)
    typer.echo(f"merged {len(set(ids))} studies")
