"""What the commands that record a person's decision share."""

from typing import Annotated

import typer

ResultIds = Annotated[list[str], typer.Argument(metavar="RESULT_ID...", help="Ids as `evidence show` prints them.")]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")]
ReasonOption = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why, in your words.")]
SetOption = Annotated[
    list[str],
    typer.Option(
        "--set", metavar="COLUMN=VALUE", help="A column and its value; repeat it. An empty value: not reported."
    ),
]


def values_of(assignments: list[str]) -> dict[str, str]:
    """Values by column from COLUMN=VALUE texts."""
    values = {}
    for assignment in assignments:
        column, sign, value = assignment.partition("=")
        if not sign or not column.strip():
            raise typer.BadParameter(
                f"{assignment!r} is not COLUMN=VALUE, for example estimate=0.60", param_hint="--set"
            )
        values[column.strip()] = value
    return values
