"""`evidence restore`: a store from its backup."""

from pathlib import Path
from typing import Annotated

import typer

from evidence.cli.shared import StoreOption
from evidence.settings import store_url


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `evidence backup` wrote.")],
    originals: Annotated[
        Path | None, typer.Option("--originals", metavar="DIR", help="Folder for the files that the backup holds.")
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

    url = store_url(store)
    made = bring_back(file, url, force=force, originals=originals)
    decisions = made.tables["events"] + made.tables.get("link_events", 0)
    typer.echo(f"restored as of {made.made_at}: {made.tables['documents']} documents · {decisions} decisions")
    typer.echo("next: evidence doctor")
