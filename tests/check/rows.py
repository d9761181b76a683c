"""Rows as they leave extraction, with only what a test is about."""

from decimal import Decimal

from evidence.model.codes import Measure, Outcome
from evidence.model.records import ArmResult, Contrast, Records, Source


def source(quote: str = "quoted") -> Source:
    return Source(char_start=0, char_end=len(quote), quote=quote)


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def contrast(
    estimate: str | None = None,
    low: str | None = None,
    high: str | None = None,
    *,
    p: str | None = None,
    measure: Measure = Measure.HR,
    level: str | None = None,
    quote: str = "quoted",
    timepoint: str | None = None,
) -> Contrast:
    """A comparison; `p` is written as in a document, operator first: "<0.001"."""
    operator = p.rstrip("0123456789.") if p else None
    return Contrast(
        result_id="c1",
        document_id="d1",
        study_id="s1",
        arm_id="a1",
        comparator_arm_id="a2",
        arm="sorafenib",
        comparator="placebo",
        outcome=Outcome.OS,
        outcome_text="overall survival",
        measure=measure,
        source=source(quote),
        estimate=number(estimate),
        ci_low=number(low),
        ci_high=number(high),
        ci_level=number(level),
        p_value=number(p.lstrip("<>=") if p else None),
        p_operator=operator,
        timepoint_months=number(timepoint),
    )


def arm_result(
    value: str | None = None,
    events: int | None = None,
    total: int | None = None,
    *,
    measure: Measure = Measure.PROPORTION,
    low: str | None = None,
    high: str | None = None,
) -> ArmResult:
    return ArmResult(
        result_id="r1",
        document_id="d1",
        study_id="s1",
        arm_id="a1",
        arm="sorafenib",
        outcome=Outcome.CR,
        outcome_text="complete remission",
        measure=measure,
        source=source(),
        value=number(value),
        events=events,
        total=total,
        ci_low=number(low),
        ci_high=number(high),
    )


def of(*rows: ArmResult | Contrast) -> Records:
    return Records(
        arm_results=tuple(row for row in rows if isinstance(row, ArmResult)),
        contrasts=tuple(row for row in rows if isinstance(row, Contrast)),
    )
