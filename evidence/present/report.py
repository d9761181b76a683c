"""The written report of a run in Markdown: per question the result, the rows used and left out; then what was not read.

Pictures are linked where `pipeline` puts them: in a folder beside the report, named like the question.
"""

from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from evidence.errors import ExportError
from evidence.model.codes import DocumentStatus, Report, Severity
from evidence.model.derivations import inputs_of
from evidence.model.question import Question
from evidence.model.records import Flag, Records
from evidence.model.results import Analysis, ArmCount
from evidence.model.tables import TABLES, records_of
from evidence.present.compare import ComparisonTable
from evidence.present.compare_views import NOTHING, comparison_markdown, markdown, title_of_comparison
from evidence.present.names import arm_text
from evidence.present.scales import scale_of
from evidence.present.wording import (
    DAGGER,
    NOT_REPORTED,
    estimate_text,
    footnotes_of,
    group_name,
    model_text,
    p_text,
    pooled_lines,
    remarks,
    reported_only_text,
    study_text,
    title_of,
    weights_text,
)

Unanswered = Sequence[tuple[Question, str]]


def write_report(
    analyses: Sequence[Analysis],
    tables: Sequence[ComparisonTable],
    records: Records,
    path: Path,
    *,
    unanswered: Unanswered = (),
) -> Path:
    """Write the report; `unanswered` are questions that could not be worked on, each with the reason.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report_text(analyses, tables, records, unanswered=unanswered), encoding="utf-8")
    except OSError as error:
        raise ExportError(
            f"{path} could not be written: {error.strerror or error}. Give another place with --out."
        ) from error
    return path


def report_text(
    analyses: Sequence[Analysis],
    tables: Sequence[ComparisonTable],
    records: Records,
    *,
    unanswered: Unanswered = (),
) -> str:
    """The report as Markdown: an overview, questions without an answer, a section per question, what was not read."""
    parts = ["# Evidence report", _overview(analyses, records), _without_answer(analyses, tables, unanswered)]
    parts += [_question(analysis, records) for analysis in analyses]
    for table in tables:
        parts.append(f"## {markdown(title_of_comparison(table.question))}\n\n{comparison_markdown(table)}")
    parts.append(_gaps(records))
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def reasons_without_answer(
    analyses: Sequence[Analysis], tables: Sequence[ComparisonTable], unanswered: Unanswered
) -> list[tuple[str, str]]:
    """Title of every question that could not be answered, with the reason."""
    reasons = [(question.title or question.id, reason) for question, reason in unanswered]
    for analysis in analyses:
        if not analysis.estimates:
            reasons.append((title_of(analysis), " ".join(analysis.notes) or NOTHING))
    return reasons + [(title_of_comparison(table.question), NOTHING) for table in tables if not table.rows]


def _without_answer(analyses: Sequence[Analysis], tables: Sequence[ComparisonTable], unanswered: Unanswered) -> str:
    """The list of them; empty where there is none."""
    reasons = reasons_without_answer(analyses, tables, unanswered)
    if not reasons:
        return ""
    lines = [f"- {markdown(title)}: {markdown(reason)}" for title, reason in reasons]
    return "## Questions without an answer\n\n" + "\n".join(lines)


def _overview(analyses: Sequence[Analysis], records: Records) -> str:
    """Counts, and every pooled result in one table."""
    lines = [made_of(records)]
    if analyses:
        lines += ["", "| Question | Studies | Estimate [CI] | p |", "| --- | ---: | --- | --- |"]
    for analysis in analyses:
        result, p = result_and_p(analysis)
        lines.append(
            f"| {markdown(title_of(analysis))} | {len(analysis.estimates)} | {result} | {p.replace('<', '&lt;')} |"
        )
    return "\n".join(lines)


def result_and_p(analysis: Analysis) -> tuple[str, str]:
    """Pooled result of one question with what stands beside it, and its p-value, as the overview shows them."""
    scale, pooled = scale_of(analysis), analysis.pooled
    result = f"{scale.short} {estimate_text(scale, pooled)}" if pooled else "not pooled"
    if analysis.reported_only:
        result += f". {reported_only_text(analysis, analysis.reported_only)}"
    p = p_text(pooled.p_value).removeprefix("p ").removeprefix("= ") if pooled and not scale.percent else "–"
    return result, p


def made_of(records: Records) -> str:
    """What the report was made with and from, in one sentence."""
    documents = Counter(document.status for document in records.documents)
    statuses = ", ".join(f"{documents[status]} {status}" for status in DocumentStatus if documents[status])
    counts = ", ".join(f"{len(records_of(records, table))} {table.replace('_', ' ')}" for table in TABLES)
    return (
        f"Made with evidence {version('evidence')} from {len(records.documents)} documents ({statuses or 'none'}): "
        f"{counts}."
    )


def _question(analysis: Analysis, records: Records) -> str:
    """Picture, pooled figures, rows used, rows left out, doubts, methods."""
    scale, pooled, title = scale_of(analysis), analysis.pooled, markdown(title_of(analysis))
    picture = f"{analysis.question.id}/forest.svg".replace(" ", "%20")
    parts = [f"## {title}", f"![Forest plot: {title}]({picture})"]
    if pooled:
        alone = analysis.reported_only
        beside = f" {markdown(reported_only_text(analysis, alone))}." if alone and alone.pooled else ""
        parts.append(f"**{scale.short} {estimate_text(scale, pooled)}**, {pooled.k} studies.{beside}")
    parts.append("\n".join(f"- {markdown(line)}" for line in pooled_lines(analysis)))
    groups = [
        f"- {markdown(group_name(group))}: "
        + (
            f"{scale.short} {estimate_text(scale, group.pooled)}, {group.pooled.k} studies"
            if group.pooled
            else f"{len(group.members)} study, not pooled"
        )
        for group in analysis.groups
    ]
    if groups:
        parts += ["Subgroups:", "\n".join(groups)]
    flags = flags_on(analysis, records)
    if analysis.estimates:
        parts += ["### Rows used", _used(analysis, [flag.message for flag in flags])]
    if analysis.left_out:
        lines = ["| Study | Reason | Row |", "| --- | --- | --- |"]
        lines += [
            f"| {markdown(row.label)} | {markdown(row.reason)} | `{row.result_id}` |" for row in analysis.left_out
        ]
        parts += ["### Rows left out", "\n".join(lines)]
    if flags:
        parts += ["### Doubts about the rows used", _doubts(analysis, records, flags)]
    if notes := remarks(analysis):
        parts += ["### Notes", "\n".join(f"- {markdown(note)}" for note in notes)]
    parts.append(f"Methods: {_methods(analysis)}")
    return "\n\n".join(parts)


def _used(analysis: Analysis, doubts: Sequence[str]) -> str:
    """The rows with their notes; doubts are left out, they have a section of their own."""
    scale, notes = scale_of(analysis), footnotes_of(analysis, told=doubts)
    weights = weights_text(analysis.pooled.weights) if analysis.pooled else None
    lines = [
        f"| Study | Arm | Comparator | {scale.short} [CI] | Weight | Row |",
        "| --- | --- | --- | --- | ---: | --- |",
    ]
    for index, row in enumerate(analysis.estimates):
        marks = f" {notes.superscript(index)}" if notes.markers[index] else ""
        arm, comparator = markdown(side_text(row.arm)), markdown(side_text(row.comparator))
        rows = ", ".join(f"`{name}`" for name in row.result_ids)
        weight = f"{weights[index]}%" if weights else "–"
        lines.append(
            f"| {markdown(row.label)}{marks} | {arm} | {comparator} | {study_text(scale, row)} | {weight} | {rows} |"
        )
    lines += [""] if notes.notes else []
    lines += [f"{marker if marker == DAGGER else f'{marker}.'} {markdown(note)}  " for marker, note in notes.notes]
    return "\n".join(lines)


def side_text(arm: ArmCount | None) -> str:
    """Label of an arm with its counts: "sorafenib (25/38)"."""
    if arm is None:
        return "–"
    n = NOT_REPORTED if arm.n is None else str(arm.n)
    return f"{arm_text(arm.label)} ({f'n = {n}' if arm.events is None else f'{arm.events}/{n}'})"


def flags_on(analysis: Analysis, records: Records) -> list[Flag]:
    """Flags that stand on the rows used and on those they were computed from, worst first."""
    used = {name for row in analysis.estimates for name in row.result_ids}
    used |= {name for row in records.results() if row.result_id in used for name in inputs_of(row)}
    flags = [flag for flag in records.flags if used.intersection(flag.result_ids)]
    return sorted(flags, key=lambda flag: list(Severity).index(flag.severity))


def labels_of_rows(analysis: Analysis, records: Records) -> dict[str, str]:
    """Study of each row that was used, or that one used was computed from."""
    labels = {name: row.label for row in analysis.estimates for name in row.result_ids}
    for row in records.results():
        labels |= {name: labels[row.result_id] for name in inputs_of(row) if row.result_id in labels}
    return labels


def _doubts(analysis: Analysis, records: Records, flags: Sequence[Flag]) -> str:
    labels = labels_of_rows(analysis, records)
    lines = []
    for flag in flags:
        about = dict.fromkeys(labels[name] for name in flag.result_ids if name in labels)
        lines.append(f"- **{flag.severity}** {markdown(', '.join(about))}: {markdown(flag.message)} (`{flag.check}`)")
    return "\n".join(lines)


def _methods(analysis: Analysis) -> str:
    question = analysis.question
    asked = f"outcome {', '.join(question.outcome)}; measure {question.measure}"
    for name in ("treatment", "comparator", "population", "design", "status"):
        if words := getattr(question, name):
            asked += f"; {name} {', '.join(words)}"
    cited = sum(row.report == Report.CITED for row in analysis.estimates)
    model = f" {model_text(analysis.pooled)}." if analysis.pooled else ""
    return f"{markdown(asked)}.{model}" + (f" {cited} of the rows come from citing publications." if cited else "")


def _gaps(records: Records) -> str:
    """Documents that were not read, or not wholly, and why; nothing is passed over in silence."""
    gaps = [document for document in records.documents if document.status is not DocumentStatus.OK]
    if not gaps:
        return "## Gaps\n\nEvery document was read as a whole."
    lines = ["| Document | Status | Why |", "| --- | --- | --- |"]
    lines += [
        f"| {markdown(document.source)} | {document.status} | {markdown(document.status_reason or 'not said')} |"
        for document in sorted(gaps, key=lambda document: (document.status is DocumentStatus.PARTIAL, document.source))
    ]
    return "## Gaps\n\n" + "\n".join(lines)
