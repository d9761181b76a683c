"""A backup holds all of a store and brings it back; what is no whole backup is refused in a sentence."""

import hashlib
import json
import threading
import zipfile
from dataclasses import replace

import build
import pytest

from evidence.errors import LoginRefused, StoreError
from evidence.store import open_store, restore

TEN_DIGITS = 7_900_000_000


@pytest.fixture
def file(tmp_path):
    return tmp_path / "backup.zip"


def filled(url):
    store = open_store(url)
    for name in ("trial", "other"):
        store.add(build.document(name), build.records(name, registry_ids=(), acronym=None, first_author=name))
    store.decide(build.hazard_ratio(), "correct", by="Béla", reason="“misread”", values={"estimate": "0.62"})
    store.merge([study.study_id for study in store.records().studies], by="Ada")
    return store


def bytes_of(record):
    return record.source.encode()


def repacked(file, change):
    """The backup with `change` applied to its members."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_a_store_comes_back_as_it_was_and_works_on(url, new_url, file):
    with filled(new_url()) as first:
        first.backup(file)
        restore(file, url)
        with open_store(url) as second:
            assert second.records() == first.records()
            assert second.decisions() == first.decisions()
            assert second.link_events() == first.link_events()
            assert all(finding.holds for finding in second.examine())
            second.add(build.document("third"), build.records("third"))
            second.decide(build.hazard_ratio(), "undo", by="Ada")
            assert all(finding.holds for finding in second.examine())


def test_a_store_moves_to_the_other_database_and_back_unchanged(url, tmp_path, file):
    sqlite = f"sqlite:///{tmp_path / 'first.db'}"
    with filled(sqlite) as first:
        one, before = first.backup(file), first.records()
    restore(file, url)
    with open_store(url) as second:
        assert second.backup(tmp_path / "again.zip").sha256 == one.sha256
        second.decide(build.remission(), "accept", by="Ada")
        second.backup(tmp_path / "later.zip")
        decided, ends = second.records(), second.decisions()
    restore(tmp_path / "later.zip", sqlite, force=True)
    with open_store(sqlite) as first:
        assert (first.records(), first.decisions()) == (decided, ends)
        assert first.records() != before
        assert all(finding.holds for finding in first.examine())


def test_users_and_tokens_come_back_and_secrets_do_not(tmp_path, url, file):
    with filled(f"sqlite:///{tmp_path / 'first.db'}") as first:
        ada = first.users.add("Ada", "four words of nonsense", "admin")
        secret, token = first.users.issue_token(ada.user_id, "script", ["read"], 1)
        signing = first.users.secret("sessions")
        with pytest.raises(LoginRefused):
            first.users.verify("Ada", "something else", address="192.0.2.1")
        made = first.backup(file)
    assert (made.tables["users"], made.tables["tokens"]) == (1, 1)
    with zipfile.ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert held["tables/secrets.jsonl"] == held["tables/login_failures.jsonl"] == b""
    for clear in (secret, "four words of nonsense", signing.hex()):
        assert clear.encode() not in b"".join(held.values())
    with open_store(url) as second:
        second.users.secret("sessions")  # a service that was started and holds nothing yet
    restore(file, url)
    with open_store(url) as second:
        assert second.users.by_token(secret) == (ada, token)
        assert second.users.verify("Ada", "four words of nonsense", address="192.0.2.1") == ada
        assert second.users.secret("sessions") != signing
        assert second.users.add("Béla", "four words of nonsense", "viewer").user_id > ada.user_id


def test_a_backup_brings_no_secret_into_a_store(url, file):
    with filled(url) as store:
        store.backup(file)

        def planted(members):
            members["tables/secrets.jsonl"] = json.dumps({"name": "sessions", "value": "00" * 32}).encode() + b"\n"
            manifest = json.loads(members["manifest.json"])
            manifest["sha256"]["tables/secrets.jsonl"] = hashlib.sha256(members["tables/secrets.jsonl"]).hexdigest()
            members["manifest.json"] = json.dumps(manifest).encode()

        repacked(file, planted)
        restore(file, url, force=True)
        assert store.users.secret("sessions") != bytes(32)


def test_new_rows_are_numbered_after_those_restored(url, new_url, file):
    with filled(url) as store:
        runs = [store.start_run("1", {}) for _ in range(3)]
        jobs = [store.jobs.submit("ingest", {"files": [str(number)]}, by="Ada") for number in range(2)]
        store.backup(file)
    again = new_url()
    restore(file, again)
    with open_store(again) as store:
        assert store.start_run("1", {}) == max(runs) + 1
        assert store.jobs.submit("ingest", {}, by="Ada").job_id == jobs[-1].job_id + 1


def test_a_backup_is_of_one_moment_while_others_write(url, new_url, tmp_path):
    stop = threading.Event()

    def decide():
        with open_store(url) as mine:
            while not stop.is_set():
                mine.decide([build.hazard_ratio(), build.remission()], "accept", by="Ada")

    with filled(url) as store:
        writer = threading.Thread(target=decide)
        writer.start()
        try:
            counts = [store.backup(tmp_path / f"{n}.zip").tables["events"] for n in range(5)]
        finally:
            stop.set()
            writer.join()
    assert all(count % 2 == 1 for count in counts)  # one correction, and two decisions in every transaction
    again_url = new_url()
    restore(tmp_path / "4.zip", again_url)
    with open_store(again_url) as again:
        assert all(finding.holds for finding in again.examine())


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004"])
def test_a_backup_of_an_older_version_comes_back_at_todays_schema(url, tmp_path, file, revision, monkeypatch):
    with filled(f"sqlite:///{tmp_path / 'new.db'}") as store:
        many = replace(build.records("cohort").arm_results[0], events=TEN_DIGITS, total=TEN_DIGITS)
        store.add(build.document("cohort"), replace(build.records("cohort"), arm_results=(many,)))
    old = build.older(tmp_path / "new.db", tmp_path / "old.db", revision)
    with monkeypatch.context() as then:
        then.setattr("evidence.store.schema.REVISION", revision)
        with open_store(old) as store, store._database.reading() as connection:
            from evidence.store import backup

            assert backup.write(connection, file, None).revision == revision
    restore(file, url)
    with open_store(url) as again:
        assert TEN_DIGITS in [row.events for row in again.records().arm_results]
        assert again.trace(build.hazard_ratio()).events[0].reviewer == "Béla"
        assert all(finding.holds for finding in again.examine())


def test_originals_are_kept_and_written_back_under_safe_names(tmp_path, file):
    with filled(f"sqlite:///{tmp_path / 'evidence.db'}") as store:
        gone = build.document_id("other")
        made = store.backup(file, originals=lambda record: None if record.document_id == gone else bytes_of(record))
    assert made.absent == ("papers/other.pdf",)
    assert made.originals == {build.document_id("trial"): "papers/trial.pdf"}

    def elsewhere(members):
        manifest = json.loads(members["manifest.json"])
        manifest["originals"] = {build.document_id("trial"): "../../..\\..\\etc/.."}
        members["manifest.json"] = json.dumps(manifest).encode()

    repacked(file, elsewhere)
    folder = tmp_path / "papers" / "back"
    restore(file, f"sqlite:///{tmp_path / 'again.db'}", originals=folder)
    (written,) = folder.iterdir()
    assert written.name == f"{build.document_id('trial')}-.."
    assert written.read_bytes() == b"papers/trial.pdf"
    assert [path.name for path in (tmp_path / "papers").iterdir()] == ["back"]


def test_a_backup_replaces_no_file(tmp_path, file):
    file.write_text("mine")
    with filled(f"sqlite:///{tmp_path / 'evidence.db'}") as store, pytest.raises(StoreError, match="exists already"):
        store.backup(file)
    assert file.read_text() == "mine"


def test_a_store_that_holds_something_is_replaced_by_force_alone_and_never_loses_a_decision(url, file):
    with filled(url) as store:
        store.backup(file)
        before = store.records()
        with pytest.raises(StoreError, match="holds something already and was left as it is"):
            restore(file, url)
        store.add(build.document("third"), build.records("third"))
        restore(file, url, force=True)
        assert store.records() == before
        store.decide(build.remission(), "accept", by="Ada")
        with pytest.raises(StoreError, match=r"lacks decisions that the store has \(1 in events\)"):
            restore(file, url, force=True)
        assert len(store.decisions()) == 4


def cut(file):
    file.write_bytes(file.read_bytes()[:-200])


def flipped(file):
    """Turn a byte within the deflated rows of the longest table: a byte of a member's head may mean nothing."""
    with zipfile.ZipFile(file) as archive:
        longest = max(archive.infolist(), key=lambda member: member.compress_size)
    data = bytearray(file.read_bytes())
    head = longest.header_offset
    names = sum(int.from_bytes(data[head + at : head + at + 2], "little") for at in (26, 28))
    data[head + 30 + names + longest.compress_size // 2] ^= 0xFF
    file.write_bytes(data)


def unnamed(file):
    repacked(file, lambda members: members.update({"../../evil": b"x"}))


def other_rows(file):
    repacked(file, lambda members: members.update({"tables/contrasts.jsonl": b"{}\n"}))


def other_archive(file):
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")


def newer(file):
    def change(members):
        manifest = json.loads(members["manifest.json"])
        members["manifest.json"] = json.dumps(manifest | {"revision": "0999"}).encode()

    repacked(file, change)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (cut, "no whole backup"),
        (flipped, "no whole backup"),
        (unnamed, "members are not those its manifest names"),
        (other_rows, "tables/contrasts.jsonl does not have its checksum"),
        (other_archive, "no whole backup"),
        (newer, "written by a newer version of evidence"),
        (lambda file: file.write_bytes(b""), "no whole backup"),
        (lambda file: file.unlink(), "There is no backup"),
    ],
)
def test_what_is_no_whole_backup_is_refused_and_makes_no_store(tmp_path, file, damage, sentence):
    with filled(f"sqlite:///{tmp_path / 'evidence.db'}") as store:
        store.backup(file)
    damage(file)
    with pytest.raises(StoreError, match=sentence) as fault:
        restore(file, f"sqlite:///{tmp_path / 'again.db'}")
    assert "\n" not in str(fault.value)
    assert not (tmp_path / "again.db").exists()


def test_rows_that_do_not_fit_leave_the_store_as_it_was(url, tmp_path, file):
    import hashlib

    with filled(f"sqlite:///{tmp_path / 'first.db'}") as store:
        store.backup(file)

    def change(members):
        manifest = json.loads(members["manifest.json"])
        members["tables/arms.jsonl"] = b""
        manifest["sha256"]["tables/arms.jsonl"] = hashlib.sha256(b"").hexdigest()
        members["manifest.json"] = json.dumps(manifest).encode()

    repacked(file, change)
    with pytest.raises(StoreError, match="no whole backup"):
        restore(file, url)
    with open_store(url) as again:
        assert again.records().documents == ()
