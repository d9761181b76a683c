"""An analysis as plain data: the rows that went in or were left out, and the pooled figures.

What `rows.csv` and `pooled.json` hold. Rows that were used come first, numbered from 1; a group names its members by
these numbers. Figures are on the scale of analysis (log for ratios, fractions for proportions and risk differences)
unless under `natural`.
"""

from dataclasses import fields
from typing import Any

from evidence.formulas.scales import harmonic_mean, natural
from evidence.model.results import Analysis, ArmCount, Group, LeftOut, Pooled, StudyEstimate

Row = dict[str, Any]

#: Columns of the rows table. `y` and `v` are what `pool` was given; `estimate` and its limits are on the natural scale.
COLUMNS = (
    "row used study study_id result_ids y v weight measure estimate ci_low ci_high outcome arm arm_n arm_events "
    "comparator comparator_n comparator_events group report design adjustment derivation error_flags notes reason"
).split()

_FIGURES = tuple(field.name for field in fields(Pooled) if field.name not in ("weights", "notes"))
_NATURAL = ("mu", "ci_low", "ci_high", "pi_low", "pi_high")


def rows_table(analysis: Analysis) -> list[Row]:
    """One row per estimate used, then one per row left out, with the columns of `COLUMNS`; None is empty."""
    weights = analysis.pooled.weights if analysis.pooled else (None,) * len(analysis.estimates)
    rows = [
        _used(number, estimate, weight, analysis.question.measure)
        for number, (estimate, weight) in enumerate(zip(analysis.estimates, weights, strict=True), start=1)
    ]
    return rows + [_left_out(number, row) for number, row in enumerate(analysis.left_out, start=len(rows) + 1)]


def _used(number: int, estimate: StudyEstimate, weight: float | None, measure: str | None) -> Row:
    other = estimate.comparator or ArmCount(label="", n=None)
    row = {
        "row": number,
        "used": "true",
        "study": estimate.label,
        "result_ids": ";".join(estimate.result_ids),
        "weight": weight,
        "measure": measure,
        "arm": estimate.arm.label,
        "arm_n": estimate.arm.n,
        "arm_events": estimate.arm.events,
        "comparator": other.label,
        "comparator_n": other.n,
        "comparator_events": other.events,
        "error_flags": ";".join(estimate.error_flags),
        "notes": " ".join(estimate.notes),
    }
    return {name: row.get(name, getattr(estimate, name, None)) for name in COLUMNS}


def _left_out(number: int, left: LeftOut) -> Row:
    row = {
        "row": number,
        "used": "false",
        "study": left.label,
        "study_id": left.study_id,
        "result_ids": left.result_id,
        "reason": left.reason,
    }
    return {name: row.get(name) for name in COLUMNS}


def pooled_dict(analysis: Analysis) -> dict[str, Any]:
    """Every figure under the names of `Pooled`, all None but `k` where nothing was pooled.

    `natural` repeats estimate and intervals on the natural scale. `groups` has the same keys for each subgroup, with
    its `name` and the numbers of its rows; `reported_only` for the estimates that were not computed, where others were
    used too; `group_test` the test of subgroup differences.
    """
    question = analysis.question
    result: dict[str, Any] = {
        "question": question.id,
        "title": question.title,
        "outcome": list(question.outcome),
        "measure": question.measure,
    }
    result |= _figures(analysis, analysis.pooled, range(len(analysis.estimates)))
    result["groups"] = [_group(analysis, group) for group in analysis.groups]
    alone = analysis.reported_only
    result["reported_only"] = _group(analysis, alone) if alone else None
    test = analysis.group_test
    result["group_test"] = {"Q": test.Q, "df": test.df, "p_value": test.p_value} if test else None
    result["notes"] = [*analysis.notes, *result["notes"]]
    return result


def _group(analysis: Analysis, group: Group) -> dict[str, Any]:
    rows = {"name": group.name, "rows": [member + 1 for member in group.members]}
    return rows | _figures(analysis, group.pooled, group.members)


def _figures(analysis: Analysis, pooled: Pooled | None, members: Any) -> dict[str, Any]:
    question = analysis.question
    if pooled is None:
        empty: dict[str, Any] = dict.fromkeys(_FIGURES)
        settings = {"method": question.method, "interval": question.interval, "level": question.level}
        return empty | settings | {"k": len(members), "weights": None, "natural": None, "notes": []}
    figures = {name: getattr(pooled, name) for name in _FIGURES}
    totals = [analysis.estimates[member].arm.n for member in members]
    total = harmonic_mean([n for n in totals if n]) if any(totals) else None
    return figures | {
        "weights": list(pooled.weights),
        "natural": {name: _natural(question.measure, getattr(pooled, name), total) for name in _NATURAL},
        "notes": list(pooled.notes),
    }


def _natural(measure: str | None, value: float | None, total: float | None) -> float | None:
    return None if value is None else natural(measure or "", value, total)
