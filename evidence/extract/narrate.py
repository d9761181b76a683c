"""Sentence by sentence: numbers found, bound and written as rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from evidence.extract.arm_mentions import ArmMention, arm_mentions, arm_pattern
from evidence.extract.arm_results import describes_patients, in_months, measures_of, without_error
from evidence.extract.contexts import Context
from evidence.extract.contrasts import comparisons
from evidence.extract.digits import to_decimal
from evidence.extract.directions import in_their_order
from evidence.extract.event_lists import listed_events
from evidence.extract.free_outcomes import free_outcomes
from evidence.extract.lexicon import OutcomeEntry, Vocabulary
from evidence.extract.link import Bound, bind, order_by_totals
from evidence.extract.nlp import Reading, Sentence
from evidence.extract.numbers import Kind, Quantity, is_design_assumption, quantities
from evidence.extract.outcomes import OutcomeMention, document_outcomes, find_outcomes
from evidence.extract.primary_outcomes import primary_outcomes
from evidence.extract.review_tables import ResultCell, StudyRow
from evidence.extract.rows import Rows
from evidence.extract.run_arms import given_to_others
from evidence.extract.run_outcomes import takes_up
from evidence.extract.scenes import Scene, arm_lists, main_arms
from evidence.extract.subgroups import is_everybody, population, subgroup_of
from evidence.extract.times import TimePoint, find_times
from evidence.extract.zero_counts import none_happened
from evidence.model.codes import Design, Measure, Outcome, Report, Role
from evidence.model.records import Source

#: Parts of a paper where its own results do not stand.
_SILENT = ("methods", "introduction", "references")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ear:
    """What the sentences of one study are read with."""

    reading: Reading
    context: Context
    arm_names: re.Pattern[str]
    outcome_words: Vocabulary[OutcomeEntry]
    population: frozenset[str]  # words of the title that say whom the paper is about


@dataclass(slots=True, kw_only=True)
class _Memory:
    """What one sentence leaves for the next of its paragraph."""

    paragraph: int = -1
    outcome: OutcomeMention | None = None
    hazard: OutcomeMention | None = None  # the last of those that a hazard ratio can be of
    order: tuple[int, ...] = ()
    all_in_order: tuple[int, ...] = ()  # three arms or more, in the order of a sentence that names each of them once
    measure: Measure | None = None
    earlier: Measure | None = None  # the last measure of the paragraph
    alone: int | None = None  # the only arm it named


def narrate(reading: Reading, found: Sequence[Context], rows: Rows) -> None:
    """Rows from the sentences of each study, and from its rows in tables that list studies."""
    outcome_words = document_outcomes(reading.abbreviations)
    own = [sentence for sentence in reading.sentences if sentence.zone != "references"]
    outcome_words = outcome_words.extended(primary_outcomes(reading, own, reading.abbreviations))
    everybody = population(reading.document.bibliography.title or "")
    for context in found:
        names = arm_pattern(context.arms)
        ear = _Ear(reading=reading, context=context, arm_names=names, outcome_words=outcome_words, population=everybody)
        memory = _Memory()
        for sentence in context.sentences:
            if sentence.zone in _SILENT and context.study.report is Report.PRIMARY:
                continue
            if sentence.paragraph != memory.paragraph:
                memory = _Memory(paragraph=sentence.paragraph, order=memory.order, all_in_order=memory.all_in_order)
            scene = _scene(ear, sentence, memory)
            if scene is not None:
                told = _write(scene, rows.source(sentence.start, sentence.end), context, rows)
                _remember(scene, memory)
                memory.order = order_by_totals(scene, told) or memory.order
        for row in context.rows:
            for cell in row.results:
                _tell_cell(ear, row, cell, rows)


def _tell_cell(ear: _Ear, row: StudyRow, cell: ResultCell, rows: Rows) -> None:
    """Rows from one result of a study listed in a table; the column head names what the cell does not."""
    named = find_outcomes(ear.reading.text, cell.head_start, cell.head_end, ear.outcome_words)
    memory = _Memory(outcome=named[-1] if named else None)
    piece = Sentence(index=-1, start=cell.start, end=cell.end, paragraph=-1, zone="results")
    scene = _scene(ear, piece, memory)
    if scene is None:
        return
    if cell.arm is not None and len(scene.arms) > cell.arm:
        scene = replace(scene, mentions=(ArmMention(start=cell.start, end=cell.start, arms=(cell.arm,)),))
    if (bare := _BARE.fullmatch(scene.words)) and "%" in cell.column_head:
        at = scene.start + bare.start("value")
        value = Quantity(kind=Kind.PERCENT, start=at, end=scene.end, at=at, value=to_decimal(bare["value"]))
        scene = replace(scene, quantities=(value,))
    times = find_times(ear.reading.text, cell.head_start, cell.head_end)
    source = rows.source(cell.start, cell.end, table=row.table, row=cell.row_head, column=cell.column_head)
    months = times[0].months[0] if len(times) == 1 and len(times[0].months) == 1 else None
    _write(replace(scene, cell=True), source, ear.context, rows, months=months)


#: A cell that leaves the sign of a percentage to the head of its column.
_BARE = re.compile(r"\s*(?P<value>\d{1,2}(?:\.\d+)?|100(?:\.0+)?)\s*")


# --------------------------------------------------------------------------------------------------------------- scenes


def _scene(ear: _Ear, sentence: Sentence, memory: _Memory) -> Scene | None:
    """Everything found in one sentence; None where it plans numbers instead of reporting them."""
    text, start, end = ear.reading.text, sentence.start, sentence.end
    if is_design_assumption(text[start:end]):
        return None
    named = arm_mentions(ear.arm_names, ear.context.arms, text, start, end)
    amounts = [(mention.start, mention.end) for mention in named if text[mention.start].isdigit()]
    # "the 3-month arm" is no time point, and "10 mg" no result
    times = [time for time in find_times(text, start, end) if not any(a <= time.start < b for a, b in amounts)]
    masked = [(time.start, time.end) for time in times] + amounts
    masked += [(first, last) for first, last in ear.reading.marks if start <= first < end]
    mentions = _taken_up(text, start, named, memory.alone)
    outcomes = _outcomes(ear, sentence, memory, mentions, times)
    listed = listed_events(
        text,
        start,
        end,
        quantities(
            text, start, end, inherited=memory.measure, earlier=_measure_before(outcomes, memory), masked=masked
        ),
        outcomes,
    )
    return Scene(
        text=text,
        start=start,
        end=end,
        quantities=listed.quantities,
        outcomes=listed.outcomes,
        lists=listed.lists,
        times=times,
        mentions=mentions,
        arms=ear.context.arms,
        population=ear.population,
        inherited_outcome=memory.outcome,
        inherited_hazard=memory.hazard,
        inherited_order=memory.order,
        inherited_all=memory.all_in_order,
    )


def _measure_before(named: Sequence[OutcomeMention], memory: _Memory) -> Measure | None:
    """The hazard ratio told before in the paragraph, where a sentence speaks of nothing but survival."""
    hazard = memory.earlier in (Measure.HR, Measure.SHR)
    return memory.earlier if hazard and named and all(o.entry.kind == "time_to_event" for o in named) else None


_THEY = re.compile(r"(?:They|These (?:patients|women|men|participants)|(?:Of|Among) (?:them|these)(?= patients|,))\b")


def _taken_up(text: str, start: int, mentions: list[ArmMention], alone: int | None) -> list[ArmMention]:
    """The mentions with "They" at the head of a sentence, which means the only arm of the sentence before."""
    they = _THEY.match(text, start) if alone is not None else None
    if they is None or alone is None or (mentions and mentions[0].start < they.end()):
        return mentions
    return [ArmMention(start=start, end=they.end(), arms=(alone,), taken_up=True), *mentions]


def _outcomes(
    ear: _Ear, sentence: Sentence, memory: _Memory, mentions: Sequence[ArmMention], times: Sequence[TimePoint]
) -> list[OutcomeMention]:
    """The outcomes of a sentence: those of the lexicon, else what "the primary outcome" means, else its own words.

    A sentence that goes on with the outcome of the one before names none of its own.
    """
    text, start, end = ear.reading.text, sentence.start, sentence.end
    named = find_outcomes(text, start, end, ear.outcome_words)
    plain = [mention for mention in named if mention.entry.words is None]
    if plain or named or (memory.outcome is not None and memory.outcome.lasting and takes_up(text, start, end)):
        return plain or named
    return free_outcomes(text, start, end, mentions, times)


def _remember(scene: Scene, memory: _Memory) -> None:
    """Keep what the next sentence may go on with."""
    if scene.outcomes and not (scene.outcomes[-1].free and memory.outcome is not None and memory.outcome.lasting):
        memory.outcome = scene.outcomes[-1]
    hazards = [outcome for outcome in scene.outcomes if outcome.entry.kind in ("time_to_event", "incidence")]
    memory.hazard = hazards[-1] if hazards else memory.hazard
    estimates = [quantity for quantity in scene.quantities if quantity.kind is Kind.ESTIMATE]
    memory.measure = estimates[-1].measure if estimates else None
    memory.earlier = memory.measure or memory.earlier
    lists = arm_lists(scene)
    named = tuple(dict.fromkeys(mention.arms[0] for mention in scene.single_mentions))
    memory.alone = named[0] if len(named) == 1 and len(scene.mentions) == len(scene.single_mentions) else None
    if len(named) == len(scene.mentions) == len(scene.arms) > 2:
        memory.all_in_order = named
    if lists:
        memory.order = lists[-1].arms
    elif len(named) == 2:
        memory.order = named


# ----------------------------------------------------------------------------------------------------------------- rows


def _write(scene: Scene, source: Source, context: Context, rows: Rows, *, months: Decimal | None = None) -> list[Bound]:
    """Rows of one sentence or cell, and its numbers; `months` is the time point of those without one of their own."""
    bounds = in_their_order(scene, bind(scene))
    if months is not None:
        bounds = [bound if bound.months is not None else replace(bound, months=months) for bound in bounds]
    _write_arm_results(scene, bounds, source, context, rows)
    patients = describes_patients(scene.words)
    for comparison in comparisons(scene, bounds):
        if patients and comparison.measure is Measure.P and comparison.outcome is not None and comparison.outcome.free:
            continue  # "patients in the A group were older (P=0.02)"
        rows.add_contrast(
            context,
            comparison.pair,
            comparison.quantity,
            measure=comparison.measure,
            outcome=_code(comparison.outcome),
            outcome_text=_outcome_text(scene, comparison.outcome, comparison.quantity),
            months=comparison.months,
            subgroup=_subgroup(scene, comparison.quantity),
            adjustment=comparison.adjustment,
            source=source,
            sure=comparison.sure,
            labels=comparison.labels,
            horizon=comparison.horizon,
        )
    return bounds


def _write_arm_results(scene: Scene, bounds: Sequence[Bound], source: Source, context: Context, rows: Rows) -> None:
    """Rows of the numbers of one arm, or of all patients where the sentence does not divide them."""
    patients = describes_patients(scene.words)
    only_arm = next((0 for arm in context.arms if arm.role is Role.SINGLE), None)
    everybody = context.arms[only_arm].n if only_arm is not None else None
    told = (*map(without_error, bounds), *none_happened(scene))
    for bound, measure in zip(told, measures_of(scene, told), strict=True):
        if measure is None or not _reports(scene, bound, patients) or _part_of_a_count(scene, bound, bounds):
            continue
        quantity = bound.quantity
        value, low, high = _numbers(quantity, measure)
        set_apart = _divided(scene, bound, bounds)
        of_all = everybody is not None and quantity.total == everybody
        arm = bound.arm if bound.arm is not None or (set_apart and not of_all) else only_arm
        whole_study = quantity.total is not None and quantity.total == context.study.n_total
        several = bool(context.arms) or context.study.design is Design.RANDOMIZED
        # who cites a comparison tells of the new treatment and leaves out to say so
        hearsay = context.study.report is Report.CITED and len(main_arms(context.arms)) > 1
        known = arm is not None or not several or whole_study or not (set_apart or hearsay)
        named_here = bound.outcome is not None and bound.outcome in scene.outcomes
        rows.add_arm_result(
            context,
            arm,
            quantity,
            measure=measure,
            outcome=_code(bound.outcome),
            outcome_text=_with_unit(_outcome_text(scene, bound.outcome, quantity), quantity, measure),
            value=value,
            ci_low=low,
            ci_high=high,
            months=bound.months if measure not in (Measure.MEDIAN_TIME, Measure.MEAN) else None,
            subgroup=_subgroup(scene, quantity),
            source=source,
            sure=bound.sure * (1.0 if named_here else 0.6) * (1.0 if known else 0.4),
            arm_known=known,
        )


def _reports(scene: Scene, bound: Bound, patients: bool) -> bool:
    """Whether a number is a result: it has an outcome, or at least an arm and no sign of being a characteristic."""
    outcome = bound.outcome if bound.outcome is not None and not bound.outcome.free else None
    inherited = outcome is not None and outcome.end <= scene.start and not scene.outcomes
    if outcome is not None and (outcome in scene.outcomes or (inherited and not patients)):
        counts_responders = outcome.entry.kind == "response" and bound.quantity.kind is Kind.COUNT
        return not (patients and bound.arm is None and counts_responders)
    return not patients and bound.arm is not None and bound.sure >= 0.6 and len(scene.arms) > 1


#: A bracket that divides a count stands so close behind it.
_REACH_OF_BRACKET = 60


def _part_of_a_count(scene: Scene, bound: Bound, bounds: Sequence[Bound]) -> bool:
    """Whether a count stands in a bracket that divides another ("5 died (2 of sepsis, 1 ...)") and names no outcome.

    It counts neither the outcome before the bracket, of which it is a part, nor that of its neighbour. A bracket that
    divides it by arm ("(3 with A, 2 with B)", "(3 vs 2)") is none of these.
    """
    at = bound.quantity.at
    opens, closes = scene.text.rfind("(", scene.start, at), scene.text.find(")", at, scene.end)
    listed = any(at in item.places for item in scene.lists)
    if opens < 0 or closes < 0 or ")" in scene.between(opens, at) or bound.quantity.kind is not Kind.COUNT or listed:
        return False
    inside = [q for q in scene.quantities if opens < q.at < closes]
    whole = [q for q in scene.quantities if q.kind is Kind.COUNT and opens - _REACH_OF_BRACKET < q.end <= opens]
    by_arm = any(opens < mention.start < closes for mention in scene.mentions)
    if len(inside) < 2 or not whole or by_arm or sum(other.run == bound.run for other in bounds) > 1:
        return False
    floor = max((q.end for q in inside if q.at < at), default=opens)
    ceiling = min((q.at for q in inside if q.at > at), default=closes)
    return bound.outcome is None or not floor <= bound.outcome.start < ceiling


#: "9 relapsed, including 6 in the A group and 3 in the B group".
_WHOLE_OF_PARTS = re.compile(
    r"[^.;:()]{0,60}?(?:, (?:including|of whom|of which|namely)|:)\s\d+ (?:\w+ )?(?:in|with|of|on)\b"
)


def _divided(scene: Scene, bound: Bound, bounds: Sequence[Bound]) -> bool:
    """Whether the sentence gives its numbers to arms, so that one without an arm is not of the whole population."""
    if _WHOLE_OF_PARTS.match(scene.text, bound.quantity.end, scene.end):
        return False
    named = {mention.arms for mention in scene.mentions}
    if any(given_to_others(scene, b.quantity.end, bound.quantity.end) for b in bounds):
        return True
    alike = [b for b in bounds if (b.run, b.outcome, b.months) == (bound.run, bound.outcome, bound.months)]
    if any(_set_against(scene, b, bound) for b in bounds):
        return True
    return (len(scene.arms) > 1 and (len(scene.mentions) > 1 or len(named) > 1)) or len(alike) > 1


_COMPARED = re.compile(r"\b(?:higher|lower|longer|shorter|better|worse|versus|vs|than|compared)\b")


def _set_against(scene: Scene, one: Bound, other: Bound) -> bool:
    """Whether a number of an arm stands before one of the same outcome, or behind it in a comparison."""
    if one.arm is None or (one.outcome, one.months, one.quantity.kind) != (
        other.outcome, other.months, other.quantity.kind,
    ):  # fmt: skip
        return False
    if one.quantity.end <= other.quantity.start:
        return True
    return _COMPARED.search(scene.between(other.quantity.end, one.quantity.start)) is not None


def _numbers(quantity: Quantity, measure: Measure) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Value and limits as the tables carry them."""
    if quantity.kind is Kind.DURATION and measure is Measure.MEDIAN_TIME:
        return in_months(quantity)
    if measure is Measure.COUNT:
        return Decimal(quantity.events) if quantity.events is not None else None, None, None
    spread = quantity.spread if quantity.spread is not None and quantity.spread.kind == "ci" else None
    return quantity.value, spread.low if spread else None, spread.high if spread else None


def _code(outcome: OutcomeMention | None) -> Outcome:
    """Code of an outcome in the evidence tables."""
    return outcome.code if outcome is not None else Outcome.OTHER


def _subgroup(scene: Scene, quantity: Quantity) -> str | None:
    """The document's words for the patients a number is of, where they are not all, nor those of an arm."""
    end = max(quantity.end, quantity.p.end) if quantity.p else quantity.end
    found = subgroup_of(scene.text, scene.start, scene.end, quantity.at, end)
    if found is None or any(found[0] <= mention.start < found[1] for mention in scene.mentions):
        return None
    words = " ".join(scene.text[found[0] : found[1]].split())
    return None if is_everybody(words, scene.population) else words


def _with_unit(outcome_text: str, quantity: Quantity, measure: Measure) -> str:
    """The words for an outcome with the unit of its duration, where that is kept: "time to engraftment (days)"."""
    kept = quantity.kind is Kind.DURATION and measure is not Measure.MEDIAN_TIME and quantity.unit
    return f"{outcome_text} ({quantity.unit})" if kept else outcome_text


def _outcome_text(scene: Scene, outcome: OutcomeMention | None, quantity: Quantity) -> str:
    """The document's words for the outcome; without an outcome of the lexicon, the words before the number."""
    if outcome is not None:
        return outcome.words or outcome.entry.words or " ".join(scene.text[outcome.start : outcome.end].split())
    before = scene.text[scene.start : quantity.at]
    clause = re.split(r"[.;:()\[\]]", before)[-1]
    if len(clause.split()) < 2:
        clause = before
    return " ".join(clause.split()[-10:]).strip(" ,")
