"""Rows as they leave extraction, with only what a test is about."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from evidence.check.doubt import Doubt
from evidence.model.codes import Measure, Outcome, Severity
from evidence.model.records import Arm, ArmResult, Contrast, Records, Source, Study

Row = TypeVar("Row", ArmResult, Contrast)


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


def trial(
    *rows: ArmResult | Contrast, n_total: int | None = None, follow_up: str | None = None, **patients: int
) -> Records:
    """The rows in a study whose arms have so many patients: `trial(row, a1=38, a2=24)`."""
    study = Study(
        study_id="s1",
        document_id="d1",
        label="Trial A",
        n_total=n_total,
        followup_median_months=number(follow_up),
    )
    arms = tuple(Arm(arm_id=arm, study_id="s1", document_id="d1", label=arm, n=n) for arm, n in patients.items())
    return replace(of(*rows), studies=(study,), arms=arms)


def found(check: Callable[[Records], Iterator[Doubt]], about: ArmResult | Contrast | Records) -> Severity | None:
    """Severity of the one doubt a check has about a row, or about records; None where it has none."""
    doubts = list(check(about if isinstance(about, Records) else of(about)))
    assert len(doubts) <= 1
    return doubts[0].severity if doubts else None


def at(
    row: Row,
    section: str | None = None,
    table: str | None = None,
    column: str | None = None,
    quote: str = "quoted",
    start: int = 0,
    **changes: object,
) -> Row:
    """The row as another place of the document prints it."""
    source = replace(row.source, section=section, table=table, column=column, quote=quote, char_start=start, row=table)
    return replace(row, source=source, **changes)  # type: ignore[arg-type]
