"""What a person asked for, as files: the evidence tables, an analysis, a comparison, the page a number stands on.

The rooms that draw and word do not know each other; here their results meet in one folder.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.errors import ExportError, QuestionError, ReadError, SynthesisError
from evidence.model.codes import Measure, Outcome, RowStatus
from evidence.model.decisions import Decision
from evidence.model.dual import Agreement, Reading
from evidence.model.findings import Findings
from evidence.model.question import Question
from evidence.model.records import DocumentRecord, Patient, Records, Result
from evidence.model.results import Analysis
from evidence.model.risk_of_bias import RiskOfBias
from evidence.pictures import FUNNEL_FROM, write_funnel
from evidence.present.compare import ComparisonTable

if TYPE_CHECKING:
    from evidence.formulas import ReconstructedPatients

#: Measures of comparison that are pooled as reported.
_POOLED_AS_REPORTED = frozenset(
    {Measure.HR, Measure.SHR, Measure.OR, Measure.RR, Measure.RD, Measure.MD, Measure.SMD, Measure.IRR}
)
#: What to do where the file of a document is not where it was read.
_WHERE = "Say with --file where the file is now."


def export(
    records: Records,
    out: Path,
    kind: str,
    *,
    analyses: Sequence[Analysis] = (),
    tables: Sequence[ComparisonTable] | None = None,
    summaries: Sequence[Findings] = (),
    filters: Mapping[str, str] | None = None,
    snapshot: str | None = None,
    decisions: Sequence[Decision] = (),
    questions: Sequence[Question] = (),
    agreements: Sequence[Agreement] = (),
    readings: Sequence[Reading] = (),
) -> list[Path]:
    """Write the evidence tables in one of the formats of `present.export`, or `metafor` (`write_metafor`) or `docx`.

    `docx` is a document with comparisons, summaries and pictures; without `tables` it compares every outcome.

    Raises
    ------
    ExportError
        If there is no such format, or the place cannot be written.
    """
    from evidence.present.export import write_all

    if kind == "metafor":
        return write_metafor(records, out, questions)
    if kind == "docx":
        from evidence.panel import write_word

        return [
            write_word(
                records, out, analyses=analyses, tables=tables, summaries=summaries, filters=filters, snapshot=snapshot
            )
        ]
    return write_all(
        records,
        out,
        kind,
        analyses=analyses,
        tables=tables or (),
        filters=filters,
        snapshot=snapshot,
        decisions=decisions,
        agreements=agreements,
        readings=readings,
    )


def write_metafor(records: Records, folder: Path, questions: Sequence[Question]) -> list[Path]:
    """Write a folder per question with `rows.csv`, `reproduce.R` and `methods.md`, and `questions.csv` beside them.

    The script recomputes our figures with metafor and stops where one differs. A question that cannot be pooled has no
    folder, and the reason in `questions.csv`.

    Raises
    ------
    ExportError
        If nothing is asked, or a file cannot be written.
    """
    from evidence.synthesise import answer, methods_text, reproduce_r

    if not questions:
        raise ExportError(
            "Data for metafor are those of a question, and nothing says which arms to compare: give --treatment NAME, "
            "or a question file with --questions."
        )
    written = []
    told = []
    for question in questions:
        why = "it asks for a comparison table; nothing is pooled" if question.kind == "compare" else ""
        k = 0
        try:
            analysis = answer(question, records)
        except (QuestionError, SynthesisError) as error:
            why = str(error)
        else:
            k = len(analysis.estimates)
            if analysis.pooled is None:
                why = why or " ".join(analysis.notes)
            else:
                place = folder / question.id
                written += [
                    _write(place / "rows.csv", _rows_csv(analysis)),
                    _write(place / "reproduce.R", reproduce_r(analysis)),
                    _write(place / "methods.md", methods_text(analysis)),
                ]
        told.append([question.id, "+".join(question.outcome), question.measure or "", str(k), why])
    text = io.StringIO()
    csv.writer(text).writerows([["question", "outcome", "measure", "studies", "not_pooled"], *told])
    return [_write(folder / "questions.csv", text.getvalue()), *written]


def questions_about(
    records: Records, treatment: tuple[str, ...], comparator: tuple[str, ...] = ()
) -> tuple[Question, ...]:
    """A question about this treatment for every outcome and measure with which two arms are compared."""
    asked = dict.fromkeys(
        (row.outcome.value, row.measure.value)
        for row in records.contrasts
        if row.measure in _POOLED_AS_REPORTED
        and row.status is not RowStatus.REJECTED
        and row.outcome is not Outcome.OTHER
    )
    return tuple(
        Question(
            id=f"{outcome}-{measure}",
            title=f"{outcome}, {measure}",
            outcome=(outcome,),
            measure=measure,
            treatment=treatment,
            comparator=comparator,
        )
        for outcome, measure in sorted(asked)
    )


def write_reconstructed(patients: "ReconstructedPatients", path: Path) -> Path:
    """Write patients reconstructed from a curve as CSV, a row for each: `time,event`, 1 for an event.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    rows = "".join(f"{time:.6g},{event}\n" for time, event in zip(patients.time, patients.event, strict=True))
    return _write(path, f"time,event\n{rows}", "--out")


def write_analysis(
    analysis: Analysis, folder: Path, *, snapshot: str | None = None, bias: RiskOfBias | None = None
) -> list[Path]:
    """Write one analysis: forest plot, `pooled.json`, `rows.csv`, `reproduce.R` and `methods.md`.

    Where three studies or more are pooled there is a funnel plot as well.

    `snapshot` names the state of the store the rows were taken from; numbers of the user's own have none.
    `bias` adds a column of judgements to the forest plot.

    Raises
    ------
    QuestionError
        If the columns chosen for the forest plot have no room on a page, or no study was judged in `bias`.
    ExportError
        If the folder or a file in it cannot be written.
    """
    from evidence.present.forest import write_forest

    funnel = analysis.pooled is not None and analysis.pooled.k >= FUNNEL_FROM
    return [
        *write_forest(analysis, folder, bias=bias),
        *(write_funnel(analysis, folder) if funnel else ()),
        *write_figures(analysis, folder, snapshot=snapshot),
    ]


def write_figures(analysis: Analysis, folder: Path, *, snapshot: str | None = None) -> list[Path]:
    """Write what `write_analysis` does but the pictures.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    from evidence.synthesise import methods_text, pooled_dict, reproduce_r

    figures = pooled_dict(analysis) | {"snapshot": snapshot}
    return [
        _write(folder / "pooled.json", json.dumps(figures, indent=2, ensure_ascii=False) + "\n"),
        _write(folder / "rows.csv", _rows_csv(analysis)),
        _write(folder / "reproduce.R", reproduce_r(analysis)),
        _write(folder / "methods.md", methods_text(analysis)),
    ]


def write_together(
    analyses: Sequence[Analysis], folder: Path, *, title: str = "", bias: RiskOfBias | None = None
) -> list[Path]:
    """Write one forest plot of several analyses of one measure, below one another on one axis.

    Raises
    ------
    QuestionError, ExportError
        As `write_analysis`; or if the measures differ.
    """
    from evidence.present.forest import write_forests

    return write_forests(analyses, folder, title=title, bias=bias)


def write_reports(
    analyses: Sequence[Analysis],
    tables: Sequence[ComparisonTable],
    records: Records,
    folder: Path,
    *,
    figures: Sequence[Sequence[Path]],
    together: Sequence[Path] = (),
    summaries: Sequence[Findings] = (),
    unanswered: Sequence[tuple[Question, str]] = (),
    snapshot: str | None = None,
) -> tuple[list[Path], str | None]:
    """Write the report as `report.md`, `report.html` and, where a Chromium is installed, `report.pdf`.

    `figures` are the files written of each analysis, `together` those of several in one picture; the pictures stand in
    the page. The text that comes with the paths says why there is no PDF.

    Raises
    ------
    ExportError
        If a file cannot be written.
    """
    from evidence.present.html_report import Answer, figures_of, write_html_report
    from evidence.present.page_pdf import print_page
    from evidence.present.report import write_report
    from evidence.synthesise import methods_sections

    answers = [
        Answer(analysis=analysis, methods=methods_sections(analysis), figures=figures_of(paths))
        for analysis, paths in zip(analyses, figures, strict=True)
    ]
    markdown, page, pdf = (folder / f"report.{ending}" for ending in ("md", "html", "pdf"))
    write_report(analyses, tables, records, markdown, unanswered=unanswered)
    pictures = figures_of(together)
    write_html_report(
        answers,
        tables,
        records,
        page,
        together=pictures,
        summaries=summaries,
        unanswered=unanswered,
        snapshot=snapshot,
    )
    fault = print_page(page, pdf)
    return [markdown, page, *([] if fault else [pdf])], fault


def _rows_csv(analysis: Analysis) -> str:
    from evidence.synthesise import rows_table
    from evidence.synthesise.report import COLUMNS

    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows_table(analysis))
    return text.getvalue()


def write_page(row: Result | Patient, stored: DocumentRecord, image: Path, *, file: Path | None = None) -> Path:
    """Draw the page on which a number stands, as PNG: the number highlighted, and more faintly its quote.

    Where the quote does not print the number as it stands in the row, it is highlighted alone. `file` says where the
    file of the stored document is now, by default where it was read.

    Raises
    ------
    ExportError
        If the document has no pages, the row has no quote, or the image is no PNG or cannot be written.
    ReadError
        If the file is not there, is another one, or is read differently by this version.
    """
    from evidence.extract.places import number_places
    from evidence.read import BY_OCR, boxes, page_picture, read

    if image.suffix.lower() != ".png":
        raise ExportError(f"{image}: pages are drawn as PNG. Give a name that ends in .png with --image.")
    if stored.format != "pdf":
        raise ExportError(
            f"{row.result_id} was read from {stored.source}, which has no pages to draw (its format is "
            f"{stored.format}). `evidence show {row.result_id}` gives the words it was read in."
        )
    path = file or Path(stored.source)
    data = _same_file(path, stored, row)
    document = read(data, name=str(path), ocr=BY_OCR in (stored.status_reason or ""))
    source = row.source
    if document.text[source.char_start : source.char_end] != (source.quote or ""):  # a person may enter a row without
        raise ReadError(
            f"{path}: another version of evidence read {row.result_id} from this file, and its words now stand "
            "elsewhere. Ingest the file into a new store."
        )
    quote = boxes(data, document, source.char_start, source.char_end)
    if not quote:
        raise ExportError(f"{row.result_id} has no quote, so nobody can say on which page it stands.")
    number = [box for place in number_places(row, document.clean) for box in boxes(data, document, *place)]
    page = (number or quote)[0].page
    return _write(image, page_picture(data, str(path), page, strong=number, faint=quote), "--image")


def _same_file(path: Path, stored: DocumentRecord, row: Result | Patient) -> bytes:
    """The bytes of the file that a stored document was read from."""
    from evidence.read import split

    if not path.is_file():
        raise ReadError(f"{path}: {row.result_id} was read from here, and no such file is there now. {_WHERE}")
    data = split(path)[0].data
    found = hashlib.sha256(data).hexdigest()[:16]
    if found != stored.document_id:
        raise ReadError(
            f"{path}: {row.result_id} was read from document {stored.document_id}, and this is another file: its id "
            f"would be {found}. {_WHERE}"
        )
    return data


def _write(path: Path, content: str | bytes, option: str = "--out folder") -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise ExportError(f"{path} could not be written: {error.strerror or error}. Give another {option}.") from error
    return path
