"""A summary of findings as tables on paper: effects and absolute risks per 1,000, and the facts for each GRADE domain.

The certainty of the evidence is a judgement: its cells are left for the panel. Footnotes name every source.
"""

import csv
import io
from collections.abc import Iterable

from evidence.formulas.absolute import PER
from evidence.model.codes import Outcome
from evidence.model.findings import AbsoluteRisk, Finding, Findings
from evidence.present.finding_words import counted_text, ids_text, outcome_name, participants_text, source_text
from evidence.present.grade_facts import facts_table
from evidence.present.html_page import html_page
from evidence.present.names import plain
from evidence.present.outcome_words import COUNTED
from evidence.present.paper import PaperRow, PaperTable, columns, papers_html, stacked
from evidence.present.scales import scale_of
from evidence.present.wording import natural, percent, reported_only_text

CERTAINTY = "to be entered by the panel"
_COLUMNS = columns(
    ("Outcome", 44),
    ("Participants (studies)", 28),
    ("Relative effect [CI]", 34),
    ("Comparator, per 1,000", 30),
    ("Intervention, per 1,000 [CI]", 34),
    ("Difference, per 1,000 [CI]", 40),
    ("Certainty (GRADE)", 28),
)
_CSV = (
    "outcome question measure studies participants arms_without_n estimate ci_low ci_high level months counted "
    "comparator_per_1000 comparator_source intervention_per_1000 intervention_low intervention_high "
    "difference_per_1000 difference_low difference_high why_not result_ids comparator_result_ids certainty"
).split()


class _Notes:
    """Footnotes lettered in the order in which they are asked for; the same sentence has one letter."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}

    def mark(self, sentences: Iterable[str]) -> str:
        letters = [self._marks.setdefault(plain(said), _letters(len(self._marks))) for said in sentences]
        return f" ({', '.join(letters)})" if letters else ""

    def listed(self) -> tuple[str, ...]:
        return tuple(f"({letter}) {said}" for said, letter in self._marks.items())


def _letters(index: int) -> str:
    """a, b, ..., z, aa, ab, ..."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def summary_tables(found: Findings) -> tuple[PaperTable, PaperTable]:
    """The summary of findings, and the facts for the domains of GRADE."""
    notes = _Notes()
    rows = tuple(_row(finding, notes) for finding in found.rows)
    nothing = (PaperRow(cells=("No question of this summary has an answer.",), heading=True),)
    title = summary_title(found)
    about = found.summary
    asked = [
        f"{name}: {plain(words)}."
        for name, words in (
            ("Population", about.population),
            ("Setting", about.setting),
            ("Intervention", about.intervention),
            ("Comparator", about.comparator),
        )
        if words
    ]
    levels = sorted({finding.question.level for finding in found.rows}) or [95.0]
    key = (
        f"CI: confidence interval ({' or '.join(map(percent, levels))}). Risks with the intervention follow from the "
        "comparator's risk and the relative effect; their intervals are those of the relative effect alone, at that "
        "comparator risk."
    )
    missing = [
        f"Not shown, because its question could not be worked on: {plain(row.name or row.question)}."
        for row in found.unanswered
    ]
    first = PaperTable(
        caption=f"Summary of findings: {title}",
        columns=_COLUMNS,
        rows=rows or nothing,
        notes=(*asked, *notes.listed(), *missing, key),
    )
    return first, facts_table(found, title)


def summary_title(found: Findings) -> str:
    """The summary's title, else intervention and comparator, else its id."""
    about = found.summary
    if about.title:
        return plain(about.title)
    sides = " versus ".join(plain(words) for words in (about.intervention, about.comparator) if words)
    return sides or plain(about.id)


def summary_html(found: Findings) -> str:
    """Both tables as an HTML fragment."""
    return papers_html(summary_tables(found))


def summary_page(found: Findings) -> str:
    """The same as a page of its own, which needs no other file."""
    return html_page(summary_title(found), summary_html(found))


def summary_csv(found: Findings) -> str:
    """The rows as CSV with every figure unrounded; empty where there is none."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _CSV, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _plain_number(value) for key, value in _values(finding).items()} for finding in found.rows)
    return text.getvalue()


def _plain_number(value: object) -> object:
    return f"{value:.10g}" if isinstance(value, float) else value


def _values(finding: Finding) -> dict[str, object]:
    risk, absolute = finding.comparator, finding.intervention
    base = risk.risk if risk else None
    limits = (absolute.risk, absolute.low, absolute.high) if absolute else (None, None, None)
    effect = finding.effect or (None, None, None)
    differences = [None if value is None or base is None else PER * (value - base) for value in limits]
    with_it = [None if value is None else PER * value for value in limits]
    arms = risk.arms if risk else ()
    figures = (
        outcome_name(finding),
        finding.question.id,
        finding.question.measure,
        len(finding.analysis.estimates),
        finding.participants,
        finding.unknown_n,
        *effect,
        finding.question.level,
        finding.row.months,
        "survival" if finding.survival else "event",
        None if base is None else PER * base,
        source_text(finding) if risk else None,
        *with_it,
        *differences,
        finding.why_not,
        ";".join(name for row in finding.analysis.estimates for name in row.result_ids),
        ";".join(name for arm in arms for name in arm.result_ids),
        None,
    )
    return dict(zip(_CSV, figures, strict=True))


def _row(finding: Finding, notes: _Notes) -> PaperRow:
    used = finding.analysis.estimates
    scale = scale_of(finding.analysis)
    relative = "no study" if not used else "not pooled"
    if finding.effect is not None:
        estimate, low, high = finding.effect
        relative = f"{scale.short} {natural(scale, estimate)} [{natural(scale, low)}, {natural(scale, high)}]"
    ids = tuple(name for row in used for name in row.result_ids)
    sources = [
        f"Rows of the relative effect: {'; '.join(f'{row.label} ({ids_text(row.result_ids)})' for row in used)}."
    ]
    if (alone := finding.analysis.reported_only) is not None:
        sources.append(f"{reported_only_text(finding.analysis, alone)}.")
    if len(used) == 1:
        sources.append("One study: its own estimate and interval.")
    relative += notes.mark(sources) if used else ""
    risk, absolute = finding.comparator, finding.intervention
    comparator = "not available" if risk is None else _per_1000(risk.risk)
    if risk is not None:
        comparator += notes.mark(_risk_notes(finding))
    why = [f"No absolute risks: {finding.why_not}."] if finding.why_not else []
    return PaperRow(
        cells=(
            stacked(outcome_name(finding), counted_text(finding)),
            participants_text(finding),
            relative,
            comparator + (notes.mark(why) if risk is None else ""),
            "not available" + notes.mark(why) if absolute is None else _with_limits(absolute),
            "not available" + notes.mark(why) if absolute is None or risk is None else _difference(absolute, risk.risk),
            CERTAINTY,
        ),
        result_ids=ids,
    )


def _per_1000(risk: float) -> str:
    return f"{_rounded(risk)} per 1,000"


def _rounded(risk: float) -> str:
    """Patients of 1,000; a difference that is not zero is not shown as zero."""
    value = PER * risk
    return f"{value:.0f}" if abs(value) >= 1 or value == 0 else f"{value:.1f}"


def _with_limits(absolute: AbsoluteRisk) -> str:
    low, high = ("not estimable" if value is None else _rounded(value) for value in (absolute.low, absolute.high))
    return f"{_per_1000(absolute.risk)} [{low}, {high}]"


def _difference(absolute: AbsoluteRisk, base: float) -> str:
    """The difference in words, "158 more per 1,000 [from 79 more to 211 more]"."""
    low, high = (None if value is None else value - base for value in (absolute.low, absolute.high))
    limits = " to ".join("not estimable" if value is None else _more(value) for value in (low, high))
    return f"{_more(absolute.risk - base)} per 1,000\n[from {limits}]"


def _more(difference: float) -> str:
    value = _rounded(abs(difference))
    if float(value) == 0:
        return "no difference"
    return f"{value} {'more' if difference > 0 else 'fewer'}"


def _risk_notes(finding: Finding) -> list[str]:
    notes = [f"Comparator risk: {source_text(finding)}."]
    outcome = Outcome(finding.question.outcome[0])
    if finding.question.measure == "HR" and outcome is not Outcome.DEATH and outcome not in COUNTED:
        notes.append(
            "A hazard ratio of an event that death can prevent gives its risk only approximately: 1 - (1 - risk) ^ HR "
            "takes no account of competing deaths."
        )
    others = [arm for arm in (finding.comparator.arms if finding.comparator else ()) if arm.others]
    notes += [
        f"{arm.label} also gives {', '.join(f'{value:g}%' for value in arm.others)} for this arm and time; "
        f"{arm.percent:g}% was used."
        for arm in others
    ]
    return notes
