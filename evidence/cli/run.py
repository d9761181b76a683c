"""`evidence run`: from papers to answers in one go."""

from pathlib import Path
from typing import Annotated

import typer

from evidence.cli.ingest import summary
from evidence.cli.shared import JobsOption, shown_progress, tell_files


def run(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS.toml", help="What to answer.", show_default=False)],
    corpus: Annotated[list[str], typer.Argument(metavar="CORPUS...", help="Files and folders.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="Folder for everything that is written.")],
    jobs: JobsOption = 1,
) -> None:
    """Ingest the corpus, export its tables, answer every question and write the report.

    Example: evidence run corpus/questions.toml corpus --out outputs
    """
    from rich.console import Console

    from evidence import pipeline
    from evidence.present.forest_console import forest_console

    with shown_progress() as progress:
        report = pipeline.run(questions, corpus, out, jobs=jobs, progress=progress)
    tell_files(report.ingested)
    console = Console()
    for analysis in report.analyses:
        console.print(forest_console(analysis))
        console.print()
    for question, reason in report.unanswered:
        typer.echo(f" {question.id}: {reason}", err=True)
    typer.echo(summary(report.ingested).rpartition("\n")[0])
    for note in report.notes:
        typer.echo(note)
    typer.echo(f"wrote {len(report.written)} files to {out}; read {out / 'report.html'} first")
    if not report.complete:
        raise typer.Exit(1)
