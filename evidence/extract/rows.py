"""Records with ids, verbatim quotes and offsets, each number once (`repeats`)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from evidence.extract.adjustments import RATIOS, usual_adjustment
from evidence.extract.compared_groups import with_compared_groups
from evidence.extract.contexts import Context
from evidence.extract.nlp import Reading
from evidence.extract.numbers import Quantity
from evidence.extract.pairs import Pair
from evidence.extract.repeats import arm_results_once, contrasts_once
from evidence.model.codes import Adjustment, Measure, Outcome, Report
from evidence.model.records import Arm, ArmResult, Contrast, Patient, Records, Source

#: What a document means when it prints an interval and no level.
USUAL_LEVEL = Decimal(95)
_HAZARDS = (Measure.HR, Measure.SHR)

#: Arm of a number that the sentence gives to nobody in particular while the study has several arms.
UNKNOWN_ARM = ""


class Rows:
    """The rows of one document as they are found."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._arm_results: list[ArmResult] = []
        self._contrasts: list[Contrast] = []
        self._patients: list[Patient] = []
        self._usual = usual_adjustment(reading)
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
        """One comparison; a p-value alone has measure P and no estimate, a hazard of death is of overall survival.

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
                outcome=Outcome.OS if outcome is Outcome.DEATH and measure in _HAZARDS else outcome,
                outcome_text=outcome_text,
                measure=measure,
                source=source,
                estimate=quantity.value if measure is not Measure.P else None,
                ci_low=spread.low if spread else None,
                ci_high=spread.high if spread else None,
                ci_level=(spread.level or USUAL_LEVEL) if spread else None,
                p_value=quantity.p.value if quantity.p else None,
                p_operator=quantity.p.operator if quantity.p else None,
                adjustment=adjustment or self._adjustment_of(context, measure, pair),
                timepoint_months=months,
                subgroup=subgroup,
                confidence=round(sure, 2),
            )
        )
        if horizon:
            self._until.add(_numbers(self._contrasts[-1]))

    def add_patient(self, patient: Patient) -> None:
        """One outcome of one patient."""
        self._patients.append(patient)

    def _adjustment_of(self, context: Context, measure: Measure, pair: Pair) -> Adjustment | None:
        """What the methods say of the ratios of the document's own arms."""
        own = context.study.report is Report.PRIMARY and pair.arm is not None and pair.comparator is not None
        return self._usual if own and measure in RATIOS else None

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
        arm_results = arm_results_once(self._arm_results)
        contrasts = _at_their_horizon(contrasts_once(self._contrasts), self._until)
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
            patients=tuple(
                replace(row, result_id=f"{document.document_id}-p{number}")
                for number, row in enumerate(self._patients, 1)
            ),
        )


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
        if len({other.timepoint_months for other in same}) > 1 or _numbers(row) in until:
            several.add(id(row))
    return [
        replace(row, timepoint_months=None)
        if row.measure in (Measure.HR, Measure.SHR) and id(row) not in several
        else row
        for row in rows
    ]


def _numbers(row: Contrast) -> tuple[object, ...]:
    return (row.study_id, row.measure, row.estimate, row.ci_low, row.ci_high, row.subgroup)


def arm_id(context: Context, index: int | None) -> str | None:
    """Id of an arm: its study's id and its number."""
    return f"{context.study.study_id}-a{index + 1}" if index is not None else None
