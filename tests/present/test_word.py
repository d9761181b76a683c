"""The Word document: what a reader of it, a screen reader and a person who pastes from it rely on."""

import io
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from PIL import Image

from evidence.errors import ExportError
from evidence.model.codes import Report
from evidence.model.question import Question
from evidence.model.records import Records
from evidence.panel import write_comparison, write_word
from evidence.present.compare import comparison_table
from evidence.present.forest_pages import forest_pages
from evidence.present.word import PICTURE_HEIGHT, PICTURE_WIDTH
from tests.present.analyses import analysis_of, estimate, ratios
from tests.present.rows import contrast, records

HOSTILE = (
    "ط" * 300, "急性髓系白血病" * 40, "<w:t>bold</w:t> & ]]> {{x}}", "x" * 300,
    "a\x00b\x1bc\u202ed\ud800e", "=1+1", "\n\t",
)  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("word")
    return write_word(records(), folder / "review.docx", analyses=[analysis_of(ratios(5))], snapshot="abc")


@pytest.fixture(scope="module")
def document(written):
    return docx.Document(written)


def test_the_document_has_what_a_panel_pastes(document):
    headings = [part.text for part in document.paragraphs if part.style.name.startswith("Heading")]
    assert headings == [
        "Characteristics of the studies", "Arms", "What each study reports", "Forest plots", "References",
    ]  # fmt: skip
    captions = [part.text for part in document.paragraphs if part.style.name == "Caption"]
    assert captions[0] == "Table . Characteristics of the studies"  # the number is a field, which `text` leaves out
    assert captions[-1].endswith("Sorafenib maintenance after allogeneic transplantation: overall survival")


def test_captions_are_counted_by_fields(document):
    fields = [field.get(qn("w:instr")).split()[1] for field in document.element.iter(qn("w:fldSimple"))]
    assert fields.count("Figure") == 1 and fields.count("Table") == len(document.tables)
    shown = ["".join(t.text for t in field.iter(qn("w:t"))) for field in document.element.iter(qn("w:fldSimple"))]
    assert shown[:2] == ["1", "2"] and shown[-1] == "1"


def test_heads_are_repeated_and_no_row_breaks_across_pages(document):
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_wide_tables_stand_on_pages_turned_on_their_side_and_fit(document):
    orientations = [section.orientation for section in document.sections]
    assert WD_ORIENT.LANDSCAPE in orientations and WD_ORIENT.PORTRAIT in orientations
    for table in document.tables:
        assert sum(column.width.mm for column in table.columns) <= 267.5


def test_no_letter_is_smaller_than_eight_points(document):
    sizes = [style.font.size.pt for style in document.styles if getattr(style, "font", None) and style.font.size]
    assert min(sizes) >= 8
    assert all(run.font.size is None for part in document.paragraphs for run in part.runs)


def test_the_picture_has_its_width_and_words_for_those_who_cannot_see_it(document):
    (picture,) = document.inline_shapes
    assert picture.width.mm == pytest.approx(PICTURE_WIDTH, abs=0.1)
    assert picture._inline.docPr.get("descr").startswith("Forest plot. Sorafenib maintenance")


def test_language_and_title_are_those_of_the_document(document):
    language = next(document.styles.element.iter(qn("w:lang")))
    assert language.get(qn("w:val")) == "en-GB"
    assert document.core_properties.title == "Evidence tables"


def test_the_numbers_in_brackets_are_those_of_the_references(document):
    texts = [part.text for part in document.paragraphs if part.style.name == "Reference"]
    assert texts[0].startswith("1.\t") and "=A trial" in "".join(texts)
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    assert f"[{len(texts)}]" in cells


def test_the_same_rows_give_the_same_bytes(tmp_path, written):
    again = write_word(records(), tmp_path / "again.docx", analyses=[analysis_of(ratios(5))], snapshot="abc")
    assert again.read_bytes() == written.read_bytes()


def test_nothing_found_makes_a_document_that_says_so(tmp_path):
    text = "\n".join(_texts(docx.Document(write_word(Records(), tmp_path / "empty.docx"))))
    assert "No study with numbers was found." in text


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_stays_text(tmp_path, name):
    known = records()
    rows = replace(
        known,
        studies=tuple(replace(study, label=name, population=name) for study in known.studies),
        arms=tuple(replace(arm, label=name) for arm in known.arms),
        documents=tuple(replace(document, title=name, authors=(name,)) for document in known.documents),
    )
    analysis = analysis_of([estimate(name, 0.5, 0.3, 0.9), estimate("b", 0.6, 0.3, 1.1)])
    path = write_word(rows, tmp_path / "names.docx", analyses=[analysis], filters={"population": name})
    text = "\n".join(_texts(docx.Document(path)))
    assert name[:40].strip() in text or name in ("\n\t", HOSTILE[4])
    with zipfile.ZipFile(path) as parts:
        assert b"<w:t>bold</w:t>" not in parts.read("word/document.xml")


def test_two_hundred_studies_are_cut_into_pages_between_their_rows():
    pages, description = forest_pages(analysis_of(ratios(200)), PICTURE_HEIGHT)
    assert len(pages) > 2 and "Author 2199" in description
    for page in pages:
        with Image.open(io.BytesIO(page)) as image:
            assert image.height / image.width <= PICTURE_HEIGHT / PICTURE_WIDTH + 0.01
            assert image.getextrema() != ((255, 255),) * len(image.getbands())


def test_two_hundred_studies_are_written(tmp_path):
    known = records()
    studies = tuple(
        replace(known.studies[0], study_id=f"s{at}", label=f"Study {at}", report=Report.PRIMARY) for at in range(200)
    )
    rows = replace(
        known, studies=studies, contrasts=tuple(contrast(study_id=f"s{at}", result_id=f"r{at}") for at in range(200))
    )
    path = write_word(rows, tmp_path / "many.docx", analyses=[analysis_of(ratios(200))])
    document = docx.Document(path)
    assert len(document.tables[0].rows) == 201
    assert len(document.inline_shapes) > 2


@pytest.mark.parametrize("kind", [".csv", ".md", ".html", ".xlsx", ".docx"])
def test_a_comparison_is_written_as_the_file_named(tmp_path, kind):
    table = comparison_table(records(), Question(id="q", outcome=("OS",)))
    (path,) = write_comparison(table, tmp_path / "new" / f"os{kind}")
    assert path == tmp_path / "new" / f"os{kind}" and path.stat().st_size > 100


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="could not be written"):
        write_word(records(), tmp_path / "file" / "review.docx")


def _texts(document):
    yield from (part.text for part in document.paragraphs)
    for table in document.tables:
        for row in table.rows:
            yield from (cell.text for cell in row.cells)
