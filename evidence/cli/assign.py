"""`evidence assign`: a document for two reviewers to read independently."""

from typing import Annotated

import typer

from evidence.cli.shared import StoreOption, opened


def assign(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Id as `evidence list` prints it.")],
    first: Annotated[str, typer.Argument(metavar="FIRST", help="Name of a reviewer.")],
    second: Annotated[str, typer.Argument(metavar="SECOND", help="Name of another, or the word extractor.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who assigns.")],
    again: Annotated[
        str | None,
        typer.Option("--again", metavar="REASON", help="Why a document that two have read is read by two again."),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Give a document to two reviewers, who do not see what the other reads until both have finished.

    Meanwhile its rows cannot be decided in another way. With "extractor" the rows as extracted are the second reading,
    and their values are hidden from the first reviewer.

    Example: evidence assign 3f2a9c0d1e2b4a5c "A. Reviewer" "B. Reviewer" --by "C. Editor"
    """
    with opened(store) as known:
        made = known.dual.assign(document, first, second, by=by, again=again)
    typer.echo(f"assignment {made.assignment_id}: {made.first} and {made.second} read document {made.document_id}")
