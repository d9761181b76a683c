"""Speed and memory of reading, and what is right of it, beside other readers of the same files; writes reading.md.

    python benchmarks/reading.py

The files are those of corpus/, and the published papers of the folder that EVIDENCE_SHARED names, else of `shared`
beside the repository, where it exists; what is right is known of those alone. Every reader runs in a process of its
own; its CPU seconds are counted from the first file to the last, so that imports cost nobody anything. Machines differ
and are shared: only ratios within one run mean something. pdftotext (poppler) is a program to install; without it its
lines are left out.
"""

import sys

sys.path.append(sys.path.pop(0))  # statistics.py of this folder is not Python's module of its name

import json
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from itertools import cycle, islice
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(1, str(REPOSITORY))

from readers import READERS

SHARED = Path(os.environ.get("EVIDENCE_SHARED", REPOSITORY.parent / "shared"))
REPORT = Path(__file__).with_suffix(".md")
CORPUS = sorted(REPOSITORY.glob("corpus/pdf/*.pdf"))
PAPERS = sorted(SHARED.glob("pdfs/*.pdf"))
PDFS = [*CORPUS, *PAPERS]
ARTICLES = [*sorted(REPOSITORY.glob("corpus/jats/*.xml")), *sorted(SHARED.glob("gold/fulltext-dev/*.nxml"))]
#: Each reader runs so often, one that is slow once; its fastest run counts.
RUNS = 3
#: Pages of the long documents.
LENGTHS = (125, 250, 500, 1000, 2000)
#: So many articles are read in a row; memory is looked at after the first share of them and at the end.
MANY, FIRST = 1000, 100


# ---------------------------------------------------------------------------------- what is measured in its own process


def speed(name: str) -> dict[str, float]:
    """What one reader costs on all PDFs: CPU seconds, peak MB, longest file; and how many pages it gives."""
    reader = READERS[name]
    who = resource.RUSAGE_CHILDREN if reader.program else resource.RUSAGE_SELF
    reader.read(PDFS[0])  # imports and caches
    longest, pages = 0.0, 0
    started = before = _cpu(who)
    for path in PDFS:
        pages += len(reader.read(path))
        now = _cpu(who)
        longest, before = max(longest, now - before), now
    return {"cpu": before - started, "peak": _peak(who), "longest": longest, "pages": pages}


def long_document(path: str) -> dict[str, float]:
    """What one long PDF costs."""
    from evidence.read import read

    read(CORPUS[0])
    started = _cpu(resource.RUSAGE_SELF)
    read(path)
    return {"cpu": _cpu(resource.RUSAGE_SELF) - started, "peak": _peak(resource.RUSAGE_SELF)}


def many_articles(number: str) -> dict[str, float]:
    """What reading so many JATS articles in a row costs; each is a text of its own."""
    from evidence.read import read

    contents = [path.read_bytes() for path in ARTICLES]
    read(contents[0])
    started, first = _cpu(resource.RUSAGE_SELF), 0.0
    for n, content in enumerate(islice(cycle(contents), int(number)), 1):
        read(content.replace(b"patients", b"patients%d" % n))
        first = _peak(resource.RUSAGE_SELF) if n == FIRST else first
    return {"cpu": _cpu(resource.RUSAGE_SELF) - started, "peak": _peak(resource.RUSAGE_SELF), "first": first}


def right(name: str) -> dict[str, str]:
    """What of one reader agrees with the pages of the published papers."""
    return {"grids": _right_grids(name), "order": _right_order(name)}


def _right_grids(name: str) -> str:
    """Of the tables whose truth is known, those of which the reader gives a grid with the same cells on their page."""
    from tests.shared.grids import listed, wrong_cells

    grids = READERS[name].grids
    if grids is None:
        return "–"
    found = {path.stem: list(grids(path)) for path in PAPERS}
    tables = listed()
    agree = sum(
        any(page == int(row["page"]) and not wrong_cells(grid, row) for page, grid in found[row["paper"]])
        for row in tables
    )
    return f"{agree} of {len(tables)}"


def _right_order(name: str) -> str:
    """Of the stretches of pages whose order is known, those whose phrases follow one another in the text."""
    from tests.shared.order import IN_ORDER, out_of_order

    read = READERS[name].texts
    if read is None:
        return "–"
    texts = {path.stem: read(path) for path in PAPERS}
    agree = sum(
        out_of_order(_letters("".join(texts[paper][page - 1 :])), [_letters(phrase) for phrase in phrases]) is None
        for paper, page, *phrases in IN_ORDER
    )
    return f"{agree} of {len(IN_ORDER)}"


def _letters(text: str) -> str:
    """Letters and figures alone: order is asked for, not how a reader joins words or writes signs."""
    from tests.shared.grids import plain

    return "".join(filter(str.isalnum, plain(text)))


def ingested(path: str) -> str:
    """What becomes of a PDF at `evidence ingest`."""
    from evidence import pipeline
    from evidence.store import open_store

    with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/long.db") as store:
        (report,) = pipeline.ingest([path], store).files
    return f"{report.status} ({(report.reason or 'read in full').replace(path, Path(path).name)})"


def repeated(path: str) -> int:
    """Write a PDF of as many pages as its name says, those of the corpus again and again."""
    import pypdfium2

    pages = int(Path(path).stem)
    papers = [pypdfium2.PdfDocument(path) for path in CORPUS]
    places = [(paper, index) for paper in papers for index in range(len(paper))]
    document = pypdfium2.PdfDocument.new()
    for paper, index in islice(cycle(places), pages):
        document.import_pages(paper, [index])
    document.save(path)
    return pages


MEASURES = {measure.__name__: measure for measure in (speed, long_document, many_articles, right, ingested, repeated)}


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _peak(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


# ----------------------------------------------------------------------------------------------------------- the report


def apart(measure: str, argument: str) -> Any:
    """What a measure finds in a fresh process; this one stays small: the peak of a parent counts as its child's."""
    command = [sys.executable, __file__, measure, argument]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def best(measure: str, argument: str, runs: int) -> dict[str, float]:
    """The fastest of several runs."""
    return min((apart(measure, argument) for _ in range(runs)), key=lambda run: run["cpu"])


def main() -> None:
    lines = [*of_readers(), *of_lengths(), *of_many()]
    REPORT.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


def of_readers() -> Iterator[str]:
    """The readers in a table."""
    readers = {name: reader for name, reader in READERS.items() if not reader.program or shutil.which(reader.program)}
    costs = {name: best("speed", name, 1 if reader.slow else RUNS) for name, reader in readers.items()}
    total = int(costs["pdfium"]["pages"])
    yield "# Speed and memory of reading, and what is right of it\n"
    yield (
        f"`python benchmarks/reading.py`, evidence {version('evidence')}: {len(PDFS)} PDFs with {total} pages. Pages "
        "per CPU second on one core; ratios are those of one run.\n"
    )
    heads = [
        "reader",
        "pages per CPU second",
        "against pdftotext",
        "against pdfplumber",
        "peak MB",
        "longest file, CPU s",
    ]
    yield "| " + " | ".join([*heads, *(("right grids", "right order") if PAPERS else ())]) + " |"
    yield "|---" * (len(heads) + 2 * bool(PAPERS)) + "|"
    for name, reader in readers.items():
        cost = costs[name]
        against = [
            f"{costs[other]['cpu'] / cost['cpu']:.2f}" if other in costs else ""
            for other in ("pdftotext", "pdfplumber")
        ]
        cells = [reader.title, f"{total / cost['cpu']:.1f}", *against, f"{cost['peak']:.0f}", f"{cost['longest']:.2f}"]
        yield "| " + " | ".join([*cells, *(apart("right", name).values() if PAPERS else ())]) + " |"
    if PAPERS:
        yield (
            f"\nRight grids: tables of the {len(PAPERS)} published papers for which any grid on their page has the "
            "rows, columns and cells of `tests/shared/tables`, spans aside. Right order: stretches of "
            "`tests/shared/order.py` whose phrases follow one another, letters and figures alone; many run over the "
            "end of a column or page, and break where a reader leaves a running head or a figure between. Our own "
            "reader was written with these papers at hand, the others were not."
        )
    else:
        yield "\nThe published papers of `shared` are not here, so what is right was not measured."


def of_lengths() -> Iterator[str]:
    """Cost against length, and what becomes of the longest when it is ingested."""
    yield "\n## Long documents\n"
    yield "Pages of the corpus again and again, as one PDF.\n"
    yield "| pages | CPU ms per page | peak MB |"
    yield "|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        for pages in LENGTHS:
            path = f"{folder}/{pages}.pdf"
            apart("repeated", path)
            cost = best("long_document", path, RUNS)
            yield f"| {pages:,} | {1000 * cost['cpu'] / pages:.1f} | {cost['peak']:.0f} |"
        yield f"\nIngested, under the limits of time and memory, the longest ends as {apart('ingested', path)}"


def of_many() -> Iterator[str]:
    """Memory over many articles."""
    cost = best("many_articles", str(MANY), 1)
    yield "\n## Many documents\n"
    yield (
        f"{MANY:,} JATS articles in one process, {len(ARTICLES)} with a word of their own each time: "
        f"{MANY / cost['cpu']:.0f} articles per CPU second; peak {cost['first']:.0f} MB after {FIRST} of them, "
        f"{cost['peak']:.0f} MB after all.\n"
    )


if __name__ == "__main__":
    print(json.dumps(MEASURES[sys.argv[1]](sys.argv[2]))) if len(sys.argv) > 1 else main()
