"""Records with ids, verbatim quotes and offsets, each number once.

A number printed twice (abstract and results) is one row, the more complete one; numbers that contradict each other are
separate rows, and a check flags them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from evidence.extract.compared_groups import with_compared_groups
from evidence.extract.contexts import Context
from evidence.extract.nlp import Reading
from evidence.extract.numbers import Quantity
from evidence.extract.pairs import Pair
from evidence.model.codes import Adjustment, Measure, Outcome
from evidence.model.records import Arm, ArmResult, Contrast, Records, Result, Source

Row = TypeVar("Row", ArmResult, Contrast)

#: What a document means when it prints an interval and no level.
USUAL_LEVEL = Decimal(95)

#: Arm of a number that the sentence gives to nobody in particular while the study has several arms.
UNKNOWN_ARM = ""


class Rows:
    """The rows of one document as they are found."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._arm_results: list[ArmResult] = []
        self._contrasts: list[Contrast] = []
        self._until: set[tuple[object, ...]] = set()  # hazard ratios whose label says until when

    def source(
        self,
        start: int,
        end: int,
        *,
        table: str | None = None,
        row: str | None = None,
        column: str | None = None,
    ) -> Source:
        """Where the clean characters [start, end) stand in the document."""
        document = self._reading.document
        first, last = document.clean.span(start, end)
        return Source(
            char_start=first,
            char_end=last,
            quote=document.text[first:last],
            page=document.page_at(first),
            section=document.section_at(first),
            table=table,
            row=row,
            column=column,
        )

    def add_arm_result(
        self,
        context: Context,
        arm: int | None,
        quantity: Quantity,
        *,
        measure: Measure,
        outcome: Outcome,
        outcome_text: str,
        value: Decimal | None,
        ci_low: Decimal | None,
        ci_high: Decimal | None,
        months: Decimal | None,
        subgroup: str | None,
        source: Source,
        sure: float,
        arm_known: bool = True,
        arm_label: str | None = None,
    ) -> None:
        """One number of one arm; `arm` None is the whole population, or unknown where `arm_known` is false.

        `arm_label` names a group that the document compares without its being an arm of the study.
        """
        label = context.arms[arm].label if arm is not None else "overall" if arm_known else UNKNOWN_ARM
        label = arm_label if arm is None and arm_label is not None else label
        level = None
        if ci_low is not None:
            level = quantity.spread.level if quantity.spread and quantity.spread.level else USUAL_LEVEL
        self._arm_results.append(
            ArmResult(
                result_id="",
                document_id=self._reading.document.document_id,
                study_id=context.study.study_id,
                arm_id=arm_id(context, arm),
                arm=label,
                outcome=outcome,
                outcome_text=outcome_text,
                measure=measure,
                source=source,
                timepoint_months=months,
                value=value,
                not_reached=quantity.kind == "not_reached",
                ci_low=ci_low,
                ci_high=ci_high,
                ci_level=level,
                sd=quantity.sd,
                events=quantity.events,
                total=quantity.total,
                subgroup=subgroup,
                confidence=round(sure, 2),
            )
        )

    def add_contrast(
        self,
        context: Context,
        pair: Pair,
        quantity: Quantity,
        *,
        measure: Measure,
        outcome: Outcome,
        outcome_text: str,
        months: Decimal | None,
        subgroup: str | None,
        adjustment: Adjustment | None,
        source: Source,
        sure: float,
        labels: tuple[str, str] = (UNKNOWN_ARM, UNKNOWN_ARM),
        horizon: bool = False,
    ) -> None:
        """One comparison; a p-value alone has measure P and no estimate.

        `horizon`: the label of the estimate itself says until when. `labels` name compared groups that are no arms of
        the study, in the order of `pair`.
        """
        spread = quantity.spread if quantity.spread is not None and quantity.spread.kind == "ci" else None
        arm, comparator = (
            context.arms[index].label if index is not None else label
            for index, label in zip((pair.arm, pair.comparator), labels, strict=True)
        )
        self._contrasts.append(
            Contrast(
                result_id="",
                document_id=self._reading.document.document_id,
                study_id=context.study.study_id,
                arm_id=arm_id(context, pair.arm),
                comparator_arm_id=arm_id(context, pair.comparator),
                arm=arm,
                comparator=comparator,
                outcome=outcome,
                outcome_text=outcome_text,
                measure=measure,
                source=source,
                estimate=quantity.value if measure is not Measure.P else None,
                ci_low=spread.low if spread else None,
                ci_high=spread.high if spread else None,
                ci_level=(spread.level or USUAL_LEVEL) if spread else None,
                p_value=quantity.p.value if quantity.p else None,
                p_operator=quantity.p.operator if quantity.p else None,
                adjustment=adjustment,
                timepoint_months=months,
                subgroup=subgroup,
                confidence=round(sure, 2),
            )
        )
        if horizon:
            self._until.add(_same_contrast(self._contrasts[-1]))

    def tells(self, context: Context) -> bool:
        """Whether any number was found for this study."""
        found: list[ArmResult | Contrast] = [*self._arm_results, *self._contrasts]
        return any(row.study_id == context.study.study_id for row in found)

    def records(self, found: Sequence[Context]) -> Records:
        """All rows, each number once, in the order of the document, with their ids."""
        document = self._reading.document
        arms = tuple(
            Arm(
                arm_id=arm_id(context, index) or "",
                study_id=context.study.study_id,
                document_id=document.document_id,
                label=arm.label,
                role=arm.role,
                treatment=arm.treatment,
                n=arm.n,
            )
            for context in found
            for index, arm in enumerate(context.arms)
        )
        arm_results = _without_repetitions(_once(self._arm_results, _same_arm_result))
        contrasts = _at_their_horizon(_without_repeated_p(_once(self._contrasts, _same_contrast)), self._until)
        compared = with_compared_groups(arms, arm_results, contrasts)
        rows: list[ArmResult | Contrast] = [*compared.arm_results, *compared.contrasts]
        rows.sort(key=lambda row: (row.source.char_start, row.source.char_end))
        named = [replace(row, result_id=f"{document.document_id}-r{number}") for number, row in enumerate(rows, 1)]
        return Records(
            documents=(document.record(),),
            studies=tuple(context.study for context in found),
            arms=compared.arms,
            arm_results=tuple(row for row in named if isinstance(row, ArmResult)),
            contrasts=tuple(row for row in named if isinstance(row, Contrast)),
        )


def _without_repeated_p(rows: list[Contrast]) -> list[Contrast]:
    """A p-value that stands again without its estimate is no comparison of its own."""
    estimated = {_tested(row) for row in rows if row.measure is not Measure.P}
    return [row for row in rows if row.measure is not Measure.P or _tested(row) not in estimated]


def _tested(row: Contrast) -> tuple[object, ...]:
    """What a p-value was printed for."""
    return (row.study_id, frozenset((row.arm, row.comparator)), row.outcome, row.p_value, row.p_operator)


def _at_their_horizon(rows: list[Contrast], until: set[tuple[object, ...]]) -> list[Contrast]:
    """A hazard ratio keeps a time point only where its label says it, or the document gives several horizons."""
    ratios = [row for row in rows if row.measure in (Measure.HR, Measure.SHR)]
    several = set()
    for row in ratios:
        same = [
            other
            for other in ratios
            if (other.study_id, other.outcome, other.arm, other.comparator, other.subgroup, other.adjustment)
            == (row.study_id, row.outcome, row.arm, row.comparator, row.subgroup, row.adjustment)
        ]
        if len({other.timepoint_months for other in same}) > 1 or _same_contrast(row) in until:
            several.add(id(row))
    return [
        replace(row, timepoint_months=None)
        if row.measure in (Measure.HR, Measure.SHR) and id(row) not in several
        else row
        for row in rows
    ]


def arm_id(context: Context, index: int | None) -> str | None:
    """Id of an arm: its study's id and its number."""
    return f"{context.study.study_id}-a{index + 1}" if index is not None else None


def _same_arm_result(row: ArmResult) -> tuple[object, ...]:
    value = row.value if row.value is not None else ("events", row.events, row.total, row.not_reached)
    return (row.study_id, row.arm, row.outcome, row.measure, row.timepoint_months, row.subgroup, value, *_named(row))


def _named(row: Result) -> tuple[str, ...]:
    """Words that tell outcomes of one code apart."""
    return (row.outcome_text.lower(),) if row.outcome in (Outcome.OTHER, Outcome.AE, Outcome.AE_G3, Outcome.SAE) else ()


def _same_contrast(row: Contrast) -> tuple[object, ...]:
    if row.measure is Measure.P:
        compared = (row.arm, row.comparator, row.outcome, *_named(row), row.timepoint_months, row.subgroup)
        return (row.study_id, row.measure, row.p_value, *compared)
    outcome = row.outcome if row.ci_low is None else None  # three equal numbers are one result, whatever it is called
    return (row.study_id, row.measure, row.estimate, row.ci_low, row.ci_high, outcome, row.subgroup)


def _filled(row: Result) -> int:
    """How many columns a row fills; the fuller of two rows for one number is kept."""
    names = ("ci_low", "p_value", "events", "total", "timepoint_months", "arm_id", "comparator_arm_id", "adjustment")
    return sum(getattr(row, name, None) is not None for name in names)


def _once(rows: Sequence[Row], key: Callable[[Row], tuple[object, ...]]) -> list[Row]:
    """The fullest row of each number; "3 had a molecular and 3 a morphological relapse" are two."""
    places: dict[tuple[object, ...], set[str]] = {}
    for row in rows:
        places.setdefault((key(row), row.source.char_start), set()).add(row.outcome_text.lower())
    several = {number for (number, _), texts in places.items() if len(texts) > 1}
    best: dict[tuple[object, ...], Row] = {}
    for row in rows:
        same: tuple[object, ...] = key(row)
        if same in several:
            same = (*same, row.outcome_text.lower())
        if same not in best or (_filled(row), row.confidence or 0) > (_filled(best[same]), best[same].confidence or 0):
            best[same] = row
    return list(best.values())


def _without_repetitions(rows: list[ArmResult]) -> list[ArmResult]:
    """Without a bare count, or a percentage without time point or arm, that stands elsewhere with what it lacks."""
    counted = {(*_about(row), row.arm, row.events) for row in rows if row.measure is Measure.PROPORTION and row.events}
    timed = {(*_about(row), arm, row.value) for row in rows if row.timepoint_months for arm in (row.arm, UNKNOWN_ARM)}
    return [
        row
        for row in rows
        if not (row.measure is Measure.COUNT and (*_about(row), row.arm, row.events) in counted)
        and not (
            row.measure is Measure.PROPORTION
            and row.timepoint_months is None
            and (*_about(row), row.arm, row.value) in timed
        )
    ]


def _about(row: ArmResult) -> tuple[object, ...]:
    """What a number of an arm is about, whatever it measures."""
    return (row.study_id, row.outcome, row.subgroup, *_named(row))
