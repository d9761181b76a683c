"""`evidence enter`: a number that a person read in a stored document."""

from enum import StrEnum
from typing import Annotated

import typer

from evidence.cli.decisions import ByOption, ReasonOption, SetOption, values_of
from evidence.cli.shared import StoreOption, opened


class Table(StrEnum):
    """The tables a number can be entered into."""

    ARM_RESULTS = "arm_results"
    CONTRASTS = "contrasts"


def enter(
    table: Annotated[Table, typer.Argument(help="The evidence table the number belongs to.")],
    values: SetOption,
    by: ByOption,
    reason: ReasonOption = None,
    store: StoreOption = None,
) -> None:
    """Add a number that you read in a stored document; prints its result id. The quote must stand in the document.

    Example: evidence enter contrasts --set document_id=3f2a… --set study_id=trial-a --set arm="drug A"
    --set comparator=placebo --set outcome=OS --set measure=HR --set estimate=0.64 --set quote="HR 0.64"
    --by "A. Reviewer"
    """
    given = values_of(values)
    with opened(store) as known:
        typer.echo(known.enter(table.value, given, by=by, reason=reason))
        quote, start = given.get("quote", ""), given.get("char_start")
        times = known.text(given["document_id"]).count(quote) if quote and not start else 1
    if times > 1:
        typer.echo(
            f"The quote stands {times} times in the document; the row stands at the first. For another, give "
            "--set char_start=… and --set char_end=…, or quote more of the sentence.",
            err=True,
        )
