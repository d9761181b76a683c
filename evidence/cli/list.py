"""`evidence list`: what is stored."""

import typer

from evidence.cli.shared import JsonOption, StoreOption, opened, print_json


def list_studies(store: StoreOption = None, json: JsonOption = False) -> None:
    """List the stored studies, and the documents that could not be read.

    Example: evidence list
    """
    from rich.console import Console

    from evidence.model.codes import DocumentStatus
    from evidence.pipeline import checked_records
    from evidence.present.console import studies_table

    with opened(store) as known:
        records = checked_records(known)
    if json:
        print_json(records.studies)
        return
    Console().print(studies_table(records))
    for document in records.documents:
        if document.status is not DocumentStatus.OK:
            typer.echo(f"{document.status.value}: {document.source} ({document.status_reason})")
