"""Analyses built by hand, as a synthesis gives them."""

import math
from collections.abc import Sequence
from dataclasses import replace

from evidence.model.codes import (
    Report,
)
from evidence.model.question import Question
from evidence.model.results import Analysis, ArmCount, Group, GroupTest, Pooled, StudyEstimate

LONG = (
    "Prospective multicentre investigator-initiated registry of maintenance after transplantation, Müller-Łukasiewicz"
)


def pooled_of(estimates: Sequence[StudyEstimate], *, tau2: float = 0.02, measure: str = "HR") -> Pooled:
    """Random effects with a given tau2: enough to have coherent numbers on a figure."""
    weights = [1 / (row.v + tau2) for row in estimates]
    total = sum(weights)
    k = len(estimates)
    mu = sum(weight * row.y for weight, row in zip(weights, estimates, strict=True)) / total
    se = math.sqrt(1 / total)
    q = sum((row.y - mu) ** 2 / row.v for row in estimates)
    spread = 2.2 * math.sqrt(tau2 + se**2)
    return Pooled(
        method="reml",
        interval="hartung_knapp",
        level=95.0,
        k=k,
        mu=mu,
        se=se,
        statistic=mu / se,
        df=k - 1,
        p_value=0.0312,
        ci_low=mu - 2.1 * se,
        ci_high=mu + 2.1 * se,
        pi_low=mu - spread,
        pi_high=mu + spread,
        tau2=tau2,
        se_tau2=tau2,
        tau2_low=0.0,
        tau2_high=1.41,
        Q=q,
        Q_df=k - 1,
        Q_p=0.122,
        I2=38.1,
        H2=1.6,
        I2_Q=45.0,
        weights=tuple(100 * weight / total for weight in weights),
    )


def estimate(
    label: str, ratio: float, low: float, high: float, *, n: tuple[int | None, int | None] = (100, 50), **more: object
) -> StudyEstimate:
    """A study's ratio with its interval."""
    se = (math.log(high) - math.log(low)) / 3.92
    fields: dict[str, object] = {
        "study_id": label,
        "label": label,
        "result_ids": (f"{label}-os",),
        "y": math.log(ratio),
        "v": se**2,
        "estimate": ratio,
        "ci_low": low,
        "ci_high": high,
        "arm": ArmCount(label="sorafenib", n=n[0]),
        "comparator": ArmCount(label="placebo", n=n[1]),
        "outcome": "OS",
        "report": Report.PRIMARY,
    }
    return StudyEstimate(**(fields | more))  # type: ignore[arg-type]


def ratios(k: int) -> tuple[StudyEstimate, ...]:
    """Hazard ratios around 0.7, more precise from study to study."""
    rows = []
    for index in range(k):
        centre = 0.7 * math.exp(0.35 * math.sin(2.1 * index))
        half = 0.15 + 0.6 / (1 + 0.3 * index)
        rows.append(
            estimate(
                f"Author {2000 + index}",
                round(centre, 2),
                round(centre * math.exp(-half), 2),
                round(centre * math.exp(half), 2),
                n=(40 + 7 * index, 38 + 6 * index),
            )
        )
    return tuple(rows)


def analysis_of(estimates: Sequence[StudyEstimate], **more: object) -> Analysis:
    """The answer to a question about overall survival."""
    fields: dict[str, object] = {
        "question": Question(
            id="maintenance-os",
            title="Sorafenib maintenance after allogeneic transplantation: overall survival",
            outcome=("OS",),
            measure="HR",
            treatment=("sorafenib",),
            comparator=("placebo", "no maintenance"),
        ),
        "estimates": tuple(estimates),
        "left_out": (),
        "pooled": pooled_of(estimates) if len(estimates) > 1 else None,
    }
    return Analysis(**(fields | more))  # type: ignore[arg-type]


def grouped(estimates: Sequence[StudyEstimate], *names: str) -> Analysis:
    """Estimates dealt to subgroups in turn."""
    members = {name: tuple(range(at, len(estimates), len(names))) for at, name in enumerate(names)}
    groups = tuple(
        Group(
            name=name,
            members=rows,
            pooled=pooled_of([estimates[index] for index in rows]) if len(rows) > 1 else None,
        )
        for name, rows in members.items()
    )
    return analysis_of(estimates, groups=groups, group_test=GroupTest(Q=0.51, df=len(names) - 1, p_value=0.475))


def with_computed(k: int) -> Analysis:
    """Estimates of which the first was computed from other numbers, and the others pooled alone."""
    first, *others = ratios(k)
    alone = Group(
        name="Reported only",
        members=tuple(range(1, k)),
        pooled=pooled_of(others) if len(others) > 1 else None,
    )
    return analysis_of((replace(first, derivation="hr_from_survival_p"), *others), reported_only=alone)


def proportions(k: int) -> Analysis:
    """Remission rates of single arms, pooled as logits, shown in percent."""
    rows = []
    for index in range(k):
        total, events = 20 + 11 * index, 10 + 6 * index
        p = events / total
        y, v = math.log(p / (1 - p)), 1 / events + 1 / (total - events)
        low, high = (100 / (1 + math.exp(-(y + side * 1.96 * math.sqrt(v)))) for side in (-1, 1))
        rows.append(
            StudyEstimate(
                study_id=f"s{index}",
                label=f"Cohort {2010 + index}",
                result_ids=(f"r{index}",),
                y=y,
                v=v,
                estimate=100 * p,
                ci_low=low,
                ci_high=high,
                arm=ArmCount(label="gilteritinib", n=total, events=events),
                outcome="CRc",
                report="primary",
            )
        )
    question = Question(id="crc", title="Composite complete remission", outcome=("CRc",), measure="PLO")
    return Analysis(question=question, estimates=tuple(rows), left_out=(), pooled=pooled_of(rows) if k > 1 else None)
