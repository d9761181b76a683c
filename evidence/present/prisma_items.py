"""The items of the PRISMA 2020 checklist that a run can fill, from what it did; the rest is named as the authors' part.

Page et al. 2021, BMJ 372:n71, doi:10.1136/bmj.n71. The text is in the past tense and says only what the run knows.
"""

import platform
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from evidence.model.codes import DocumentStatus, RowStatus
from evidence.model.derivations import is_computed
from evidence.model.measures import CONTRAST_MEASURES
from evidence.model.records import Records, Result
from evidence.model.results import Analysis
from evidence.model.studies import studies_of_patients
from evidence.present.compare import ComparisonTable
from evidence.present.compare_views import title_of_comparison
from evidence.present.names import plain
from evidence.present.report import result_and_p
from evidence.present.wording import group_test_text, heterogeneity_text, model_text, reported_only_text

#: Packages that read, extract and compute; their versions decide what a run finds.
_READING = ("spacy", "scispacy", "pdfplumber", "pypdfium2")
_COMPUTING = ("pymare", "numpy", "scipy", "matplotlib")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrismaItem:
    """One item: what the run can say to it, and what only the authors can."""

    number: str
    topic: str
    told: tuple[str, ...] = ()
    missing: str = ""


def software_text() -> str:
    """The software with its versions, in one sentence."""
    reading = ", ".join(f"{name} {version(name)}" for name in _READING)
    computing = ", ".join(f"{name} {version(name)}" for name in _COMPUTING)
    return (
        f"The tables, figures and estimates were made with evidence {version('evidence')} under Python "
        f"{platform.python_version()}; documents were read with {reading}, and estimates computed and drawn with "
        f"{computing}."
    )


def checked_text(records: Records, analyses: Sequence[Analysis]) -> tuple[str, ...]:
    """How many numbers a person looked at: of all, and of those that entered an analysis."""
    used = {name for analysis in analyses for row in analysis.estimates for name in row.result_ids}
    everything = list(records.results())
    return (
        _share("numbers in the evidence tables", everything),
        _share("numbers that entered an analysis", [row for row in everything if row.result_id in used]),
    )


def _share(what: str, rows: Sequence[Result]) -> str:
    if not rows:
        return f"There were no {what}."
    statuses = Counter(row.status for row in rows)
    looked_at = len(rows) - statuses[RowStatus.EXTRACTED]
    parts = ", ".join(f"{statuses[status]} {status.value}" for status in RowStatus)
    return f"Of {len(rows)} {what}, a person had looked at {looked_at} ({100 * looked_at / len(rows):.0f}%): {parts}."


def prisma_items(
    analyses: Sequence[Analysis], tables: Sequence[ComparisonTable], records: Records
) -> tuple[PrismaItem, ...]:
    """Items 9 to 13, 16 and 20 in the order of the checklist."""
    return (
        PrismaItem(
            number="9",
            topic="Data collection process",
            told=(
                *_collected(records),
                *checked_text(records, analyses),
                "Software and versions stand at the head of Methods.",
            ),
            missing="whether reviewers worked independently, and how study investigators were asked for data.",
        ),
        PrismaItem(
            number="10a",
            topic="Data items: outcomes",
            told=_outcomes(analyses, tables),
            missing="why these outcomes and time points were chosen.",
        ),
        PrismaItem(
            number="10b",
            topic="Data items: other variables",
            told=(
                "Of each study its name, registry numbers, design, phase, population, size and median follow-up were "
                "sought, of each arm its name, role, treatment and size. What a document does not state is shown as "
                "not reported; nothing was assumed or imputed for it.",
            ),
            missing="variables collected elsewhere, such as funding.",
        ),
        PrismaItem(
            number="11",
            topic="Risk of bias in each study",
            missing="tool, domains, who judged, and the judgements; the software judges none of them.",
        ),
        PrismaItem(number="12", topic="Effect measures", told=_measures(analyses)),
        PrismaItem(
            number="13a",
            topic="Synthesis: which studies were eligible for each",
            told=tuple(
                f"Question {number}: {len(analysis.estimates)} studies entered, {len(analysis.left_out)} rows "
                "of the outcome were left out; the rule of selection stands under Methods of the question, each row "
                "left out with its reason."
                for number, analysis in enumerate(analyses, start=1)
            ),
        ),
        PrismaItem(number="13b", topic="Synthesis: preparation of the data", told=_prepared(analyses)),
        PrismaItem(
            number="13c",
            topic="Synthesis: tables and figures",
            told=(
                "Each question with a measure has a forest plot with its numbers as a table"
                f"{_funnels(analyses)}. {len(tables)} comparison tables show the arms side by side as printed, and a "
                "matrix which study reports which outcome.",
            ),
        ),
        PrismaItem(number="13d", topic="Synthesis: methods", told=_per(analyses, _model)),
        PrismaItem(
            number="13e",
            topic="Synthesis: causes of heterogeneity",
            told=_per(
                analyses,
                lambda analysis: (
                    f"studies were grouped by {analysis.question.subgroup_by}"
                    if analysis.question.subgroup_by
                    else "no cause of heterogeneity was explored"
                ),
            ),
        ),
        PrismaItem(
            number="13f",
            topic="Synthesis: sensitivity analyses",
            told=_per(
                analyses,
                lambda analysis: (
                    "the estimates that were not computed from other numbers were also pooled alone"
                    if analysis.reported_only
                    else "no sensitivity analysis was part of the run"
                ),
            ),
        ),
        PrismaItem(
            number="16a",
            topic="Study selection: results",
            told=(_documents(records),),
            missing="records found, screened and excluded before these documents were given to the software.",
        ),
        PrismaItem(
            number="16b",
            topic="Study selection: what seemed to fit and was excluded",
            told=_per(analyses, _excluded),
            missing="reports excluded by a person before these documents were given to the software.",
        ),
        PrismaItem(
            number="20a",
            topic="Syntheses: studies and their risk of bias",
            told=("The characteristics of the studies stand under Studies.",),
            missing="risk of bias among the contributing studies.",
        ),
        PrismaItem(number="20b", topic="Syntheses: results", told=_per(analyses, _result)),
        PrismaItem(
            number="20c",
            topic="Syntheses: causes of heterogeneity, results",
            told=_per(
                analyses,
                lambda analysis: (
                    f"test of subgroup differences: {group_test_text(analysis.group_test)}"
                    if analysis.group_test
                    else "no test of subgroup differences"
                ),
            ),
        ),
        PrismaItem(
            number="20d",
            topic="Syntheses: sensitivity analyses, results",
            told=_per(
                analyses,
                lambda analysis: (
                    reported_only_text(analysis, analysis.reported_only)
                    if analysis.reported_only
                    else "none was part of the run"
                ),
            ),
        ),
    )


def _per(analyses: Sequence[Analysis], says: Callable[[Analysis], str]) -> tuple[str, ...]:
    return tuple(f"Question {number}: {says(analysis)}." for number, analysis in enumerate(analyses, start=1))


def _collected(records: Records) -> Iterable[str]:
    yield (
        f"Numbers were read from {len(records.documents)} documents by rules, without a language model; each kept the "
        "words it was read in and their place. Checks compared the numbers of each document with each other, and "
        f"documents with documents, and raised {len(records.flags)} doubts; no number was changed by them."
    )
    reviewers = sorted({plain(row.reviewer) for row in records.results() if row.reviewer})
    if reviewers:
        yield f"Decisions about numbers were taken by {', '.join(reviewers)}."


def _outcomes(analyses: Sequence[Analysis], tables: Sequence[ComparisonTable]) -> tuple[str, ...]:
    lines = []
    for number, analysis in enumerate(analyses, start=1):
        months = analysis.question.timepoint_months
        when = "any time" if months is None else f"{months:g} months"
        lines.append(f"Question {number}: {', '.join(analysis.question.outcome)}, at {when}.")
    lines += [f"{title_of_comparison(table.question)}: {', '.join(table.question.outcome)}." for table in tables]
    if lines:
        lines.append("Every number of these outcomes was sought; those not used are listed with the reason.")
    return tuple(lines)


def _measures(analyses: Sequence[Analysis]) -> tuple[str, ...]:
    words = {code.value: facts.words for code, facts in CONTRAST_MEASURES.items()}

    def measure(analysis: Analysis) -> str:
        name = analysis.question.measure or ""
        return words.get(name, "proportion of patients of one arm")

    return _per(analyses, measure) or ("No effect was pooled.",)


def _prepared(analyses: Sequence[Analysis]) -> tuple[str, ...]:
    computed = [
        f"{plain(row.label)} ({row.derivation})"
        for analysis in analyses
        for row in analysis.estimates
        if is_computed(row.derivation)
    ]
    used = f"Computed from other reported numbers: {', '.join(dict.fromkeys(computed))}. " if computed else ""
    return (
        f"{used}How effects and standard errors were obtained stands under Methods of each question. Missing "
        "statistics were not imputed.",
    )


def _funnels(analyses: Sequence[Analysis]) -> str:
    return ", and a funnel plot where three studies or more were pooled" if any(a.pooled for a in analyses) else ""


def _model(analysis: Analysis) -> str:
    return model_text(analysis.pooled) if analysis.pooled else "nothing was pooled"


def _excluded(analysis: Analysis) -> str:
    studies = {row.study_id for row in analysis.left_out} - {row.study_id for row in analysis.estimates}
    return f"{len(studies)} studies report the outcome and did not enter; each row stands with its reason"


def _result(analysis: Analysis) -> str:
    result, _ = result_and_p(analysis)
    if analysis.pooled is None:
        return f"{result} ({len(analysis.estimates)} studies)"
    level = f"{analysis.pooled.level:g}% interval"
    return f"{result} ({level}), {analysis.pooled.k} studies; {heterogeneity_text(analysis.pooled)}"


def _documents(records: Records) -> str:
    statuses = Counter(document.status for document in records.documents)
    return (
        f"{len(records.documents)} documents were given: {statuses[DocumentStatus.OK]} were read as a whole, "
        f"{statuses[DocumentStatus.PARTIAL]} in part and {statuses[DocumentStatus.FAILED]} not at all. They report or "
        f"restate {len(studies_of_patients(records.studies))} studies of patients."
    )
