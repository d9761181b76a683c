"""A comparison table: study by outcome and time point, arms side by side, with the numbers as the documents print them.

Nothing is computed and nothing chosen in silence: two values reported for one cell both stand in it. `None` is "not
reported". `compare_views.py` shows the table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from evidence.model.codes import Adjustment, Measure, Outcome, Report, Role
from evidence.model.matching import Side, matches_any, matches_comparator
from evidence.model.measures import HARMS, PERCENTAGES
from evidence.model.question import Question
from evidence.model.records import Arm, ArmResult, Contrast, DocumentRecord, Records, Result, Study
from evidence.model.studies import merged_studies, population_texts, study_labels
from evidence.model.tables import as_text
from evidence.present.names import plain
from evidence.present.selection import row_matches, study_matches

_Row = TypeVar("_Row", Arm, ArmResult, Contrast)
#: Name of a result that is for the whole study population.
OVERALL = "overall"
#: Studies of which no year is known stand last.
_NO_YEAR = 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRow:
    """One study, outcome, time point and pair of arms, or one arm where there is nothing it is compared with."""

    study_id: str
    document_id: str
    study: str  # no other study of the table is called so
    year: int | None
    cited: bool
    design: str | None
    population: str | None
    followup_months: Decimal | None
    outcome: str
    timepoint_months: Decimal | None
    subgroup: str | None
    arm: str  # empty: not stated, like the comparator
    n: int | None
    result: str | None
    comparator: str | None  # None: a single arm
    comparator_n: int | None
    comparator_result: str | None
    effect: str | None
    p: str | None
    result_ids: tuple[str, ...]
    rate: str | None = None  # of `result`: everything but the median time, which stands in `median`
    median: str | None = None
    comparator_rate: str | None = None
    comparator_median: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonTable:
    """The rows that answer one selection, by outcome, year, study and time point, and the documents they are from."""

    question: Question
    rows: tuple[ComparisonRow, ...]
    documents: tuple[DocumentRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two groups that are compared, or one alone; a group is its arm id, or its label where it has none."""

    arm: str
    comparator: str | None


def comparison_table(records: Records, question: Question) -> ComparisonTable:
    """The rows of the records that the question selects, side by side, older studies first.

    A study is selected by what all its documents say of it. A cited row stands only where no primary report of the
    study has one for that outcome. Pairs are those the study itself compares; where it gives no comparison, its
    experimental against its control arms.
    """
    arms = _by_study(records.arms)
    results = _by_study(records.arm_results)
    contrasts = _by_study(records.contrasts)
    merged, populations = merged_studies(records.studies), population_texts(records)
    labels = study_labels(merged, merged)
    rows: list[ComparisonRow] = []
    for study in records.studies:
        if study.report is Report.CITED and not question.include_cited:
            continue
        whole = replace(
            merged[study.study_id],
            document_id=study.document_id,
            report=study.report,
            label=labels[study.study_id],
        )
        if study_matches(whole, populations[study.study_id], question):
            key = (study.study_id, study.document_id)
            rows += _study_rows(whole, arms.get(key, []), results.get(key, []), contrasts.get(key, []), question)
    primary = {(row.study_id, row.outcome) for row in rows if not row.cited}
    kept = [row for row in rows if not row.cited or (row.study_id, row.outcome) not in primary]
    order = {outcome: at for at, outcome in enumerate(question.outcome)}
    kept.sort(
        key=lambda row: (
            order[row.outcome.split(":")[0]],
            row.outcome,
            row.year if row.year is not None else _NO_YEAR,
            row.study.casefold(),
            row.study_id,
            row.timepoint_months if row.timepoint_months is not None else Decimal(-1),
        )
    )
    shown = tuple(_once(kept))
    used = {row.document_id for row in shown}
    documents = tuple(document for document in records.documents if document.document_id in used)
    return ComparisonTable(question=question, rows=shown, documents=documents)


def _once(rows: Iterable[ComparisonRow]) -> Iterable[ComparisonRow]:
    """Rows without those in which a second citing document says the same."""
    seen: set[ComparisonRow] = set()
    for row in rows:
        same = replace(
            row,
            document_id="",
            result_ids=(),
            arm=row.arm.casefold(),
            comparator=row.comparator.casefold() if row.comparator is not None else None,
        )
        if same not in seen:
            seen.add(same)
            yield row


def _by_study(rows: Iterable[_Row]) -> dict[tuple[str, str], list[_Row]]:
    """Rows by study and document, in their order."""
    found: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        found.setdefault((row.study_id, row.document_id), []).append(row)
    return found


def _study_rows(
    study: Study, listed: Sequence[Arm], results: Sequence[ArmResult], contrasts: Sequence[Contrast], question: Question
) -> list[ComparisonRow]:
    """Rows of one study as one document reports it."""
    arms = {arm.arm_id: arm for arm in listed}
    arms |= _unlisted(results, contrasts, arms, study)
    pairs = _pairs(arms, contrasts, question)
    groups: dict[tuple[str, Decimal | None, str | None], list[Result]] = {}
    numbers: list[Result] = [*results, *contrasts]
    for number in numbers:
        if row_matches(number, question):
            groups.setdefault((_outcome(number), number.timepoint_months, number.subgroup), []).append(number)
    rows = []
    for (outcome, timepoint, subgroup), members in groups.items():
        template = ComparisonRow(
            study_id=study.study_id,
            document_id=study.document_id,
            study=plain(study.label),
            year=study.year,
            cited=study.report is Report.CITED,
            design=study.design,
            population=plain(study.population) if study.population else None,
            followup_months=study.followup_median_months,
            outcome=outcome,
            timepoint_months=timepoint,
            subgroup=subgroup,
            arm="",
            n=None,
            result=None,
            comparator=None,
            comparator_n=None,
            comparator_result=None,
            effect=None,
            p=None,
            result_ids=(),
        )
        rows += [row for pair in pairs if (row := _row(template, pair, arms, members, question))]
    return rows


def _unlisted(
    results: Iterable[ArmResult], contrasts: Iterable[Contrast], arms: dict[str, Arm], study: Study
) -> dict[str, Arm]:
    """Groups that have numbers but no row among the arms, the whole study population among them."""
    sides = [(row.arm_id, row.arm) for row in results]
    for contrast in contrasts:
        sides += [(contrast.arm_id, contrast.arm), (contrast.comparator_arm_id, contrast.comparator)]
    found = {}
    for arm_id, label in sides:
        key = arm_id or label
        if key not in arms and key not in found:
            n = study.n_total if label == OVERALL else None
            found[key] = Arm(arm_id=key, study_id=study.study_id, document_id=study.document_id, label=label, n=n)
    return found


def _pairs(arms: dict[str, Arm], contrasts: Sequence[Contrast], question: Question) -> list[_Pair]:
    """Pairs the question asks for, then the asked arms that stand in none of them."""
    reported = [(row.arm_id or row.arm, row.comparator_arm_id or row.comparator) for row in contrasts]
    if not reported:
        first = [key for key, arm in arms.items() if arm.role is Role.EXPERIMENTAL]
        second = [key for key, arm in arms.items() if arm.role is Role.CONTROL]
        reported = [(one, other) for one in first for other in second]
    pairs: list[_Pair] = []
    for one, other in reported:
        for pair in (_Pair(one, other), _Pair(other, one)):
            if _pair_matches(pair, arms, question):
                if not {_Pair(one, other), _Pair(other, one)} & set(pairs):
                    pairs.append(pair)
                break
    if question.comparator:
        return pairs
    paired = {side for pair in pairs for side in (pair.arm, pair.comparator)}
    named = [arm for arm in arms.values() if arm.label != OVERALL]
    for key, arm in arms.items():
        # The whole population received what was asked for only if every arm of it did.
        asked = named if arm.label == OVERALL and named else [arm]
        if key not in paired and all(_is_treatment(one, question) for one in asked):
            pairs.append(_Pair(key, None))
    return pairs


def _pair_matches(pair: _Pair, arms: dict[str, Arm], question: Question) -> bool:
    if not _is_treatment(arms[pair.arm], question):
        return False
    if pair.comparator is None:
        return True
    other = arms[pair.comparator]
    return matches_comparator(question.comparator, Side.of(other.label, other), treatment=question.treatment)


def _is_treatment(arm: Arm, question: Question) -> bool:
    return matches_any(question.treatment, Side.of(arm.label, arm))


def _row(
    template: ComparisonRow, pair: _Pair, arms: dict[str, Arm], members: Sequence[Result], question: Question
) -> ComparisonRow | None:
    """The row of one pair, or None where the study reports nothing for it."""
    arm, comparator = arms[pair.arm], arms[pair.comparator] if pair.comparator is not None else None
    first = _of_arm(members, pair.arm)
    # Two groups without a name cannot be told apart: a number of one is not put on both.
    second = _of_arm(members, pair.comparator) if pair.comparator not in (None, pair.arm) else []
    contrasts = _preferred(_between(members, pair), question.adjustment)
    used: list[Result] = [*first, *second, *contrasts]
    row = replace(
        template,
        arm=plain(arm.label),
        n=arm.n,
        result=_joined(_told_apart(first)),
        comparator=plain(comparator.label) if comparator else None,
        comparator_n=comparator.n if comparator else None,
        comparator_result=_joined(_told_apart(second)),
        effect=_joined(effect_words(number, turned=_side(number) != pair.arm) for number in contrasts),
        p=_joined(p_words(number) for number in contrasts),
        result_ids=tuple(number.result_id for number in used),
        rate=_joined(_told_apart([number for number in first if number.measure is not Measure.MEDIAN_TIME])),
        median=_joined(median_words(number) for number in first),
        comparator_rate=_joined(
            _told_apart([number for number in second if number.measure is not Measure.MEDIAN_TIME])
        ),
        comparator_median=_joined(median_words(number) for number in second),
    )
    return row if any((row.result, row.comparator_result, row.effect, row.p)) else None


def _outcome(row: Result) -> str:
    """Code of the outcome; what has no code is told apart by its words."""
    return f"{row.outcome}: {plain(row.outcome_text)}" if row.outcome is Outcome.OTHER else str(row.outcome)


def _side(row: Contrast) -> str:
    return row.arm_id or row.arm


def _of_arm(members: Iterable[Result], key: str | None) -> list[ArmResult]:
    return [row for row in members if isinstance(row, ArmResult) and (row.arm_id or row.arm) == key]


def _between(members: Iterable[Result], pair: _Pair) -> list[Contrast]:
    sides = {pair.arm, pair.comparator}
    return [
        row
        for row in members
        if isinstance(row, Contrast) and {_side(row), row.comparator_arm_id or row.comparator} == sides
    ]


def _preferred(rows: list[Contrast], adjustment: str) -> list[Contrast]:
    """Adjusted or unadjusted comparisons only, or those first where the question merely prefers them."""
    wanted = Adjustment.UNADJUSTED if adjustment.endswith("unadjusted") else Adjustment.ADJUSTED
    chosen = [row for row in rows if row.adjustment is wanted]
    return chosen or (rows if adjustment.startswith("prefer") else [])


def _told_apart(rows: Sequence[ArmResult]) -> list[str | None]:
    """The numbers of one cell; different harms under one code (nausea, fatigue) each with the document's words."""
    texts = [result_words(row) for row in rows]
    names = {plain(row.outcome_text).casefold() for row in rows}
    if len(set(texts)) < 2 or len(names) < 2 or rows[0].outcome not in HARMS:
        return texts
    return [text and f"{plain(row.outcome_text)} {text}" for row, text in zip(rows, texts, strict=True)]


def result_words(row: ArmResult) -> str | None:
    """One arm's number with its unit, interval and counts, digits as printed; None where the row has none."""
    parts = []
    if row.not_reached:
        parts.append("median not reached")
    elif row.value is not None and not (row.measure is Measure.COUNT and row.events == row.value):
        parts.append(_value_words(row.measure, as_text(row.value)))
    if row.ci_low is not None or row.ci_high is not None:
        parts.append(f"[{as_text(row.ci_low) or '–'}, {as_text(row.ci_high) or '–'}]")
    if row.sd is not None:
        parts.append(f"(SD {as_text(row.sd)})")
    if row.events is not None:
        counts = (
            f"{row.events}/{row.total}" if row.total is not None else f"n = {row.events}" if parts else f"{row.events}"
        )
        parts.append(f"({counts})" if parts else counts)
    return " ".join(parts) or None


def median_words(row: ArmResult) -> str | None:
    """A median time without its name, "9.3 months [7.7, 10.7]"; None where the row is none."""
    words = result_words(row) if row.measure is Measure.MEDIAN_TIME else None
    return words.removeprefix("median ") if words else None


def _value_words(measure: Measure, value: str) -> str:
    if measure in PERCENTAGES:
        return f"{value}%"
    if measure is Measure.MEDIAN_TIME:
        return f"median {value} months"
    return value if measure is Measure.COUNT else f"{measure} {value}"


def effect_words(row: Contrast, *, turned: bool = False) -> str | None:
    """A comparison with its interval, digits as printed; `turned` where it is reported the other way round."""
    if row.estimate is None:
        return None
    text = f"{row.measure} {as_text(row.estimate)}"
    if row.ci_low is not None or row.ci_high is not None:
        text += f" [{as_text(row.ci_low) or '–'}, {as_text(row.ci_high) or '–'}]"
    if row.adjustment:
        text += f" {row.adjustment}"
    return f"{text} (comparator versus arm)" if turned else text


def p_words(row: Contrast) -> str | None:
    """The p-value with its operator as printed, "<0.001"; a plain "=" is left out."""
    if row.p_value is None:
        return None
    operator = "" if row.p_operator in (None, "=") else row.p_operator
    return f"{operator}{as_text(row.p_value)}"


def _joined(texts: Iterable[str | None]) -> str | None:
    """Different values for one cell all stand in it, each once."""
    return "; ".join(dict.fromkeys(text for text in texts if text)) or None
