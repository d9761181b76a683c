"""The sheet of the workbook that holds what was pooled: a row per question and subgroup, on the natural scale."""

from collections.abc import Sequence
from typing import Any

from evidence.model.results import Analysis, Pooled
from evidence.present.scales import Scale, scale_of

_POOLED = """
question | text | id of the question
title | text | its title
outcome | text | outcomes pooled
measure | text | measure; estimates are on its natural scale (proportions in percent)
group | text | subgroup, empty for all studies; "Reported only" without computed estimates
k | integer | studies pooled
estimate | number | pooled estimate
ci_low | number | lower confidence limit
ci_high | number | upper confidence limit
level | number | confidence level in percent
p_value | number | p-value of the pooled estimate
pi_low | number | lower prediction limit
pi_high | number | upper prediction limit
tau2 | number | between-study variance, analysis scale
tau2_low | number | its lower confidence limit
tau2_high | number | its upper confidence limit
I2 | number | percent, from tau2
Q | number | Cochran's Q
Q_df | integer | its degrees of freedom
Q_p | number | its p-value
method | text | estimator of tau2
interval | text | kind of confidence interval
notes | text | what a reader must know
"""


def pooled_columns() -> list[tuple[str, str, str]]:
    """Name, kind and meaning of every column."""
    lines = [tuple(part.strip() for part in line.split("|")) for line in _POOLED.strip().splitlines()]
    return [(name, kind, meaning) for name, kind, meaning in lines]


def pooled_rows(analyses: Sequence[Analysis]) -> list[dict[str, Any]]:
    """One row per question and subgroup; a question that could not be pooled has one without an estimate."""
    rows = []
    for analysis in analyses:
        scale = scale_of(analysis)
        rows.append(_pooled_row(analysis, scale, None, analysis.pooled, len(analysis.estimates)))
        alone = (analysis.reported_only,) if analysis.reported_only else ()
        rows += [
            _pooled_row(analysis, scale, group.name, group.pooled, len(group.members))
            for group in (*alone, *analysis.groups)
        ]
    return rows


def _pooled_row(analysis: Analysis, scale: Scale, group: str | None, pooled: Pooled | None, k: int) -> dict[str, Any]:
    question = analysis.question
    row: dict[str, Any] = dict.fromkeys(name for name, _, _ in pooled_columns())
    notes = [*(analysis.notes if group is None else ()), *(pooled.notes if pooled else ())]
    row |= {
        "question": question.id,
        "title": question.title,
        "outcome": "+".join(question.outcome),
        "measure": question.measure,
        "group": group,
        "k": k,
        "notes": " ".join(notes),
    }
    if pooled is None:
        return row
    row |= {
        "estimate": scale.natural(pooled.mu),
        "ci_low": scale.natural(pooled.ci_low),
        "ci_high": scale.natural(pooled.ci_high),
        "pi_low": None if pooled.pi_low is None else scale.natural(pooled.pi_low),
        "pi_high": None if pooled.pi_high is None else scale.natural(pooled.pi_high),
    }
    same = ("level", "p_value", "tau2", "tau2_low", "tau2_high", "I2", "Q", "Q_df", "Q_p", "method", "interval")
    return row | {name: getattr(pooled, name) for name in same}
