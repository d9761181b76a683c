"""Fits the weights of `confidence` on annotated documents; writes evidence/extract/confidence.toml and calibration.md.

    python benchmarks/calibration.py            (or make calibrate)

A row is right when number, outcome, arms, time point and subgroup are those of the annotation, as the scorer that comes
with the annotated documents says; rows of which the annotation is not complete are left out. The reliability in the
report is that of documents the weights were not fitted on: each document is left out once.
The annotated documents are looked for in the folder that EVIDENCE_SHARED names, else in `shared` beside the repository.
"""

import sys

sys.path.append(sys.path.pop(0))  # statistics.py of this folder is not Python's module of its name

import importlib.util
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from evidence.extract import uncalibrated
from evidence.extract.confidence import cues, probability
from evidence.model.tables import to_row
from evidence.read import read

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("EVIDENCE_SHARED", REPOSITORY.parent / "shared"))
REPORT = Path(__file__).with_suffix(".md")
WEIGHTS = REPOSITORY / "evidence" / "extract" / "confidence.toml"
#: Folders of documents and of their annotations.
SETS = (("seeds", "gold/seeds"), ("gold/abstracts-dev",) * 2, ("gold/fulltext-dev",) * 2, ("pdfs", "pdfs"))
KINDS = ("arm_results", "contrasts")
#: Strength of the ridge that keeps weights of rare cues small.
RIDGE = 0.3
BINS = (0.0, 0.3, 0.5, 0.7, 0.85, 0.95, 1.0)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One extracted row that the annotation says something about."""

    document: str
    kind: str
    cues: dict[str, float]
    linker: float  # what the linker said
    right: bool


def main() -> int:
    if not SHARED.is_dir():
        print(f"The annotated documents are not there: {SHARED} does not exist. Set EVIDENCE_SHARED to their folder.")
        return 1
    scorer = load(SHARED / "score" / "score_gold.py")
    rows = list(judged(scorer))
    weights = {kind: fit([row for row in rows if row.kind == kind]) for kind in KINDS}
    WEIGHTS.write_text(as_toml(weights), encoding="utf-8")
    REPORT.write_text(report(rows), encoding="utf-8")
    print(f"wrote {WEIGHTS.relative_to(REPOSITORY)} and {REPORT.relative_to(REPOSITORY)}")
    return 0


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judged(scorer: ModuleType) -> Iterator[Judged]:
    """Every row of the annotated documents of which the annotation can say whether it is right."""
    compare = {
        "arm_results": (scorer.result_found, scorer.result_fields),
        "contrasts": (scorer.contrast_found, scorer.contrast_fields),
    }
    for documents, golds in SETS:
        for path in sorted((SHARED / golds).rglob("*.gold.json")):
            gold = json.loads(path.read_text(encoding="utf-8"))
            stem = path.name.removesuffix(".gold.json")
            source = next(file for file in (SHARED / documents).glob(f"{stem}.*") if file.suffix != ".json")
            records = uncalibrated(read(source))
            known = cues(records)
            labels = {arm["arm"]: arm.get("label") for arm in gold.get("arms", [])}
            for kind in KINDS:
                wanted = [
                    row
                    | {
                        "arm_label": labels.get(row.get("arm"), row.get("arm")),
                        "comparator_label": labels.get(row.get("comparator"), row.get("comparator")),
                    }
                    for row in gold.get(kind, [])
                ]
                complete = not any("layer" in row for row in wanted)
                complete = kind in gold["document"].get("complete", [kind] if complete else [])
                unread = {str(page) for page in gold["document"].get("pages_not_annotated") or []}
                rows = [row for row in getattr(records, kind) if str(row.source.page) not in unread]
                pairs, _, _ = scorer.assign(
                    wanted,
                    [{key: "" if cell is None else str(cell) for key, cell in to_row(row).items()} for row in rows],
                    *compare[kind],
                    scorer.LINK[kind],
                )
                fate = {at: all(fields[name] for name in scorer.LINK[kind]) for _, at, fields in pairs}
                for at, row in enumerate(rows):
                    if complete or at in fate:
                        yield Judged(
                            document=stem,
                            kind=kind,
                            cues=known[row.result_id],
                            linker=row.confidence,
                            right=fate.get(at, False),
                        )


def fit(rows: list[Judged]) -> dict[str, float]:
    """Weights of a logistic regression with a ridge."""
    names = sorted({name for row in rows for name in row.cues})
    values = np.array([[row.cues.get(name, 0.0) for name in names] for row in rows])
    model = LogisticRegression(C=RIDGE, max_iter=2000).fit(values, [row.right for row in rows])
    weights = zip(names, model.coef_[0], strict=True)
    return {"intercept": round(float(model.intercept_[0]), 3)} | {
        name: round(float(weight), 3) for name, weight in weights if abs(weight) >= 0.0005
    }


def out_of_sample(rows: list[Judged]) -> list[float]:
    """For each row the probability by weights fitted without its document."""
    without = {name: fit([row for row in rows if row.document != name]) for name in {row.document for row in rows}}
    return [probability(row.cues, without[row.document]) for row in rows]


def as_toml(weights: dict[str, dict[str, float]]) -> str:
    lines = ["# Weights of the cues in confidence.py; written by `make calibrate`."]
    for kind, values in weights.items():
        lines += ["", f"[{kind}]", *(f"{name} = {value}" for name, value in values.items())]
    return "\n".join([*lines, ""])


def report(rows: list[Judged]) -> str:
    lines = [
        "# What `confidence` is worth",
        "",
        "`make calibrate`: of the rows with a stated confidence, how many are right (number, outcome, arms, time point "
        "and subgroup). Each document is judged by weights fitted without it.",
        "",
    ]
    for kind in KINDS:
        own = [row for row in rows if row.kind == kind]
        said = out_of_sample(own)
        for title, pdf in (("PDF files", True), ("other documents", False)):
            lines += reliability(
                f"{kind}, {title}",
                [(likely, row) for likely, row in zip(said, own, strict=True) if bool(row.cues["pdf"]) is pdf],
            )
    return "\n".join(lines)


def reliability(title: str, rows: list[tuple[float, Judged]]) -> Iterator[str]:
    said = [likely for likely, _ in rows]
    right = [row.right for _, row in rows]
    linker = [row.linker for _, row in rows]
    share = np.mean(right)
    yield from (f"## {title}: {len(rows)} rows, {share:.3f} right", "")
    yield (
        f"Brier score {brier_score_loss(right, said):.3f} (the linker's own figures "
        f"{brier_score_loss(right, linker):.3f}, the same figure for all {share * (1 - share):.3f}); log loss "
        f"{log_loss(right, said):.3f}; area under the ROC curve {roc_auc_score(right, said):.3f} "
        f"(linker {roc_auc_score(right, linker):.3f})."
    )
    yield from ("", "| confidence | rows | mean confidence | right |", "|---|---|---|---|")
    for low, high in pairwise(BINS):
        inside = [(likely, row.right) for likely, row in rows if low <= likely < high]
        if inside:
            likely, right_ones = np.mean(inside, axis=0)
            yield f"| {low:.2f} to {high:.2f} | {len(inside)} | {likely:.3f} | {right_ones:.3f} |"
    yield ""


if __name__ == "__main__":
    sys.exit(main())
