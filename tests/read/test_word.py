import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Inches
from PIL import Image

from evidence.errors import ReadError, UnknownFormat
from evidence.read import read


def saved(document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def manuscript():
    """A manuscript as authors send it: title, authors, structured text, a table with merged cells, references."""
    document = docx.Document()
    document.add_paragraph("Examplinib against placebo in relapsed leukaemia", style="Title")
    document.add_paragraph("Li Berg, Fen Huang, Bola Okafor")
    document.add_heading("Abstract", 1)
    document.add_paragraph("Background: Relapse is common.")
    document.add_paragraph("Registered as NCT01234567.")
    document.add_heading("Results", 1)
    document.add_heading("Survival", 2)
    paragraph = document.add_paragraph("The hazard ratio was 0.64 (95% CI 0.49 to 0.83)")
    paragraph.add_run("1,2").font.superscript = True
    paragraph.add_run(" and the dose 10")
    paragraph.add_run("9").font.superscript = True
    paragraph.add_run(" cells.")
    document.add_paragraph("Table 1. Efficacy outcomes", style="Caption")
    table = document.add_table(rows=4, cols=3)
    for r, row in enumerate([("Outcome", "Group", ""), ("", "Examplinib", "Placebo"), ("Death", "39/167", "67/168"),
                             ("", "23%", "40%")]):  # fmt: skip
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(2, 0).merge(table.cell(3, 0))
    document.add_paragraph("Abbreviations: CI, confidence interval.")
    document.add_paragraph("No other results were found, as patients were followed for two years only.")
    document.add_heading("References", 1)
    document.add_paragraph("Miller A, Li S. A first study of cells. J Ex. 2011;10:1-9.", style="List Number")
    document.add_paragraph("Osei K. A second study of cells. J Ex. 2012;11:2-8.", style="List Number")
    return document


@pytest.fixture(scope="module")
def word():
    return read(saved(manuscript()), name="manuscript.docx")


def test_offsets_hold_together(word, sound):
    assert (word.format, word.status) == ("docx", "ok")
    sound(word)


def test_heading_styles_are_sections(word):
    assert [(section.level, section.heading) for section in word.sections] == [
        (1, "Abstract"), (2, "Background"), (1, "Results"), (2, "Survival"), (1, "References"),
    ]  # fmt: skip


def test_known_headings_are_sections_without_a_style():
    document = docx.Document()
    for text in (
        "A trial of examplinib against placebo in adults",
        "METHODS",
        "Adults were enrolled.",
        "Results",
        "25 died.",
    ):
        document.add_paragraph(text)
    assert [section.heading for section in read(saved(document)).sections] == ["METHODS", "Results"]


def test_merged_cells_are_expanded_into_the_grid(word, grid_of):
    assert grid_of(word, "Table 1") == [
        ["Outcome", "Group", "Group"],
        ["Outcome", "Examplinib", "Placebo"],
        ["Death", "39/167", "67/168"],
        ["Death", "23%", "40%"],
    ]
    (table,) = word.tables
    assert (table.caption, table.footnotes) == ("Efficacy outcomes", ("Abbreviations: CI, confidence interval.",))
    assert word.text[table.char_start :].startswith("Table 1. Efficacy outcomes\nOutcome\tGroup\n")
    assert word.text.count("Death") == 1


def test_superscripts_are_marked_and_cite_the_entries_they_name(word):
    found = [(word.text[mark.char_start : mark.char_end], mark.kind, mark.references) for mark in word.marks]
    assert found == [("1,2", "superscript", (1, 2)), ("9", "superscript", ())]


def test_title_and_authors_are_those_of_the_first_page(word):
    about = word.bibliography
    assert about.title == "Examplinib against placebo in relapsed leukaemia"
    assert (about.first_author, about.registry_ids) == ("Berg", ("NCT01234567",))


def test_the_properties_of_the_file_fill_what_the_page_does_not_show():
    document = docx.Document()
    document.core_properties.title = "A cohort of examples"
    document.core_properties.author = "A. Typist"
    document.add_paragraph("25 of 38 patients died. " * 20)
    about = read(saved(document)).bibliography
    assert (about.title, about.authors) == ("A cohort of examples", ())  # who typed it need not have written it


def test_deletions_and_hidden_text_are_out_and_insertions_in():
    document = docx.Document()
    paragraph = document.add_paragraph("The hazard ratio was ")
    run = "<w:r><w:{0} xml:space='preserve'>{1}</w:{0}></w:r>"
    for tag, text in (("del", run.format("delText", "0.11")), ("ins", run.format("t", "0.64"))):
        paragraph._p.append(parse_xml(f"<w:{tag} {nsdecls('w')} w:id='1' w:author='x'>{text}</w:{tag}>"))
    hidden = paragraph.add_run("0.12")
    hidden.font.hidden = True
    assert read(saved(document)).text.strip() == "The hazard ratio was 0.64"


def test_a_table_that_is_an_image_is_said():
    document = docx.Document()
    document.add_paragraph("Table 2. Toxicity")
    picture = io.BytesIO()
    Image.new("L", (40, 20), 128).save(picture, "PNG")
    picture.seek(0)
    document.add_picture(picture, width=Inches(1))
    read_back = read(saved(document))
    assert (read_back.status, read_back.status_reason) == ("partial", "Table 2 is an image and was not read.")


def rewritten(data: bytes, change) -> bytes:
    """The archive with every member passed through `change(name, content)`; None leaves it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def test_macros_are_ignored():
    plain = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    macros = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    data = rewritten(saved(manuscript()), lambda _name, content: content.replace(plain, macros))
    assert "0.64" in read(data).text


def archive(members) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members:
            new.writestr(name, content)
    return out.getvalue()


def text_bomb(name: str, content: bytes) -> bytes:
    return content.replace(b"<w:body>", b"<w:body>" + b" " * 20_000_000) if name == "word/document.xml" else content


def without_text(name: str, content: bytes) -> bytes | None:
    return None if name == "word/document.xml" else content


def cut_text(name: str, content: bytes) -> bytes:
    return content[:50] if name == "word/document.xml" else content


def entity_bomb(name: str, content: bytes) -> bytes:
    if name != "word/document.xml":
        return content
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    start = content.index(b"<w:document")
    doctype = f'<!DOCTYPE d [<!ENTITY l0 "lol">{entities}]>'.encode()
    return content[:start] + doctype + content[start:].replace(b"<w:t>", b"<w:t>&l9;", 1)


def spreadsheet(name: str, content: bytes) -> bytes:
    plain = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return content.replace(plain, b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml")


@pytest.mark.parametrize(
    ("make", "fault", "words"),
    [
        (lambda: archive((f"{n}.txt", b"") for n in range(10_001)), ReadError, "10,001 entries"),
        (lambda: archive([("word/document.xml", b"\0" * 30_000_000)]), ReadError, "100 times its size"),
        (lambda: rewritten(saved(manuscript()), text_bomb), ReadError, "100 times its size"),
        (lambda: rewritten(saved(manuscript()), without_text), ReadError, "broken"),
        (lambda: rewritten(saved(manuscript()), cut_text), ReadError, "broken"),
        (lambda: rewritten(saved(manuscript()), spreadsheet), UnknownFormat, "no Word document"),
        (lambda: archive([("paper.pdf", b"%PDF-1.7")]), UnknownFormat, "ZIP archive"),
        (lambda: saved(manuscript())[:3000], UnknownFormat, "broken ZIP"),
    ],
)  # fmt: skip
def test_archives_that_are_bombs_or_no_word_documents_are_refused(make, fault, words):
    with pytest.raises(fault, match=words) as caught:
        read(make(), name="paper.docx")
    assert str(caught.value).startswith("paper.docx: ")


def test_entities_in_a_word_document_are_never_expanded():
    try:
        text = read(rewritten(saved(manuscript()), entity_bomb)).text
    except ReadError as error:
        text = str(error)
    assert "lollol" not in text and len(text) < 5000
