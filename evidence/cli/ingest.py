"""`evidence ingest`: papers into the store."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from evidence.cli.shared import JobsOption, JsonOption, StoreOption, opened, print_json, shown_progress, tell_files

if TYPE_CHECKING:
    from evidence.reports import IngestReport


def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Files, folders, - for standard input, or papers: pmid:12345678, pmcid:PMC1234567, doi:10.1000/182; "
            "a workbook of `evidence export`, whose changes become decisions.",
        ),
    ],
    jobs: JobsOption = 1,
    ocr: Annotated[
        bool, typer.Option("--ocr", help="Read pages without a text layer with tesseract, some seconds each.")
    ] = False,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", help="Who decided in a workbook, where its column reviewer is empty."),
    ] = None,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Read papers, extract and check their numbers, and store them. The same file again changes nothing.

    Example: evidence ingest papers/ --jobs 4

    Example: evidence ingest review.xlsx --by "A. Reviewer"
    """
    from evidence import pipeline

    with opened(store, new=True) as into, shown_progress() as progress:
        report = pipeline.ingest(paths, into, jobs=jobs, ocr=ocr, by=by, progress=progress)
    tell_files(report)
    if json:
        with opened(store) as into:
            ids = {file.document_id for file in report.files}
            print_json(row for row in into.records().documents if row.document_id in ids)
    else:
        typer.echo(summary(report))
    if not report.complete:
        raise typer.Exit(1)


def summary(report: "IngestReport") -> str:
    """Counts of files and rows, and what to do next."""
    counts = {status: len(report.of(status)) for status in ("added", "described", "unchanged", "failed", "skipped")}
    decided = Counter[str]()
    for file in report.files:
        decided.update(file.decisions or {})
    workbooks = all(file.decisions is not None for file in report.files)
    files = " · ".join(
        f"{status} {count}"
        for status, count in (*counts.items(), *decided.items())
        if count or (status == "added" and not workbooks)
    )
    if report.partial:
        files += f" · of those added {len(report.partial)} in part"
    rows = {
        name: sum(file.rows.get(table, 0) for file in report.files)
        for name, table in (
            ("studies", "studies"),
            ("arms", "arms"),
            ("results", "arm_results"),
            ("contrasts", "contrasts"),
            ("patient outcomes", "patients"),
            ("flags", "flags"),
        )
    }
    errors, computed = (sum(getattr(file, name) for file in report.files) for name in ("errors", "computed"))
    lines = [f"{len(report.files)} files: {files}"]
    if not workbooks:
        lines.append(
            " · ".join(f"{count} {name}" for name, count in rows.items() if count or name != "patient outcomes")
            + (f" ({errors} errors)" if errors else "")
        )
    if computed:
        lines.append(f"{computed} of the results and contrasts were computed from printed ones")
    lines.append(f"next: evidence {'flags' if rows['flags'] or decided else 'list'}")
    return "\n".join(lines)
