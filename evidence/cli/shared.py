"""What several commands share: the option for the store, opening it, progress, and printing rows as JSON."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evidence.errors import NotFound
from evidence.settings import files_folder, store_url

if TYPE_CHECKING:
    from evidence.model.tables import Record
    from evidence.originals import OriginalFolder
    from evidence.pipeline import Progress
    from evidence.reports import IngestReport
    from evidence.store import Store

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="The store; else the variable EVIDENCE_STORE, else sqlite:///evidence.db in this folder.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the rows as a JSON array instead of a table.")]
JobsOption = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes that read and extract.")]

_SQLITE_FILE = "sqlite:///"


@contextmanager
def opened(url: str | None, *, new: bool = False) -> "Iterator[Store]":
    """The store asked for; unless `new`, one that does not exist is not made by merely asking what is in it."""
    from evidence.store import open_store

    wanted = store_url(url)
    if not new and wanted.startswith(_SQLITE_FILE) and not Path(wanted.removeprefix(_SQLITE_FILE)).exists():
        raise NotFound(
            f"There is no store at {wanted} yet. Fill it with `evidence ingest PATH`, or name one by --store."
        )
    with open_store(wanted) as store:
        yield store


def uploaded_files(url: str | None, *, new: bool = False) -> "OriginalFolder | None":
    """The folder of uploaded files of this store; unless `new`, one that does not exist is not made."""
    from evidence.originals import OriginalFolder

    folder = files_folder(store_url(url))
    return OriginalFolder(folder) if folder is not None and (new or folder.is_dir()) else None


@contextmanager
def shown_progress() -> "Iterator[Progress]":
    """A progress bar on standard error, silent where that is no terminal."""
    from rich.console import Console

    from evidence.present.console import progress

    with progress(Console(stderr=True)) as bar:
        task = bar.add_task("reading", total=None)

        def advance(done: int, of: int, source: str) -> None:
            bar.update(task, completed=done, total=of, description=Path(source).name)

        yield advance


def tell_files(report: "IngestReport") -> None:
    """What was not read, or not in full, and why, on standard error; what is no paper at all in one line."""
    for status, files in (("note", report.noted), ("partial", report.partial), ("failed", report.of("failed"))):
        for file in files:
            reason = file.reason or ""
            typer.echo(
                f" {status}: {reason if reason.startswith(file.source) else f'{file.source}: {reason}'}", err=True
            )
    for file in report.files:
        if file.remark:
            typer.echo(f" note: {file.source}: {file.remark}", err=True)
        for problem in file.problems:
            typer.echo(f" not taken: {problem}", err=True)
    skipped = report.of("skipped")
    if skipped:
        names = ", ".join(Path(file.source).name for file in skipped)
        typer.echo(f" skipped {len(skipped)}, being no papers: {names} (name a file to read it all the same)", err=True)


def print_json(rows: "Iterable[Record | Mapping[str, Any]]") -> None:
    """Rows of the evidence tables, or their values by column, as a JSON array, one row per line, digits as printed."""
    from evidence.model.tables import to_values
    from evidence.present.export import json_line

    lines = [json_line(row if isinstance(row, Mapping) else to_values(row)) for row in rows]
    typer.echo("[\n" + ",\n".join(lines) + "\n]" if lines else "[]")
