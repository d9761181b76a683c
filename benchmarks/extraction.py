"""Extraction measured against annotated documents; writes extraction.md beside this file.

    python benchmarks/extraction.py [--jobs 2] [--keep FOLDER]

The annotated documents and their scorers belong to others and are not part of the project: they are looked for in the
folder that EVIDENCE_SHARED names, else in `shared` beside the repository. Every set is ingested and exported with the
commands a user types, each into a fresh store, and scored by the scorer that comes with it. The figures that have a
target stand beside those of an earlier measurement (extraction-before.json, a kept figures.json); what is still wrong
and why is told in extraction-causes.md, which is part of the page.
"""

import sys

sys.path.append(sys.path.pop(0))  # statistics.py of this folder is not Python's module of its name

import argparse
import datetime as dt
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("EVIDENCE_SHARED", REPOSITORY.parent / "shared"))
REPORT = Path(__file__).with_suffix(".md")


@dataclass(frozen=True, kw_only=True)
class Gold:
    """Documents annotated row by row, scored by score/score_gold.py."""

    name: str
    documents: str
    gold: str


@dataclass(frozen=True, kw_only=True)
class PartOfGold:
    """Some of the documents, or some of the rows, of annotated documents, scored apart."""

    name: str
    of: str
    documents: Callable[[dict], bool] = lambda _annotation: True
    rows: Callable[[dict], bool] = lambda _row: True


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A public benchmark, its documents made from its gold file, with the scorers that read the same export."""

    name: str
    gold: str
    field: str | None = None
    scorers: tuple[tuple[str, str], ...] = ()


GOLD = (
    Gold(name="seed documents", documents="seeds", gold="gold/seeds"),
    Gold(name="abstracts", documents="gold/abstracts-dev", gold="gold/abstracts-dev"),
    Gold(name="full texts (JATS)", documents="gold/fulltext-dev", gold="gold/fulltext-dev"),
    Gold(name="PDF files", documents="pdfs", gold="pdfs"),
)
PARTS = (
    PartOfGold(
        name="abstracts, authentic", of="abstracts", documents=lambda gold: gold["document"]["text_kind"] == "authentic"
    ),
    PartOfGold(
        name="abstracts, rewritten", of="abstracts", documents=lambda gold: gold["document"]["text_kind"] == "rewritten"
    ),
    PartOfGold(name="full texts, key results", of="full texts (JATS)", rows=lambda row: row.get("layer") != 2),
    PartOfGold(name="full texts, all other results", of="full texts (JATS)", rows=lambda row: row.get("layer") == 2),
)
BENCHES = (
    Bench(
        name="pico",
        gold="bench/pico-dev/pico-dev.jsonl",
        scorers=(
            ("score_ratios.py", "bench/pico-dev/ratios-dev.jsonl"),
            ("score_pico.py", "bench/pico-dev/pico-dev.jsonl"),
        ),
    ),
    Bench(
        name="yun",
        gold="bench/yun-dev/yun-dev.jsonl",
        field="jats",
        scorers=(("score_yun.py", "bench/yun-dev/yun-dev.jsonl"),),
    ),
)
#: Figures of score_gold.py shown in the report, in this order.
GOLD_FIGURES = ("gold recall_found precision_found f1_found recall_linked precision_linked f1_linked").split()
#: How much of a ratio is right, as score_ratios.py names it.
FULLNESS = ("full", "estimate", "numbers")
BEFORE = Path(__file__).with_name("extraction-before.json")
CAUSES = Path(__file__).with_name("extraction-causes.md")


@dataclass
class Measured:
    """What was measured, in the order of the report."""

    seconds: dict[str, float] = field(default_factory=dict)
    counts: dict[str, str] = field(default_factory=dict)
    gold: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)  # set -> table -> figures
    speed: dict[str, float] = field(default_factory=dict)  # documents per second of extraction alone
    ratios: dict = field(default_factory=dict)
    pico: dict = field(default_factory=dict)
    yun: dict = field(default_factory=dict)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--jobs", type=int, default=2, help="processes that read and extract")
    arguments.add_argument("--keep", type=Path, help="folder to keep stores, exports and lists of errors in")
    options = arguments.parse_args()
    if not SHARED.is_dir():
        print(
            f"The annotated documents are not there: {SHARED} does not exist. "
            "Set EVIDENCE_SHARED to their folder; extraction.md was left as it is.",
            file=sys.stderr,
        )
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        measured = measure(work, options.jobs)
        reached = {name: figure for name, _, figure in aims(measured)}
        (work / "figures.json").write_text(json.dumps(reached, indent=1), encoding="utf-8")
    REPORT.write_text(report(measured, options.jobs), encoding="utf-8")
    print(f"wrote {REPORT.relative_to(REPOSITORY)}")
    return 0


def measure(work: Path, jobs: int) -> Measured:
    """Ingest, export and score every set."""
    measured = Measured()
    for item in GOLD:
        export = ingest(item.name, SHARED / item.documents, work, jobs, measured)
        command = [SHARED / "score" / "score_gold.py", export]
        measured.gold[item.name] = scored(
            [*command, SHARED / item.gold, "--errors", export / "errors.jsonl"], export / "score.json"
        )
        for part in PARTS:
            if part.of == item.name:
                chosen = part_of(part, SHARED / item.gold, work / "part")
                measured.gold[part.name] = scored([*command, chosen], export / "part.json")
    for bench in BENCHES:
        documents = work / f"{bench.name}-documents"
        chosen = ["--field", bench.field] if bench.field else []
        run([SHARED / "bench" / "make_docs.py", SHARED / bench.gold, documents, *chosen])
        export = ingest(bench.name, documents, work, jobs, measured)
        for scorer, gold in bench.scorers:
            kind = Path(scorer).stem.removeprefix("score_")
            listing = ["--picked", export / "picked.tsv"] if kind == "yun" else ["--errors", export / f"{kind}.tsv"]
            summary = scored([SHARED / "bench" / scorer, export, SHARED / gold, *listing], export / f"{kind}.json")
            setattr(measured, kind, summary)
    measured.speed["abstracts"] = extraction_speed(sorted((work / "pico-documents").iterdir()))
    measured.speed["full texts (JATS)"] = extraction_speed(sorted((SHARED / "gold/fulltext-dev").glob("*.nxml")))
    return measured


def part_of(part: PartOfGold, gold: Path, folder: Path) -> Path:
    """A folder with the annotations that belong to a part."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in gold.glob("*.gold.json"):
        annotation = json.loads(path.read_text(encoding="utf-8"))
        if part.documents(annotation):
            for table in ("contrasts", "arm_results"):
                annotation[table] = [row for row in annotation.get(table, []) if part.rows(row)]
            (folder / path.name).write_text(json.dumps(annotation), encoding="utf-8")
    return folder


def extraction_speed(paths: list[Path]) -> float:
    """Documents per CPU second of extraction alone, in this one process, warm."""
    from evidence.extract import extract
    from evidence.read import read

    documents = [read(path) for path in paths]
    extract(documents[0])
    started = time.process_time()
    for document in documents:
        extract(document)
    return len(documents) / (time.process_time() - started)


def ingest(name: str, documents: Path, work: Path, jobs: int, measured: Measured) -> Path:
    """Ingest a folder into a fresh store and export it as CSV; the folder of the export."""
    print(f"== {name}", flush=True)
    folder = name.split()[0].lower()
    store = work / f"{folder}.db"
    store.unlink(missing_ok=True)
    url = f"sqlite:///{store}"
    started = time.perf_counter()
    result = run(["-m", "evidence", "ingest", documents, "--jobs", jobs, "--store", url], may_fail_in_part=True)
    measured.seconds[name] = time.perf_counter() - started
    measured.counts[name] = result.splitlines()[0].strip() if result else ""
    export = work / f"{folder}-export"
    run(["-m", "evidence", "export", "--format", "csv", "--out", export, "--store", url])
    return export


def scored(command: list[object], to: Path) -> dict:
    """Run a scorer, show what it prints, and return the figures it writes."""
    print(run([*command, "--json", to]), flush=True)
    return json.loads(to.read_text(encoding="utf-8"))


def run(command: list[object], *, may_fail_in_part: bool = False) -> str:
    """Standard output of a Python program; stops the measurement when it fails."""
    done = subprocess.run([sys.executable, *map(str, command)], cwd=REPOSITORY, capture_output=True, text=True)
    if done.returncode not in ((0, 1) if may_fail_in_part else (0,)):
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    if done.stderr:
        print(done.stderr, file=sys.stderr)
    return done.stdout


def report(measured: Measured, jobs: int) -> str:
    """The page with all figures."""
    lines = [
        "# Extraction against annotated documents",
        "",
        f"`python benchmarks/extraction.py --jobs {jobs}` (or `make score`), evidence {version('evidence')} at "
        f"{commit()}, {dt.date.today().isoformat()}. Development sets: rules were written while looking at them, so "
        "expect less on documents never seen.",
        "",
        "A row is *found* when its numbers are right (estimate and limits; value, or events and total), *linked* when "
        "outcome, arms, direction, time point and subgroup are right as well. Precision is given where the annotation "
        "of a document is complete.",
        "",
        "| documents | table | rows | found: recall | precision | F1 | linked: recall | precision | F1 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, tables in measured.gold.items():
        for table in ("contrasts", "arm_results", "arms"):
            gold, *values = (tables[table].get(figure) for figure in GOLD_FIGURES)
            lines.append(f"| {name} | {table} | {gold} | {' | '.join(map(three, values))} |")
    lines += ["", *aims_table(measured)]
    if CAUSES.exists():
        lines += ["", CAUSES.read_text(encoding="utf-8").rstrip()]
    lines += ["", *ratios_table(measured.ratios), "", *pico_table(measured.pico), "", *yun_table(measured.yun), ""]
    lines += ["## Time", "", "| documents | seconds | result |", "|---|---|---|"]
    lines += [f"| {name} | {seconds:.1f} | {measured.counts[name]} |" for name, seconds in measured.seconds.items()]
    return "\n".join(lines) + "\n"


def aims(measured: Measured) -> Iterator[tuple[str, float, float | None]]:
    """What is asked for: name, at least, measured."""
    gold, pico, yun = measured.gold, measured.pico, measured.yun

    def of(name: str, table: str, figure: str) -> float | None:
        return gold[name][table].get(figure)

    for table, recall, precision in (("contrasts", 0.95, 0.90), ("arm_results", 0.85, 0.85)):
        yield f"seeds, {table}: linked recall", recall, of("seed documents", table, "recall_linked")
        yield f"seeds, {table}: linked precision", precision, of("seed documents", table, "precision_linked")
    for table, found, linked in (("contrasts", 0.95, 0.88), ("arm_results", 0.90, 0.80)):
        yield f"abstracts, {table}: found F1", found, of("abstracts", table, "f1_found")
        yield f"abstracts, {table}: linked F1", linked, of("abstracts", table, "f1_linked")
    yield "abstracts, arms with n: F1", 0.90, of("abstracts", "arms", "f1_linked")
    yield (
        "full texts, contrasts, key results: linked recall",
        0.85,
        of("full texts, key results", "contrasts", "recall_linked"),
    )
    yield (
        "full texts, contrasts, all others: linked recall",
        0.80,
        of("full texts, all other results", "contrasts", "recall_linked"),
    )
    yield "PDF files, contrasts: linked recall", 0.75, of("PDF files", "contrasts", "recall_linked")
    yield "PDF files, contrasts: right page", 0.95, of("PDF files", "contrasts", "page_accuracy")
    yield "PICO abstracts, ratios: F1", 0.95, f1(*(measured.ratios["full"][key] for key in ("tp", "pred", "gold")))
    yield "PICO abstracts, numbers: micro F1", 0.75, f1(*pico["groups"]["all"]["values"])
    percents = [pico["labels"][f"{arm}-bin-percent"]["values"] for arm in ("iv", "cv")]
    yield "PICO abstracts, percents with arm: F1", 0.80, f1(*map(sum, zip(*percents, strict=True)))
    kinds = [yun[kind] for kind in ("binary", "continuous")]
    said = sum(kind["cells"]["said"] for kind in kinds)
    yield "Yun, cells: precision", 0.85, sum(kind["cells"]["right"] for kind in kinds) / said if said else None
    complete = [kind["anywhere"] for kind in kinds]
    yield "Yun, complete comparisons found", 0.40, sum(one for one, _ in complete) / sum(of for _, of in complete)
    yield "PICO abstracts, quote covers the number", 0.99, pico["where"]["covers"] / pico["where"]["right"]
    yield "abstracts per CPU second", 100, measured.speed["abstracts"]
    yield "full texts (JATS) per CPU second", 5, measured.speed["full texts (JATS)"]


def aims_table(measured: Measured) -> list[str]:
    before = json.loads(BEFORE.read_text(encoding="utf-8")) if BEFORE.exists() else {}
    lines = ["## What is asked for", "", "| figure | at least | before | now | reached |", "|---|---|---|---|---|"]
    for name, least, figure in aims(measured):
        reached = "" if figure is None else "yes" if figure >= least else "no"
        lines.append(f"| {name} | {least:g} | {three(before.get(name))} | {three(figure)} | {reached} |")
    return lines


def ratios_table(figures: dict) -> list[str]:
    return [
        "## Hazard, odds and risk ratios in 150 breast-cancer abstracts",
        "",
        "`full`: measure, estimate and interval are right; `estimate`: measure and estimate; `numbers`: estimate and "
        "interval.",
        "",
        *prf_head("right in"),
        *(prf_row(name, *(figures[name][key] for key in ("tp", "pred", "gold"))) for name in FULLNESS),
    ]


def pico_table(figures: dict) -> list[str]:
    low, high = figures["f1_95"]
    return [
        "## Numbers of arms in the same abstracts (PICO-Corpus)",
        "",
        f"Distinct values per document and label. Macro F1 {three(figures['macro_f1'])}; 95% interval of the micro F1 "
        f"over documents {three(low)} to {three(high)}.",
        "",
        *prf_head("label"),
        *(prf_row(name, *row["values"]) for name, row in figures["labels"].items()),
        *(prf_row(f"**{name}**", *row["values"]) for name, row in figures["groups"].items()),
    ]


def yun_table(figures: dict) -> list[str]:
    lines = [
        "## 2x2 tables and means of asked comparisons (Yun et al. 2024, abstract and results as JATS)",
        "",
        "| outcome | comparisons | exact match | cells: precision | recall | complete ones found anywhere |",
        "|---|---|---|---|---|---|",
    ]
    for kind in ("binary", "continuous"):
        row, cells = figures[kind], figures[kind]["cells"]
        precision = cells["right"] / cells["said"] if cells["said"] else None
        recall = cells["right"] / cells["gold"] if cells["gold"] else None
        anywhere = " of ".join(map(str, row["anywhere"]))
        lines.append(
            f"| {kind} | {row['n']} | {three(row['exact'])} | {three(precision)} | {three(recall)} | {anywhere} |"
        )
    return lines


def f1(right: int, said: int, gold: int) -> float | None:
    return 2 * right / (said + gold) if said + gold else None


def prf_head(first: str) -> list[str]:
    return [
        f"| {first} | true positives | exported | annotated | precision | recall | F1 |",
        "|---|---|---|---|---|---|---|",
    ]


def prf_row(name: str, right: int, said: int, gold: int) -> str:
    ratios = (right / said if said else None, right / gold if gold else None, f1(right, said, gold))
    return f"| {name} | {right} | {said} | {gold} | {' | '.join(map(three, ratios))} |"


def commit() -> str:
    """Short id of the revision measured, marked where files differ from it."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, capture_output=True, text=True
    )
    return described.stdout.strip() or "an unknown revision"


def three(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.3f}"


if __name__ == "__main__":
    sys.exit(main())
