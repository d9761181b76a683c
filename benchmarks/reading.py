"""Speed and memory of reading, beside other readers of the same files; writes reading.md beside this file.

    python benchmarks/reading.py

The files are those of corpus/, and the published papers of the folder that EVIDENCE_SHARED names, else of `shared`
beside the repository, where it exists. Every reader runs in a process of its own; its CPU seconds are counted from the
first file to the last, so that imports cost nobody anything. Machines differ and are shared: only ratios within one run
mean something. pdftotext (poppler) is a program to install; without it its lines are left out.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("EVIDENCE_SHARED", REPOSITORY.parent / "shared"))
REPORT = Path(__file__).with_suffix(".md")
PDFS = [*sorted(REPOSITORY.glob("corpus/pdf/*.pdf")), *sorted(SHARED.glob("pdfs/*.pdf"))]
ARTICLES = [*sorted(REPOSITORY.glob("corpus/jats/*.xml")), *sorted(SHARED.glob("gold/fulltext-dev/*.nxml"))]
#: Each reader runs so often; its fastest run counts.
RUNS = 3
#: Articles are read so often in a row, to see whether memory grows.
ROUNDS = 10


def whole(path: Path) -> None:
    """Everything: text, sections, tables, references."""
    from evidence.read import read

    read(path)


def words(path: Path) -> None:
    """Lines of words with boxes and fonts, signs repaired, superscripts marked; no tables, no paragraphs."""
    import pypdfium2

    from evidence.read.pdf_lines import read_page

    document = pypdfium2.PdfDocument(path.read_bytes())
    for page in document:
        read_page(page)
        page.close()
    document.close()


def pdfium(path: Path) -> None:
    """Plain text."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path.read_bytes())
    for page in document:
        text = page.get_textpage()
        text.get_text_range()
        text.close()
        page.close()
    document.close()


def pdfplumber(path: Path) -> None:
    """Plain text."""
    import pdfplumber

    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_text()
            page.close()


def pdftotext(path: Path) -> None:
    """Plain text, one process per file."""
    subprocess.run(["pdftotext", path, "-"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def articles(path: Path) -> None:
    """JATS, read several times over."""
    whole(path)


READERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "whole": (whole, "evidence: text, sections, tables, references"),
    "words": (words, "evidence: words with boxes, signs repaired"),
    "pdfium": (pdfium, "pypdfium2: plain text"),
    "pdftotext": (pdftotext, "pdftotext (poppler): plain text"),
    "pdfplumber": (pdfplumber, "pdfplumber: plain text"),
}


def measured(name: str) -> None:
    """Run one reader in this process and print what it cost: CPU seconds, peak MB, longest file."""
    reader, files = (articles, ARTICLES * ROUNDS) if name == "articles" else (READERS[name][0], PDFS)
    who = resource.RUSAGE_CHILDREN if name == "pdftotext" else resource.RUSAGE_SELF
    reader(files[0])  # imports and caches
    first_peak = resource.getrusage(who).ru_maxrss / 1024
    longest, before = 0.0, cpu(who)
    started = before
    for i, path in enumerate(files):
        reader(path)
        now = cpu(who)
        longest, before = max(longest, now - before), now
        if i == len(files) // ROUNDS:
            first_peak = resource.getrusage(who).ru_maxrss / 1024
    peak = resource.getrusage(who).ru_maxrss / 1024
    print(json.dumps({"cpu": before - started, "peak": peak, "first_peak": first_peak, "longest": longest}))


def cpu(who: int) -> float:
    """CPU seconds used so far."""
    if who == resource.RUSAGE_SELF:
        return time.process_time()
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def best(name: str, runs: int) -> dict[str, float]:
    """The fastest of several runs, each in a fresh process."""
    found = [
        json.loads(subprocess.run([sys.executable, __file__, name], capture_output=True, check=True, text=True).stdout)
        for _ in range(runs)
    ]
    return min(found, key=lambda run: run["cpu"])


def pages() -> int:
    """Pages of all PDFs."""
    import pypdfium2

    return sum(len(pypdfium2.PdfDocument(str(path))) for path in PDFS)


def main() -> None:
    names = [name for name in READERS if name != "pdftotext" or shutil.which("pdftotext")]
    results = {name: best(name, 1 if name == "pdfplumber" else RUNS) for name in names}
    jats = best("articles", RUNS)
    total = pages()
    plumber = results["pdfplumber"]["cpu"]
    poppler = results.get("pdftotext", {}).get("cpu")
    lines = [
        "# Speed and memory of reading",
        "",
        f"`python benchmarks/reading.py`, evidence {version('evidence')}: {len(PDFS)} PDFs with {total} pages and "
        f"{len(ARTICLES)} JATS articles. Pages per CPU second on one core; ratios are those of one run.",
        "",
        "| reader | pages per CPU second | against pdftotext | against pdfplumber | peak MB | longest file, CPU s |",
        "|---|---|---|---|---|---|",
    ]
    for name in names:
        run = results[name]
        against = f"{poppler / run['cpu']:.2f}" if poppler else ""
        lines.append(
            f"| {READERS[name][1]} | {total / run['cpu']:.0f} | {against} | {plumber / run['cpu']:.1f} | "
            f"{run['peak']:.0f} | {run['longest']:.2f} |"
        )
    lines += [
        "",
        f"JATS: {len(ARTICLES) * ROUNDS / jats['cpu']:.0f} articles per CPU second; peak {jats['peak']:.0f} MB after "
        f"{ROUNDS} rounds over the same articles, {jats['first_peak']:.0f} MB after the first.",
        "",
    ]
    REPORT.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    measured(sys.argv[1]) if len(sys.argv) > 1 else main()
