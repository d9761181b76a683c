"""`evidence backup`: the whole store as one file."""

from pathlib import Path
from typing import Annotated

import typer

from evidence.cli.shared import StoreOption, opened, uploaded_files


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; one that exists is not replaced.")],
    originals: Annotated[
        bool, typer.Option("--originals", help="Keep the files of the documents too, where they still are.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Copy the whole store into one file, while others may go on writing to it.

    Example: evidence backup evidence-2024-05-31.zip --originals
    """
    from evidence.files import original

    with opened(store) as known:
        folder = uploaded_files(store)
        made = known.backup(file, originals=(lambda record: original(record, folder)) if originals else None)
    for source in made.absent:
        typer.echo(f" not kept: {source} is not where it was read, or is another file now", err=True)
    kept = f" · {len(made.originals)} originals" if originals else ""
    decisions = made.tables["events"] + made.tables["link_events"]
    typer.echo(f"{file}: {made.tables['documents']} documents · {decisions} decisions{kept}")
