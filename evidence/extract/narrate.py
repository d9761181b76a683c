"""Sentence by sentence: numbers found, bound and written as rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from evidence.extract.arm_mentions import ArmMention, arm_mentions, arm_pattern
from evidence.extract.arm_results import describes_patients, in_months, measure_of
from evidence.extract.contexts import Context
from evidence.extract.contrasts import is_prognostic, p_comparisons
from evidence.extract.lexicon import OutcomeEntry, Vocabulary
from evidence.extract.link import Bound, Scene, arm_lists, bind, pair_of
from evidence.extract.nlp import Reading, Sentence
from evidence.extract.numbers import Kind, Quantity, is_design_assumption, quantities
from evidence.extract.outcomes import OutcomeMention, document_outcomes, find_outcomes
from evidence.extract.review_tables import ResultCell, StudyRow
from evidence.extract.rows import Rows
from evidence.extract.subgroups import subgroup_of
from evidence.extract.times import find_times
from evidence.model.codes import Adjustment, Measure, Outcome, Report, Role
from evidence.model.records import Source

#: Parts of a paper where its own results do not stand.
_SILENT = ("methods", "introduction", "references")


@dataclass(slots=True)
class _Memory:
    """What one sentence leaves for the next of its paragraph."""

    paragraph: int = -1
    outcome: OutcomeMention | None = None
    order: tuple[int, ...] = ()
    measure: Measure | None = None


def narrate(reading: Reading, found: Sequence[Context], rows: Rows) -> None:
    """Rows from the sentences of each study."""
    outcome_words = document_outcomes(reading.abbreviations)
    for context in found:
        pattern = arm_pattern(context.arms)
        memory = _Memory()
        for sentence in context.sentences:
            if sentence.zone in _SILENT and context.study.report is Report.PRIMARY:
                continue
            if sentence.paragraph != memory.paragraph:
                memory = _Memory(paragraph=sentence.paragraph, order=memory.order)
            scene = _scene(reading, context, pattern, outcome_words, sentence, memory)
            if scene is not None:
                _write(scene, rows.source(sentence.start, sentence.end), context, rows)
                _remember(scene, memory)
        for row in context.rows:
            for cell in row.results:
                _tell_cell(reading, context, pattern, outcome_words, row, cell, rows)


def _tell_cell(
    reading: Reading,
    context: Context,
    pattern: re.Pattern[str],
    outcome_words: Vocabulary[OutcomeEntry],
    row: StudyRow,
    cell: ResultCell,
    rows: Rows,
) -> None:
    """Rows from one result of a study listed in a table; the column head names what the cell does not."""
    named = find_outcomes(reading.text, cell.head_start, cell.head_end, outcome_words)
    arms = context.arms
    memory = _Memory(outcome=named[-1] if named else None)
    piece = Sentence(index=-1, start=cell.start, end=cell.end, paragraph=-1, zone="results")
    scene = _scene(reading, context, pattern, outcome_words, piece, memory)
    if scene is None:
        return
    if cell.arm is not None and len(arms) > cell.arm:
        scene = replace(scene, mentions=(ArmMention(start=cell.start, end=cell.start, arms=(cell.arm,)),))
    scene = replace(scene, cell=True)
    source = rows.source(cell.start, cell.end, table=row.table, row=cell.row_head, column=cell.column_head)
    _write(scene, source, context, rows)


def _scene(
    reading: Reading,
    context: Context,
    pattern: re.Pattern[str],
    outcome_words: Vocabulary[OutcomeEntry],
    sentence: Sentence,
    memory: _Memory,
) -> Scene | None:
    """Everything found in one sentence; None where it plans numbers instead of reporting them."""
    text, start, end = reading.text, sentence.start, sentence.end
    if is_design_assumption(text[start:end]):
        return None
    times = find_times(text, start, end)
    masked = [(time.start, time.end) for time in times]
    masked += [(first, last) for first, last in reading.marks if start <= first < end]
    return Scene(
        text=text,
        start=start,
        end=end,
        quantities=quantities(text, start, end, inherited=memory.measure, masked=masked),
        outcomes=find_outcomes(text, start, end, outcome_words),
        times=times,
        mentions=arm_mentions(pattern, context.arms, text, start, end),
        arms=context.arms,
        inherited_outcome=memory.outcome,
        inherited_order=memory.order,
    )


def _remember(scene: Scene, memory: _Memory) -> None:
    if scene.outcomes:
        memory.outcome = scene.outcomes[-1]
    estimates = [quantity for quantity in scene.quantities if quantity.kind is Kind.ESTIMATE]
    memory.measure = estimates[-1].measure if estimates else None
    lists = arm_lists(scene)
    if lists:
        memory.order = lists[-1][2]
    else:
        named = tuple(dict.fromkeys(mention.arms[0] for mention in scene.mentions if len(mention.arms) == 1))
        if len(named) == 2:
            memory.order = named


def _write(scene: Scene, source: Source, context: Context, rows: Rows) -> None:
    """Rows of one sentence or cell."""
    bounds = bind(scene)
    patients = describes_patients(scene.text[scene.start : scene.end])
    whole = next((0 for arm in context.arms if arm.role is Role.SINGLE), None)
    for bound in bounds:
        measure = measure_of(scene, bound)
        if measure is None or not _reports(scene, bound, patients):
            continue
        quantity = bound.quantity
        value, low, high = _numbers(quantity, measure)
        arm = bound.arm if bound.arm is not None else whole
        whole_study = quantity.total is not None and quantity.total == context.study.n_total
        known = arm is not None or len(context.arms) < 2 or whole_study or not _divided(scene, bound, bounds)
        rows.add_arm_result(
            context,
            arm,
            quantity,
            measure=measure,
            outcome=bound.outcome.code if bound.outcome else Outcome.OTHER,
            outcome_text=_outcome_text(scene, bound.outcome, quantity),
            value=value,
            ci_low=low,
            ci_high=high,
            months=bound.months if measure not in (Measure.MEDIAN_TIME, Measure.MEAN) else None,
            subgroup=_subgroup(scene, quantity),
            source=source,
            sure=bound.sure
            * (1.0 if bound.outcome and bound.outcome in scene.outcomes else 0.6)
            * (1.0 if known else 0.4),
            arm_known=known,
        )
    for quantity in scene.quantities:
        if quantity.kind is Kind.ESTIMATE and quantity.measure is not None:
            outcome = _outcome_of_estimate(scene, quantity, bounds)
            prognostic = is_prognostic(scene, quantity)
            pair = pair_of(scene, quantity, default=not prognostic)
            rows.add_contrast(
                context,
                pair,
                quantity,
                measure=quantity.measure,
                outcome=outcome.code if outcome else Outcome.OTHER,
                outcome_text=_outcome_text(scene, outcome, quantity),
                months=_months_of_estimate(scene, quantity, bounds),
                subgroup=_subgroup(scene, quantity),
                adjustment=quantity.adjustment or _adjusted_in(scene, quantity),
                source=source,
                sure=pair.sure * (1.0 if outcome else 0.6),
            )
    for comparison in p_comparisons(scene, bounds):
        rows.add_contrast(
            context,
            comparison.pair,
            comparison.quantity,
            measure=Measure.P,
            outcome=comparison.outcome.code if comparison.outcome else Outcome.OTHER,
            outcome_text=_outcome_text(scene, comparison.outcome, comparison.quantity),
            months=comparison.months,
            subgroup=_subgroup(scene, comparison.quantity),
            adjustment=None,
            source=source,
            sure=comparison.pair.sure,
        )


def _reports(scene: Scene, bound: Bound, patients: bool) -> bool:
    """Whether a number is a result: it has an outcome, or at least an arm and no sign of being a characteristic."""
    if bound.outcome is not None and (
        bound.outcome in scene.outcomes or (bound.outcome.end <= scene.start and not scene.outcomes and not patients)
    ):
        return not (
            patients
            and bound.arm is None
            and bound.outcome.entry.kind == "response"
            and bound.quantity.kind is Kind.COUNT
        )
    if patients:
        return False
    return bound.arm is not None and bound.sure >= 0.7 and len(scene.arms) > 1


def _divided(scene: Scene, bound: Bound, bounds: Sequence[Bound]) -> bool:
    """Whether the sentence gives its numbers to arms, so that one without an arm is not of the whole population."""
    return len(scene.mentions) > 1 or sum(other.run == bound.run for other in bounds) > 1


def _adjusted_in(scene: Scene, quantity: Quantity) -> Adjustment | None:
    """A sentence that begins with the multivariable analysis means all its estimates."""
    return Adjustment.ADJUSTED if _MULTIVARIABLE.search(scene.text, scene.start, quantity.start) else None


_MULTIVARIABLE = re.compile(
    r"\b[Mm]ulti-?varia(?:te|ble)\b|\b[Aa]fter (?:\w+ )?adjust\w+|\badjusted for\b|adjusting (?:for|of)"
)


def _numbers(quantity: Quantity, measure: Measure) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Value and limits as the tables carry them."""
    if quantity.kind is Kind.DURATION:
        return in_months(quantity)
    if measure is Measure.COUNT:
        return Decimal(quantity.events) if quantity.events is not None else None, None, None
    spread = quantity.spread if quantity.spread is not None and quantity.spread.kind == "ci" else None
    return quantity.value, spread.low if spread else None, spread.high if spread else None


def _subgroup(scene: Scene, quantity: Quantity) -> str | None:
    found = subgroup_of(scene.text, scene.start, scene.end, quantity.at)
    return " ".join(scene.text[found[0] : found[1]].split()) if found else None


def _outcome_of_estimate(scene: Scene, quantity: Quantity, bounds: Sequence[Bound]) -> OutcomeMention | None:
    """The outcome an estimate is about: named inside its label, else of the numbers before it, else next to it."""
    inside = [o for o in scene.outcomes if quantity.start <= o.start and o.end <= quantity.at]
    if inside:
        return inside[0]
    listed = _from_list(scene, quantity)
    if listed is not None:
        return listed
    before = [o for o in scene.outcomes if o.end <= quantity.start]
    if before:
        return before[-1]
    after = [o for o in scene.outcomes if o.start >= quantity.end]
    return after[0] if after else scene.inherited_outcome


def _from_list(scene: Scene, quantity: Quantity) -> OutcomeMention | None:
    """Estimates in a row laid against outcomes in a row ("of PFS and OS are 1.772 (...) and 2.047 (...)")."""
    estimates = [q for q in scene.quantities if q.kind is Kind.ESTIMATE]
    run = [quantity]
    for other in estimates[estimates.index(quantity) + 1 :]:
        if not re.fullmatch(_AND, scene.between(_after_p(run[-1]), other.start)):
            break
        run.append(other)
    for other in reversed(estimates[: estimates.index(quantity)]):
        if not re.fullmatch(_AND, scene.between(_after_p(other), run[0].start)):
            break
        run.insert(0, other)
    if len(run) < 2:
        return None
    before = [o for o in scene.outcomes if o.end <= run[0].at]
    if len(before) < len(run):
        return None
    last = before[-len(run) :]
    for one, other in zip(last, last[1:], strict=False):
        if not re.fullmatch(
            r"[\s)\]]*(?:rates?)?\s*(?:,|and|or|nor|,\s?and)\s*(?:the |longer )?", scene.between(one.end, other.start)
        ):
            return None
    return last[run.index(quantity)]


_AND = r"[\s)\]]*(?:,|;|and|,\s?and|;\s?and)?\s*(?:\()?"


def _after_p(quantity: Quantity) -> int:
    return max(quantity.end, quantity.p.end) if quantity.p else quantity.end


def _months_of_estimate(scene: Scene, quantity: Quantity, bounds: Sequence[Bound]) -> Decimal | None:
    """The time point of the percentages that an estimate stands behind; `rows` drops it where it says nothing."""
    before = [bound for bound in bounds if bound.quantity.end <= quantity.start]
    return before[-1].months if before else None


def _outcome_text(scene: Scene, outcome: OutcomeMention | None, quantity: Quantity) -> str:
    """The document's words for the outcome; without an outcome of the lexicon, the words before the number."""
    if outcome is not None:
        return " ".join(scene.text[outcome.start : outcome.end].split())
    clause = re.split(r"[.;:()\[\]]", scene.text[scene.start : quantity.at])[-1]
    clause = clause if len(clause.split()) > 1 else scene.text[scene.start : quantity.at]
    return " ".join(clause.split()[-10:]).strip(" ,")
