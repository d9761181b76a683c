"""`evidence undo`: take back the last decision about a number, or about which studies are one."""

from typing import Annotated

import typer

from evidence.cli.decisions import ByOption, ReasonOption, study_named
from evidence.cli.shared import StoreOption, opened
from evidence.errors import NotFound


def undo(
    name: Annotated[str, typer.Argument(metavar="RESULT_ID|STUDY", help="Id of a number, or id or label of a study.")],
    by: ByOption,
    reason: ReasonOption = None,
    store: StoreOption = None,
) -> None:
    """Take back the last decision still in force: about a number, or the merge or split of a study.

    Example: evidence undo 3f2a…-c4 --by "A. Reviewer" --reason "the paper was right"
    """
    with opened(store) as known:
        try:
            known.trace(name)
        except NotFound:
            known.undo_link(study_named(known, name), by=by, reason=reason)
        else:
            known.decide(name, "undo", by=by, reason=reason)
    typer.echo("undone 1")
