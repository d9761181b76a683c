import hashlib
import io

import pytest

from evidence.errors import ReadError, UnknownFormat
from evidence.model.codes import DocumentStatus
from evidence.read import LARGEST_FILE, read


def test_the_content_decides_the_reader_and_not_the_name(papers, documents, tmp_path):
    for name, data, kind in [
        ("a.txt", papers.paper(), "pdf"),
        ("b.pdf", (documents / "article.xml").read_bytes(), "jats"),
        ("c.xml", b"The hazard ratio was 0.64 (95% CI 0.49 to 0.83).", "text"),
    ]:
        (tmp_path / name).write_bytes(data)
        assert read(tmp_path / name).format == kind


def test_a_document_is_known_by_the_bytes_of_its_file(tmp_path):
    data = b"Plain text about a trial."
    (tmp_path / "trial.txt").write_bytes(data)
    by_path, by_bytes = read(str(tmp_path / "trial.txt")), read(data, name="trial")
    by_file = read(io.BytesIO(data))
    assert by_path.document_id == by_bytes.document_id == by_file.document_id == hashlib.sha256(data).hexdigest()[:16]
    assert (by_path.source, by_bytes.source) == (str(tmp_path / "trial.txt"), "trial")


@pytest.mark.parametrize(
    ("data", "fault", "words"),
    [
        (b"", ReadError, "empty"),
        (b" \n\n\t ", ReadError, "empty"),
        (bytes(range(256)) * 40, UnknownFormat, "binary"),
        (b"abc\x00def" * 100, UnknownFormat, "binary"),
        (b"PK\x03\x04" + b"x" * 100, UnknownFormat, "Office document"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, UnknownFormat, "image"),
        (b'<?xml version="1.0"?><PubmedArticleSet><x/></PubmedArticleSet>', UnknownFormat, "<PubmedArticleSet>"),
        (b'<?xml version="1.0"?><article><front>', ReadError, "broken"),
        (b'<?xml version="1.0"?><article><body/></article>', ReadError, "no text"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_paper_is_refused_in_one_sentence(data, fault, words):
    with pytest.raises(fault, match=words) as caught:
        read(data, name="paper.pdf")
    assert str(caught.value).startswith("paper.pdf: ")


def test_a_missing_path_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(ReadError, match="no such file"):
        read(tmp_path / "absent.pdf")
    with pytest.raises(ReadError, match="folder"):
        read(tmp_path)


def test_a_file_opened_as_text_is_refused(tmp_path):
    with pytest.raises(ReadError, match="binary mode"):
        read(io.StringIO("text"))


def test_a_file_over_the_limit_is_refused(tmp_path):
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.seek(LARGEST_FILE)
        file.write(b"x")
    with pytest.raises(ReadError, match="100 MB"):
        read(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marked_encodings_are_read_without_doubt(encoding):
    document = read("HR 0·64, naïve patients ≥18 years".encode(encoding))
    assert document.text == "HR 0·64, naïve patients ≥18 years"
    assert document.status is DocumentStatus.OK


def test_an_assumed_encoding_is_said():
    document = read("HR 0·64 in naïve patients – 18 years".encode("cp1252"))
    assert document.text == "HR 0·64 in naïve patients – 18 years"
    assert document.status is DocumentStatus.PARTIAL
    assert "Windows-1252 was assumed" in document.status_reason
