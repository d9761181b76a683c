"""`evidence restore`: a store from its backup."""

from pathlib import Path
from typing import Annotated

import typer

from evidence.cli.shared import StoreOption, uploaded_files
from evidence.settings import FILES_VARIABLE, files_folder, store_url


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `evidence backup` wrote.")],
    originals: Annotated[
        Path | None,
        typer.Option("--originals", metavar="DIR", help="Write the files of the backup here too, by their names."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a store, unless it has decisions that the backup has not.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Bring a backup back into a store that is new or empty, in SQLite or PostgreSQL.

    Example: evidence restore evidence-2024-05-31.zip --store sqlite:///again.db
    """
    from evidence.store import restore as bring_back

    def keep(data: bytes) -> None:
        if (folder := uploaded_files(store, new=True)) is not None:
            folder.keep(data)

    made = bring_back(file, store_url(store), force=force, originals=originals, keep=keep)
    decisions = made.tables["events"] + made.tables.get("link_events", 0)
    typer.echo(f"restored as of {made.made_at}: {made.tables['documents']} documents · {decisions} decisions")
    if made.originals and originals is None and files_folder(store_url(store)) is None:
        typer.echo(f" not kept: the {len(made.originals)} originals; name a folder by {FILES_VARIABLE}", err=True)
    typer.echo("next: evidence doctor")
