"""Uploaded files are kept whole, under the id of their bytes, and no name that somebody gave leads anywhere."""

import hashlib
import io
import os
import threading

import pytest

from evidence.errors import FolderFull, NotFound, StoreError
from evidence.files import original
from evidence.model.codes import DocumentStatus
from evidence.model.records import DocumentRecord
from evidence.originals import OriginalFolder, shown_name
from evidence.read import split
from evidence.settings import files_folder
from tests.flow.files import paper

DATA = paper()
ID = hashlib.sha256(DATA).hexdigest()[:16]


@pytest.fixture
def folder(tmp_path):
    return OriginalFolder(tmp_path / "evidence.db.files")


def record(document_id, source="paper.txt"):
    return DocumentRecord(document_id=document_id, source=source, format="text", status=DocumentStatus.OK)


def names(folder):
    return sorted(path.name for path in folder.folder.iterdir())


def test_a_file_is_kept_once_under_the_id_of_its_bytes(folder):
    assert folder.keep(DATA) == folder.keep(io.BytesIO(DATA)) == ID
    assert names(folder) == [ID]
    assert folder.path_of(ID).read_bytes() == DATA
    assert original(record(ID), folder) == DATA
    assert folder.path_of("0" * 16) is None


def test_a_file_is_on_the_disk_before_it_has_its_name(folder, monkeypatch):
    done = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (done.append(names(folder)), real(fd))[1])
    folder.keep(DATA)
    (before,), after = done  # of the file, and of the folder after the renaming
    assert before.startswith(".coming-") and after == [ID]


def test_nothing_half_written_stays_when_a_file_breaks_off(folder):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError("connection lost")
            return super().read(10)

    with pytest.raises(StoreError, match="connection lost"):
        folder.keep(Broken(DATA))
    assert names(folder) == []


def test_what_a_killed_process_left_half_written_is_removed_the_next_day(folder):
    for name, age in (("old", 90_000), ("new", 0)):
        left = folder.folder / f".coming-{name}"
        left.write_bytes(b"half")
        os.utime(left, (left.stat().st_atime, left.stat().st_mtime - age))
    OriginalFolder(folder.folder)
    assert names(folder) == [".coming-new"]


def test_a_damaged_file_is_replaced_by_its_bytes(folder):
    folder.keep(DATA)
    (folder.folder / ID).write_bytes(DATA[:-1])
    assert original(record(ID), folder) is None
    folder.keep(DATA)
    assert original(record(ID), folder) == DATA


def test_a_full_folder_takes_no_more(tmp_path):
    folder = OriginalFolder(tmp_path / "files", quota=2 * len(DATA) - 1)
    folder.keep(DATA)
    with pytest.raises(FolderFull, match="is full"):
        folder.keep(paper("OTHER"))
    assert names(folder) == [ID]


def test_links_are_not_followed(folder, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(DATA)
    (folder.folder / ID).symlink_to(secret)
    assert folder.path_of(ID) is None
    folder.keep(DATA)
    assert not (folder.folder / ID).is_symlink()
    (folder.folder / ID).unlink()
    secret.write_bytes(b"another")
    (folder.folder / ID).symlink_to(secret)
    folder.keep(DATA)
    assert secret.read_bytes() == b"another" and folder.path_of(ID).read_bytes() == DATA
    (tmp_path / "link").symlink_to(folder.folder)
    with pytest.raises(StoreError, match="is a link"):
        OriginalFolder(tmp_path / "link")


@pytest.mark.parametrize("strange", ["../../etc/passwd", "", ".", "A" * 16, "0" * 15, "0" * 17, f"{'0' * 16}\n"])
def test_what_is_no_id_is_no_file(folder, strange):
    with pytest.raises(NotFound):
        folder.path_of(strange)


def test_a_document_of_a_file_that_holds_several_is_found_in_it(folder):
    records = b"".join(
        b"TY  - JOUR\nTI  - Trial %d of drug A\nAB  - Patients were treated with drug A.\nER  - \n" % n for n in (1, 2)
    )
    whole = folder.keep(records)
    parts = {hashlib.sha256(part.data).hexdigest()[:16]: part.data for part in split(records)}
    folder.keep_parts(whole, set(parts))
    assert len(parts) == 2
    for document_id, data in parts.items():
        assert folder.path_of(document_id) == folder.folder / whole
        assert original(record(document_id), folder) == data
    holder = folder.folder / f"{next(iter(parts))}.in"
    holder.write_text("../../secret")
    assert folder.path_of(next(iter(parts))) is None
    with pytest.raises(NotFound):
        folder.keep_parts("0" * 16, {ID})


def test_many_threads_keep_the_same_file(folder):
    threads = [threading.Thread(target=folder.keep, args=(DATA,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(folder) == [ID]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Müller 2019.pdf", "Müller 2019.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\papers\\trial.pdf", "trial.pdf"),
        ("a\x00b\r\nSet-Cookie: x\x1b[2J.pdf", "ab Set-Cookie: x [2J.pdf"),
        ("paper\u202efdp.exe", "paper fdp.exe"),
        ("-", "upload"),
        ("", "upload"),
        ("..", "upload"),
        ("--store.pdf", "store.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("<script>alert(1)</script>.pdf", "script>.pdf"),
    ],
)
def test_a_name_is_shown_as_one_harmless_line(given, shown):
    assert shown_name(given) == shown


@pytest.mark.parametrize(
    ("store", "environment", "folder"),
    [
        ("sqlite:///evidence.db", {}, "evidence.db.files"),
        ("sqlite+pysqlite:////data/e.db?timeout=5", {}, "/data/e.db.files"),
        ("sqlite:///evidence.db", {"EVIDENCE_FILES": "/papers"}, "/papers"),
        ("postgresql://host/evidence", {"EVIDENCE_FILES": "/papers"}, "/papers"),
        ("postgresql://host/evidence", {}, "None"),
    ],
)
def test_the_folder_stands_beside_the_store_or_where_a_person_says(store, environment, folder):
    assert str(files_folder(store, None, environment)) == folder


def test_a_backup_takes_uploaded_files_along_and_a_restored_store_has_them(evidence, papers):
    (papers / "paper.txt").write_bytes(DATA)
    evidence("ingest", papers)
    (papers / "paper.txt").unlink()
    OriginalFolder(papers.parent / "evidence.db.files").keep(DATA)
    assert evidence("backup", "copy.zip", "--originals").out.endswith("1 originals\n")
    back = evidence("restore", "copy.zip", "--store", "sqlite:///again.db")
    assert back.code == 0, back.err
    assert (papers.parent / "again.db.files" / ID).read_bytes() == DATA
