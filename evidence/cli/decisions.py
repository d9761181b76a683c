"""What the commands that record a person's decision share."""

from typing import TYPE_CHECKING, Annotated

import typer

from evidence.errors import NotFound, StoreError

if TYPE_CHECKING:
    from evidence.store import Store

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


def study_named(store: "Store", name: str) -> str:
    """The id of the study that goes by this id, label or acronym.

    Raises
    ------
    NotFound
        If there is none.
    StoreError
        If several studies have this label.
    """
    studies = store.records().studies
    ids = {study.study_id for study in studies}
    asked = name.casefold()
    found = {asked} & ids or {
        study.study_id for study in studies if asked in (study.label.casefold(), (study.acronym or "").casefold())
    }
    if not found:
        raise NotFound(f"There is no number and no study {name!r} in the store. `evidence list` shows what there is.")
    if len(found) > 1:
        raise StoreError(f"{name!r} is the label of several studies; say which by its id: {', '.join(sorted(found))}.")
    return found.pop()
