"""A trial of two arms as it leaves extraction, with only what a test is about."""

from dataclasses import replace

from evidence.model.codes import Measure, Outcome, Role
from evidence.model.records import Arm, ArmResult, Contrast, Records, Source, Study
from tests.check.rows import arm_result, contrast, number

#: Where a number stands; numbers of one sentence share it.
FIRST, SECOND = (Source(char_start=at, char_end=at + 6, quote="quoted") for at in (0, 100))


def trial(*rows: ArmResult | Contrast, n: tuple[int | None, int | None] = (None, None), n_total=None) -> Records:
    """Rows of one trial, each given its own id; arm a1 is sorafenib, arm a2 placebo."""
    rows = tuple(replace(row, result_id=f"d1-r{place}") for place, row in enumerate(rows, 1))
    return Records(
        studies=(Study(study_id="s1", document_id="d1", label="Trial 2020", n_total=n_total),),
        arms=tuple(
            Arm(arm_id=arm_id, study_id="s1", document_id="d1", label=label, role=role, n=patients)
            for arm_id, label, role, patients in (
                ("a1", "sorafenib", Role.EXPERIMENTAL, n[0]),
                ("a2", "placebo", Role.CONTROL, n[1]),
            )
        ),
        arm_results=tuple(row for row in rows if isinstance(row, ArmResult)),
        contrasts=tuple(row for row in rows if isinstance(row, Contrast)),
    )


def both(
    first: str | None,
    second: str | None,
    *,
    measure: Measure = Measure.SURVIVAL_PROBABILITY,
    outcome: Outcome = Outcome.OS,
    months: str | None = "24",
    source: Source = FIRST,
    **more: object,
) -> tuple[ArmResult, ArmResult]:
    """A number of each arm; other fields are the same for both, or a pair."""
    pairs = {name: value if isinstance(value, tuple) else (value, value) for name, value in more.items()}
    one, other = (
        replace(
            arm_result(value, measure=measure),
            arm_id=arm_id,
            arm=label,
            outcome=outcome,
            timepoint_months=number(months),
            source=source,
            **{"outcome_text": outcome.value} | {name: values[side] for name, values in pairs.items()},
        )
        for side, (value, arm_id, label) in enumerate([(first, "a1", "sorafenib"), (second, "a2", "placebo")])
    )
    return one, other


def test_of(p: str, *, months: str | None = "24", source: Source = FIRST, **more: object) -> Contrast:
    """A p-value alone: "=0.007"."""
    row = replace(contrast(p=p, measure=Measure.P, timepoint=months), source=source)
    return replace(row, **more)  # type: ignore[arg-type]


test_of.__test__ = False  # type: ignore[attr-defined]
