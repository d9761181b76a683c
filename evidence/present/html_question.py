"""What the page of the report shows of one question, as texts and links without any markup."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.model.records import Flag, Records
from evidence.model.results import Analysis, Group, MethodsSection, Pooled, StudyEstimate
from evidence.present.cited_numbers import CitedNumbers, Link
from evidence.present.names import plain
from evidence.present.report import flags_on, labels_of_rows, side_text
from evidence.present.scales import has_prediction, scale_of
from evidence.present.wording import (
    Footnotes,
    estimate_text,
    footnotes_of,
    group_name,
    p_text,
    percent,
    pooled_lines,
    prediction_text,
    remarks,
    reported_only_text,
    study_text,
    title_of,
    weights_text,
)

#: Pictures whose numbers stand in the table of the studies used.
FORESTS = ("forest",)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedRow:
    """A study that entered, as the forest plot shows it, with the numbers it was taken from."""

    label: str
    markers: tuple[str, ...]
    group: str
    arm: str
    comparator: str
    effect: str
    weight: str
    numbers: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalRow:
    """A line below the studies: a subgroup, everything, or the prediction interval."""

    label: str
    k: str
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRow:
    """A doubt about rows of the question, with the studies it is about."""

    flag: Flag
    studies: str
    numbers: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutRows:
    """Rows that were left out for one reason: by study, the numbers."""

    reason: str
    count: int
    studies: tuple[tuple[str, tuple[Link, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """Everything the template needs."""

    anchor: str
    number: int
    analysis: Analysis
    title: str
    answer: str
    lines: Sequence[str]
    figures: Sequence[Mapping[str, Any]]
    effect_head: str
    grouped: bool
    used: Sequence[UsedRow]
    totals: Sequence[TotalRow]
    notes: Footnotes
    left_out: Sequence[LeftOutRows]
    flags: Sequence[FlagRow]
    remarks: Sequence[str]
    methods: Sequence[MethodsSection]


def question_view(
    number: int,
    analysis: Analysis,
    records: Records,
    numbers: CitedNumbers,
    *,
    figures: Sequence[Mapping[str, Any]],
    methods: Sequence[MethodsSection],
) -> QuestionView:
    """The question with its number in the report; the numbers it shows are told to `numbers`."""
    anchor = f"q{number}"
    flags = flags_on(analysis, records)
    notes = footnotes_of(analysis, told=[flag.message for flag in flags])
    labels = labels_of_rows(analysis, records)
    doubts = Link(f"{anchor}-doubts", f"Question {number}, doubts")
    return QuestionView(
        anchor=anchor,
        number=number,
        analysis=analysis,
        title=title_of(analysis),
        answer=answer_text(analysis),
        lines=pooled_lines(analysis) if analysis.pooled else [],
        figures=figures,
        effect_head=f"{scale_of(analysis).short} [{percent(analysis.question.level)} CI]",
        grouped=bool(analysis.groups),
        used=_used(analysis, notes, numbers, Link(f"{anchor}-used", f"Question {number}, rows used")),
        totals=_totals(analysis),
        notes=notes,
        left_out=_left_out(analysis, numbers, Link(f"{anchor}-left-out", f"Question {number}, rows left out")),
        flags=[
            FlagRow(
                flag=flag,
                studies=", ".join(dict.fromkeys(plain(labels[name]) for name in flag.result_ids if name in labels)),
                numbers=numbers.links_with_sides(flag.result_ids, doubts),
            )
            for flag in flags
        ],
        remarks=remarks(analysis),
        methods=methods,
    )


def answer_text(analysis: Analysis) -> str:
    """The answer in one or two sentences, or why there is none."""
    pooled, scale, alone = analysis.pooled, scale_of(analysis), analysis.reported_only
    if pooled is None:
        return " ".join(pooled_lines(analysis))
    test = "" if scale.percent else f", {p_text(pooled.p_value)}"
    text = f"{scale.short} {estimate_text(scale, pooled)} ({percent(pooled.level)} CI), {pooled.k} studies{test}."
    return f"{text} {reported_only_text(analysis, alone)}." if alone and alone.pooled else text


def _used(analysis: Analysis, notes: Footnotes, numbers: CitedNumbers, shown: Link) -> list[UsedRow]:
    scale = scale_of(analysis)
    weights = weights_text(analysis.pooled.weights) if analysis.pooled else ()
    groups = {index: group_name(group) for group in analysis.groups for index in group.members}

    def used(index: int, row: StudyEstimate) -> UsedRow:
        return UsedRow(
            label=plain(row.label),
            markers=notes.markers[index],
            group=groups.get(index, "–"),
            arm=side_text(row.arm),
            comparator=side_text(row.comparator),
            effect=study_text(scale, row),
            weight=f"{weights[index]}%" if weights else "–",
            numbers=numbers.links(row.result_ids, shown),
        )

    return [used(index, row) for index, row in enumerate(analysis.estimates)]


def _totals(analysis: Analysis) -> list[TotalRow]:
    scale, alone = scale_of(analysis), analysis.reported_only

    def total(label: str, pooled: Pooled) -> TotalRow:
        return TotalRow(label=label, k=f"{pooled.k} studies", effect=estimate_text(scale, pooled))

    def of_group(group: Group) -> TotalRow:
        if group.pooled:
            return total(f"Subgroup: {group_name(group)}", group.pooled)
        studies = "1 study" if len(group.members) == 1 else f"{len(group.members)} studies"
        return TotalRow(label=f"Subgroup: {group_name(group)}", k=studies, effect="not pooled")

    rows = [of_group(group) for group in analysis.groups]
    if pooled := analysis.pooled:
        rows.append(total("All studies pooled", pooled))
        if alone and alone.pooled:
            rows.append(total("Reported only", alone.pooled))
        if has_prediction(pooled):
            label = f"{percent(pooled.level)} prediction interval"
            rows.append(TotalRow(label=label, k="", effect=prediction_text(pooled, scale)))
    return rows


def _left_out(analysis: Analysis, numbers: CitedNumbers, shown: Link) -> list[LeftOutRows]:
    """Reasons in the order of how many rows they left out."""
    reasons: dict[str, dict[tuple[str, str], list[str]]] = {}
    for row in analysis.left_out:
        reasons.setdefault(row.reason, {}).setdefault((row.study_id, row.label), []).append(row.result_id)
    rows = [
        LeftOutRows(
            reason=plain(reason).replace("_", " "),
            count=sum(map(len, studies.values())),
            studies=tuple(
                (plain(label), numbers.links_with_sides(names, shown)) for (_, label), names in studies.items()
            ),
        )
        for reason, studies in reasons.items()
    ]
    return sorted(rows, key=lambda row: -row.count)
