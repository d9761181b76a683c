"""`evidence correct`: a person's decision what a number should be."""

from typing import Annotated

import typer

from evidence.cli.decisions import ByOption, ReasonOption, SetOption, values_of
from evidence.cli.shared import StoreOption, opened


def correct(
    result_id: Annotated[str, typer.Argument(help="Id as `evidence show` prints it.")],
    values: SetOption,
    by: ByOption,
    reason: ReasonOption = None,
    store: StoreOption = None,
) -> None:
    """Record what a number should be. The number as extracted is kept beside it.

    Example: evidence correct 3f2a…-c4 --set ci_high=0.83 --by "A. Reviewer" --reason "misread digit"
    """
    with opened(store) as known:
        known.decide(result_id, "correct", by=by, reason=reason, values=values_of(values))
    typer.echo("corrected 1")
