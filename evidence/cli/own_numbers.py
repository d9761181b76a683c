"""The user's own numbers, from a CSV file: checked once, here, and made into an analysis like every other.

Numbers stand on the natural scale of the evidence tables (HR 0.60; risk differences in percentage points); only `y` and
`v` are an effect and its sampling variance on the scale of analysis (log for ratios).
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence.cli.csv_numbers import columns_of, read_texts
from evidence.errors import QuestionError
from evidence.formulas.intervals import ci_from_se, se_from_ci
from evidence.formulas.scales import RATIOS, natural
from evidence.model.question import Question
from evidence.model.results import Analysis, ArmCount, LeftOut, StudyEstimate
from evidence.synthesise import effects, pool, subgroups

#: Columns of each kind of file, in the order in which they are looked for.
KINDS = {
    "counts": ("events_a", "total_a", "events_b", "total_b"),
    "effects": ("y", "v"),
    "intervals": ("estimate", "ci_low", "ci_high"),
}
#: Measures that follow from the events of two arms.
_OF_COUNTS = ("OR", "RR", "RD")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNumbers:
    """The rows of a file of one kind; `columns` holds the kind's numbers, a list per column."""

    path: Path
    kind: str
    studies: tuple[str, ...]
    columns: dict[str, list[float]]
    texts: tuple[dict[str, str], ...]


def read_numbers(path: Path) -> OwnNumbers:
    """Rows of a CSV file with a column `study` and the columns of one kind.

    Raises
    ------
    QuestionError
        If the file cannot be read, has no such columns, no rows, or a cell that is no number; the message names the
        line.
    """
    names, texts = read_texts(path)
    kind = next((kind for kind, columns in KINDS.items() if set(columns) <= set(names)), None)
    if kind is None or "study" not in names:
        wanted = "; or ".join(",".join(("study", *columns)) for columns in KINDS.values())
        raise QuestionError(f"{path} has the columns {','.join(names) or '(none)'}; needed are {wanted}.")
    columns = dict(zip(KINDS[kind], columns_of(path, texts, KINDS[kind]), strict=True))
    return OwnNumbers(
        path=path, kind=kind, studies=tuple(row["study"] for row in texts), columns=columns, texts=tuple(texts)
    )


def analysis_of(question: Question, own: OwnNumbers) -> Analysis:
    """The numbers pooled as the question says; every row goes in but those whose counts say nothing about a ratio.

    Raises
    ------
    QuestionError
        If the measure does not follow from these columns, or the file lacks the column to group by.
    SynthesisError
        If a row's numbers are impossible.
    """
    measure = question.measure or ""
    y, v = _effects(measure, question.level, own)
    silent = _silent(measure, own)
    places = [place for place in range(len(y)) if place not in silent]
    estimates = tuple(_estimate(question, own, place, y[place], v[place]) for place in places)
    y, v = [y[place] for place in places], [v[place] for place in places]
    how = {"method": question.method, "interval": question.interval, "level": question.level}
    pooled = pool(y, v, **how) if len(y) > 1 else None  # type: ignore[arg-type]
    groups, test = (), None
    if question.subgroup_by and estimates:
        groups, test = subgroups(y, v, [estimate.group or "" for estimate in estimates], **how)  # type: ignore
    few = "One study: nothing was pooled." if y else f"No row says anything about {measure}: nothing was pooled."
    left_out = tuple(
        LeftOut(result_id=f"row-{place + 1}", study_id=f"row-{place + 1}", label=own.studies[place], reason=reason)
        for place, reason in silent.items()
    )
    return Analysis(
        question=question,
        estimates=estimates,
        left_out=left_out,
        pooled=pooled,
        groups=groups,
        group_test=test,
        notes=() if len(y) > 1 else (few,),
    )


def _silent(measure: str, own: OwnNumbers) -> dict[int, str]:
    """Rows from which no ratio follows, each with the reason: both arms without events, or with nothing else."""
    if own.kind != "counts" or measure not in ("OR", "RR"):
        return {}
    found = {}
    for place, (a, n_a, b, n_b) in enumerate(zip(*own.columns.values(), strict=True)):
        if (a, b) in ((0, 0), (n_a, n_b)):
            which = "no events" if a == b == 0 else "nothing but events"
            found[place] = f"{which} in both arms says nothing about a ratio"
    return found


def _effects(measure: str, level: float, own: OwnNumbers) -> tuple[list[float], list[float]]:
    """Effects and variances on the scale of analysis."""
    columns: dict[str, Any] = dict(own.columns)
    if own.kind == "counts":
        if measure not in _OF_COUNTS:
            raise QuestionError(
                f"{own.path} gives events of two arms, which make {', '.join(_OF_COUNTS)}, not {measure}."
            )
        y, v = effects(measure, **columns)
        return list(y), list(v)
    if own.kind == "effects":
        return columns["y"], columns["v"]
    if measure in RATIOS:
        y, v = effects("HR", level=level, **columns)  # every ratio with an interval is log and width, as for HR
        return list(y), list(v)
    if measure not in ("MD", "SMD", "RD"):
        raise QuestionError(f"{own.path} gives estimates with intervals, which {measure} cannot be pooled from.")
    unit = 100.0 if measure == "RD" else 1.0
    variances = []
    for line, (low, high) in enumerate(zip(columns["ci_low"], columns["ci_high"], strict=True), start=2):
        if low >= high:
            raise QuestionError(f"{own.path}, line {line}: ci_low {low:g} is not below ci_high {high:g}.")
        variances.append(se_from_ci(low / unit, high / unit, level) ** 2)
    return [estimate / unit for estimate in columns["estimate"]], variances


def _estimate(question: Question, own: OwnNumbers, place: int, y: float, v: float) -> StudyEstimate:
    measure, row = question.measure or "", {name: column[place] for name, column in own.columns.items()}
    if own.kind == "intervals":
        estimate, low, high = row["estimate"], row["ci_low"], row["ci_high"]
    else:
        limits = ci_from_se(y, math.sqrt(v), question.level) if v >= 0 else (math.nan, math.nan)
        estimate, low, high = (natural(measure, value) for value in (y, *limits))
    group = None
    if question.subgroup_by:
        if question.subgroup_by not in own.texts[place]:
            raise QuestionError(f"{own.path} has no column {question.subgroup_by!r} to group by.")
        group = own.texts[place][question.subgroup_by]
    counted = own.kind == "counts"
    cells = (
        [row["events_a"], row["events_b"], row["total_a"] - row["events_a"], row["total_b"] - row["events_b"]]
        if counted
        else []
    )
    notes = ("One cell of the table is empty, so 0.5 was added to each.",) if 0 in cells and measure != "RD" else ()
    return StudyEstimate(
        study_id=f"row-{place + 1}",
        label=own.studies[place],
        result_ids=(),
        y=float(y),
        v=float(v),
        estimate=estimate,
        ci_low=low,
        ci_high=high,
        arm=ArmCount(
            label="a", n=int(row["total_a"]) if counted else None, events=int(row["events_a"]) if counted else None
        ),
        comparator=ArmCount(
            label="b", n=int(row["total_b"]) if counted else None, events=int(row["events_b"]) if counted else None
        ),
        group=group,
        notes=notes,
    )
