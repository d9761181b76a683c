"""`evidence split`: a person's decision that a document speaks of another study."""

from typing import Annotated

import typer

from evidence.cli.decisions import ByOption, ReasonOption, study_named
from evidence.cli.shared import StoreOption, opened


def split(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="Id or label of the study.")],
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Id or path of the document that is set apart.")],
    by: ByOption,
    reason: ReasonOption = None,
    store: StoreOption = None,
) -> None:
    """Record that a document does not speak of this study but of another. `evidence undo STUDY` takes it back.

    Example: evidence split nct02421939 3f2a… --by "A. Reviewer" --reason "cites the wrong registry number"
    """
    with opened(store) as known:
        documents = {row.source: row.document_id for row in known.records().documents}
        known.split(study_named(known, study), documents.get(document, document), by=by, reason=reason)
    typer.echo("split 1 document")
