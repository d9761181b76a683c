"""A word processor opens the Word documents, shows all of their text, and writes them again with nothing lost.

Needs the program soffice (Debian: libreoffice-writer-nogui), which `.ci/run` installs where it is absent.
"""

import shutil
import subprocess
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn

from evidence.model.question import Question
from evidence.model.summary import Summary, SummaryOutcome
from evidence.panel import summarise, write_word
from evidence.present.compare import comparison_table
from evidence.read import read
from tests.present.analyses import analysis_of, ratios
from tests.present.rows import records

pytestmark = pytest.mark.program

#: Names in scripts that run the other way or have no spaces, and markup.
NAMES = ("دراسة سرطان الدم", "急性髓系白血病维持治疗研究", "<b>Bold & Sons</b>")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    known = records()
    labels = dict(zip(("trial", "old", "cohort"), NAMES, strict=True))
    rows = replace(known, studies=tuple(replace(study, label=labels[study.study_id]) for study in known.studies))
    analysis = analysis_of(ratios(3))
    summary = Summary(
        id="s", title="Findings", outcome=(SummaryOutcome(question=analysis.question.id, name="Survival", months=24),)
    )
    path = tmp_path_factory.mktemp("office") / "review.docx"
    return write_word(
        rows,
        path,
        analyses=[analysis],
        tables=[comparison_table(rows, Question(id="q", outcome=("OS", "CRc")))],
        summaries=[summarise(summary, [analysis], rows)],
    )


def converted(path, kind, folder):
    """The document as LibreOffice writes it."""
    command = [
        "soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind,
        "--outdir", str(folder), str(path),
    ]  # fmt: skip
    assert shutil.which("soffice"), "LibreOffice is needed: apt install libreoffice-writer-nogui"
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    made = folder / f"{path.stem}.{kind}"
    assert made.exists(), done.stderr
    return made


def words(path):
    """All text in the order of the document, fields included, as a list of words."""
    body = docx.Document(path).element.body
    texts = ["".join(text.text or "" for text in part.iter(qn("w:t"))) for part in body.iter(qn("w:p"))]
    return " ".join(texts).split()


def test_a_round_trip_keeps_every_word(written, tmp_path):
    again = converted(written, "docx", tmp_path)
    assert words(again) == words(written)
    assert len(docx.Document(again).inline_shapes) == len(docx.Document(written).inline_shapes) == 1
    shown = " ".join(words(again))
    assert all(name in shown for name in NAMES)


def test_the_heads_are_still_repeated_after_a_round_trip(written, tmp_path):
    for table in docx.Document(converted(written, "docx", tmp_path)).tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_every_page_that_is_shown_has_the_text(written, tmp_path):
    document = read(converted(written, "pdf", tmp_path).read_bytes(), name="review.pdf")
    shown = "".join(document.text.split())
    for caption in ("Table1.Characteristicsofthestudies", "Figure1.Sorafenibmaintenance", "82.10%[72.6,88.5]"):
        assert caption in shown
