"""What goes in comes out: whole, unchanged, once."""

import datetime as dt
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import build
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect, select

from evidence.errors import NotFound, StoreError
from evidence.model import tables
from evidence.model.codes import Adjustment, Design, DocumentStatus, Measure, Outcome, Report, Role, RowStatus, Severity
from evidence.model.records import Arm, ArmResult, Contrast, DocumentRecord, Flag, Records, Source, Study
from evidence.store import open_store, schema


def as_extracted(records: Records, study_id: str) -> Records:
    """The rows with the id their study has across documents."""
    move = {
        name: tuple(replace(row, study_id=study_id) for row in tables.records_of(records, name))
        for name in ("studies", "arms", "arm_results", "contrasts", "patients", "flags")
    }
    return replace(records, **move)


def row_counts(url: str) -> dict[str, int]:
    engine = create_engine(url)
    with engine.connect() as connection:
        counts = {name: len(connection.execute(select(table)).all()) for name, table in schema.metadata.tables.items()}
    engine.dispose()
    return counts


def test_what_was_extracted_comes_back_under_the_id_of_its_study(store):
    assert store.add(build.document(), build.records()) is True
    assert store.records() == as_extracted(build.records(), "nct00000001")


def test_what_was_stored_is_there_when_the_store_is_opened_again(url):
    with open_store(url) as store:
        store.add(build.document(), build.records())
        before = store.records()
    with open_store(url) as store:
        assert store.records() == before


@pytest.mark.parametrize("digits", ["0.60", "0.6", "60", "100", "1.0E+2", "0.0001", "-0.50", "0", "0.000", "1E-7"])
def test_a_number_keeps_the_digits_printed(store, digits):
    rows = build.records()
    contrast = replace(rows.contrasts[0], estimate=Decimal(digits))
    store.add(build.document(), replace(rows, contrasts=(contrast,)))
    assert str(store.records().contrasts[0].estimate) == digits


# Column by column, everything a record can hold. PostgreSQL keeps no U+0000, and half characters are no text.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.sampled_from(
    [Decimal("0.60"), Decimal("1E+2")]
)
integers = st.integers(-(2**31), 2**31 - 1)
times = st.datetimes(min_value=dt.datetime(1000, 1, 1), timezones=st.just(dt.UTC))
confidences = st.floats(0, 1)
sources = st.builds(
    Source,
    char_start=integers,
    char_end=integers,
    quote=texts,
    page=st.none() | integers,
    section=st.none() | texts,
    table=st.none() | texts,
    row=st.none() | texts,
    column=st.none() | texts,
)
ID = build.document_id("any")
BELONGS = {"document_id": st.just(ID), "study_id": st.just(f"{ID}-s1")}


def maybe(strategy):
    return st.none() | strategy


seen = {
    "outcome": st.sampled_from(Outcome),
    "outcome_text": texts,
    "measure": st.sampled_from(Measure),
    "source": sources,
    "timepoint_months": maybe(numbers),
    "ci_low": maybe(numbers),
    "ci_high": maybe(numbers),
    "ci_level": maybe(numbers),
    "subgroup": maybe(texts),
    "derivation": texts.filter(bool),
    "confidence": maybe(confidences),
    "status": st.sampled_from(RowStatus),
    "reviewer": maybe(texts),
    "reviewed_at": maybe(times),
    **BELONGS,
}
any_records = st.builds(
    Records,
    documents=st.tuples(
        st.builds(
            DocumentRecord,
            document_id=st.just(ID),
            source=st.just("papers/any.pdf"),
            format=st.just("pdf"),
        )
    ),
    studies=st.tuples(
        st.builds(
            Study,
            label=texts,
            acronym=maybe(texts),
            registry_ids=st.lists(texts, max_size=3).map(tuple),
            first_author=maybe(texts),
            year=maybe(integers),
            report=st.sampled_from(Report),
            design=maybe(st.sampled_from(Design)),
            phase=maybe(texts),
            population=maybe(texts),
            n_total=maybe(integers),
            followup_median_months=maybe(numbers),
            **BELONGS,
        )
    ),
    arms=st.tuples(
        st.builds(
            Arm,
            arm_id=st.just(f"{ID}-a1"),
            label=texts,
            role=st.sampled_from(Role),
            treatment=st.lists(texts, max_size=3).map(tuple),
            n=maybe(integers),
            **BELONGS,
        )
    ),
    arm_results=st.tuples(
        st.builds(
            ArmResult,
            result_id=st.just(f"{ID}-r1"),
            arm_id=maybe(st.just(f"{ID}-a1")),
            arm=texts,
            value=maybe(numbers),
            not_reached=st.booleans(),
            sd=maybe(numbers),
            events=maybe(integers),
            total=maybe(integers),
            **seen,
        )
    ),
    contrasts=st.tuples(
        st.builds(
            Contrast,
            result_id=st.just(f"{ID}-r2"),
            arm_id=maybe(st.just(f"{ID}-a1")),
            comparator_arm_id=maybe(st.just(f"{ID}-a1")),
            arm=texts,
            comparator=texts,
            estimate=maybe(numbers),
            p_value=maybe(numbers),
            p_operator=maybe(st.sampled_from(["=", "<", ">", "<=", ">="])),
            adjustment=maybe(st.sampled_from(Adjustment)),
            **seen,
        )
    ),
    flags=st.tuples(
        st.builds(
            Flag,
            flag_id=st.just(f"{ID}-f1"),
            document_id=st.just(ID),
            study_id=maybe(st.just(f"{ID}-s1")),
            result_ids=st.lists(texts, max_size=3).map(tuple),
            check=texts,
            severity=st.sampled_from(Severity),
            message=texts,
        )
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_records)
def test_every_column_of_every_table_comes_back(tmp_path_factory, any_records):
    url = f"sqlite:///{tmp_path_factory.mktemp('any') / 'evidence.db'}"
    with open_store(url) as store:
        document = build.document("any")
        store.add(document, any_records)
        back = store.records()
    study_id = back.studies[0].study_id
    flag = any_records.flags[0]
    expected = as_extracted(any_records, study_id)
    if flag.study_id is None:
        expected = replace(expected, flags=(flag,))
    expected = replace(expected, documents=(document.record(),))
    assert [[tables.to_values(row) for row in tables.records_of(back, name)] for name in tables.TABLES] == [
        [tables.to_values(row) for row in tables.records_of(expected, name)] for name in tables.TABLES
    ]
    assert [str(row.estimate) for row in back.contrasts] == [str(row.estimate) for row in any_records.contrasts]


def test_rows_come_back_in_the_order_of_the_extraction(store):
    rows = build.records()
    many = tuple(replace(rows.contrasts[0], result_id=f"{build.document_id('trial')}-r{n}") for n in range(2, 14))
    store.add(build.document(), replace(rows, contrasts=many))
    assert [row.result_id for row in store.records().contrasts] == [row.result_id for row in many]


def test_the_text_that_quotes_refer_to_is_kept(store):
    store.add(build.document(), build.records())
    text = store.text(build.document_id("trial"))
    source = store.records().contrasts[0].source
    assert text[source.char_start : source.char_end] == source.quote == "hazard ratio 0.60 (95% CI, 0.40 to 0.90)"


def test_the_same_bytes_again_change_nothing(store, url):
    store.add(build.document(), build.records())
    before, counts = store.snapshot_id(), row_counts(url)
    assert store.add(build.document(), build.records()) is False
    assert store.add(replace(build.document(), source="copy.pdf"), Records()) is False
    assert (store.snapshot_id(), row_counts(url)) == (before, counts)
    assert store.records().documents[0].source == "papers/trial.pdf"


def failed(name: str) -> DocumentRecord:
    return DocumentRecord(
        document_id=build.document_id(name),
        source=f"papers/{name}.pdf",
        format="pdf",
        status=DocumentStatus.FAILED,
        status_reason="needs a password",
    )


def test_a_document_that_could_not_be_read_is_listed_with_the_reason(store):
    assert store.add_failed(failed("locked")) is True
    assert store.add_failed(failed("locked")) is False
    assert store.records().documents == (failed("locked"),)
    assert store.has(build.document_id("locked")) is False
    assert store.text(build.document_id("locked")) == ""


def test_a_document_that_failed_before_is_replaced_when_it_can_be_read(store):
    store.add_failed(failed("trial"))
    assert store.add(build.document(), build.records()) is True
    assert store.records() == as_extracted(build.records(), "nct00000001")
    assert store.has(build.document_id("trial")) is True


def test_a_document_that_was_read_is_not_replaced_by_a_failure(store):
    store.add(build.document(), build.records())
    assert store.add_failed(failed("trial")) is False
    assert store.status(build.document_id("trial")) is DocumentStatus.OK


def test_a_document_read_in_part_is_replaced_by_a_full_reading(store):
    store.add(build.document(status=DocumentStatus.PARTIAL), Records())
    assert store.add(build.document(status=DocumentStatus.PARTIAL), build.records()) is False
    assert store.add(build.document(), build.records()) is True
    assert len(store.records().contrasts) == 1


def test_a_fuller_reading_does_not_discard_what_people_decided(store):
    store.add(build.document(status=DocumentStatus.PARTIAL), build.records())
    store.decide(build.hazard_ratio(), "accept", by="Ada")
    with pytest.raises(StoreError, match=r"papers/trial.pdf .* people have decided"):
        store.add(build.document(), build.records())
    assert store.records().contrasts[0].status is RowStatus.ACCEPTED


def test_rows_that_contradict_their_keys_leave_nothing_of_the_document(store, url):
    rows = build.records()
    # The last table to be written is the one that breaks, so everything before it has to be undone.
    broken = replace(rows, flags=(rows.flags[0], rows.flags[0]))
    with pytest.raises(Exception, match=r"(?i)unique"):
        store.add(build.document(), broken)
    assert set(row_counts(url).values()) == {0}
    assert store.add(build.document(), rows) is True


@pytest.mark.parametrize(
    "broken",
    [
        lambda rows: replace(rows, arms=()),
        lambda rows: replace(rows, studies=()),
        lambda rows: replace(rows, contrasts=(replace(rows.contrasts[0], comparator_arm_id="nobody"),)),
    ],
    ids=["no arms", "no study", "unknown comparator"],
)
def test_a_row_of_an_arm_or_study_that_is_not_there_is_refused(store, url, broken):
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        store.add(build.document(), broken(build.records()))
    assert set(row_counts(url).values()) == {0}


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (lambda rows: replace(rows, contrasts=rows.contrasts * 2), "have to be different"),
        (
            lambda rows: replace(
                rows, contrasts=(replace(rows.contrasts[0], result_id=rows.arm_results[0].result_id),)
            ),
            "have to be different",
        ),
        (lambda rows: replace(rows, contrasts=(replace(rows.contrasts[0], result_id="r2"),)), "begin with"),
        (lambda rows: build.records("other"), "rows of"),
    ],
    ids=["twice in a table", "in two tables", "not of the document", "of another document"],
)
def test_result_ids_have_to_be_the_documents_own(store, broken, reason):
    with pytest.raises(ValueError, match=reason):
        store.add(build.document(), broken(build.records()))


def test_a_value_that_is_no_printed_number_is_refused(store, url):
    rows = build.records()
    with pytest.raises(Exception, match="NaN is not a number"):
        store.add(build.document(), replace(rows, contrasts=(replace(rows.contrasts[0], estimate=Decimal("NaN")),)))
    assert set(row_counts(url).values()) == {0}


def python(code: str, *arguments: str) -> subprocess.Popen:
    """A process of its own that runs this code, with the builders of the tests at hand."""
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen) -> str:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out


def test_a_process_killed_while_writing_leaves_nothing(store, url):
    process = python(
        """
        import sys, time
        import build
        from sqlalchemy import event
        from evidence.store import open_store
        store = open_store(sys.argv[1])
        def halt(connection, cursor, statement, *rest):
            if statement.startswith("INSERT INTO flags"):
                print("written", flush=True)
                time.sleep(60)
        event.listen(store._database._engine, "after_cursor_execute", halt)
        store.add(build.document(), build.records())
        """,
        url,
    )
    assert process.stdout.readline() == "written\n"
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    assert set(row_counts(url).values()) == {0}
    assert store.add(build.document(), build.records()) is True


def test_processes_that_ingest_at_the_same_time_lose_nothing(url):
    workers = [
        python(
            """
            import sys
            import build
            from evidence.store import open_store
            with open_store(sys.argv[1]) as store:
                for number in range(15):
                    mine, common = f"{sys.argv[2]}{number}", f"both{number}"
                    assert store.add(build.document(mine), build.records(mine))
                    store.add(build.document(common), build.records(common))
            """,
            url,
            name,
        )
        for name in ("a", "b")
    ]
    for worker in workers:
        finish(worker)
    with open_store(url) as store:
        known = store.records()
    names = {f"{who}{number}" for who in ("a", "b", "both") for number in range(15)}
    assert {record.document_id for record in known.documents} == {build.document_id(name) for name in names}
    assert {row.result_id for row in known.contrasts} == {build.hazard_ratio(name) for name in names}


def test_a_reader_is_not_kept_waiting_by_a_writer(store, url):
    with open_store(url) as other, other._database.writing():
        assert store.records() == Records()


def test_a_run_says_with_which_version_and_options_rows_were_made(store):
    run_id = store.start_run("9.8.7", {"ocr": True, "path": Path("papers")})
    store.add(build.document(), build.records(), run_id=run_id)
    trace = store.trace(build.hazard_ratio())
    assert (trace.run.version, trace.run.options) == ("9.8.7", {"ocr": True, "path": "papers"})
    assert abs(trace.run.started_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    assert trace.extractor_version == "9.8.7"
    assert trace.document.source == "papers/trial.pdf"
    assert trace.current == trace.extracted == store.records().contrasts[0]
    assert trace.events == ()


def test_the_extractor_may_have_a_version_of_its_own(store):
    store.add(build.document(), build.records(), extractor_version="rules-2")
    assert store.trace(build.remission()).extractor_version == "rules-2"


def test_documents_added_without_a_run_share_one(store, url):
    for name in ("one", "two"):
        store.add(build.document(name), build.records(name))
    assert row_counts(url)["runs"] == 1


def test_an_unknown_run_is_refused(store):
    with pytest.raises(NotFound, match="no run 7"):
        store.add(build.document(), build.records(), run_id=7)


def test_records_can_be_limited_to_a_document_or_a_study(store):
    for name, number in (("paper", "NCT1"), ("follow-up", "NCT1"), ("other", "NCT2")):
        store.add(build.document(name), build.records(name, registry_ids=(number,)))
    one = store.records(document_id=build.document_id("paper"))
    assert {row.document_id for name in tables.TABLES for row in tables.records_of(one, name)} == {
        build.document_id("paper")
    }
    study = store.records(study_id="nct1")
    assert {record.source for record in study.documents} == {"papers/paper.pdf", "papers/follow-up.pdf"}
    assert len(study.studies) == len(study.contrasts) == len(study.flags) == 2
    both = store.records(study_id="nct1", document_id=build.document_id("other"))
    assert both == Records()


def test_a_doubt_about_the_whole_document_is_shown_with_each_of_its_studies(store):
    rows = build.records()
    store.add(build.document(), replace(rows, flags=(replace(rows.flags[0], study_id=None),)))
    assert len(store.records(study_id="nct00000001").flags) == 1


def test_a_study_is_told_from_others_of_its_document(store):
    rows = build.records(registry_ids=("NCT1",))
    second = build.study(number=2, registry_ids=("NCT2",), label="Other")
    moved = replace(rows.arm_results[0], study_id=second.study_id, arm_id=None)
    store.add(build.document(), replace(rows, studies=(*rows.studies, second), arm_results=(moved,)))
    of_second = store.records(study_id="nct2")
    assert of_second.flags == ()
    assert (len(of_second.studies), len(of_second.arm_results)) == (1, 1)
    assert of_second.contrasts == of_second.arms == ()


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (lambda store: store.records(study_id="nct0000001"), "did you mean nct00000001"),
        (lambda store: store.records(document_id=build.document_id("trial")[:-1]), build.document_id("trial")),
        (lambda store: store.text("x"), "no document 'x'"),
        (lambda store: store.trace(build.document_id("trial") + "-r22"), build.hazard_ratio()),
        (lambda store: store.decide(build.document_id("trial") + "r2", "accept", by="Ada"), build.hazard_ratio()),
        (lambda store: store.trace("zzz"), "`evidence list`"),
    ],
)
def test_asking_for_what_is_not_there_names_what_looks_alike(store, ask, answer):
    store.add(build.document(), build.records())
    with pytest.raises(NotFound) as fault:
        ask(store)
    assert answer in str(fault.value)


def test_the_snapshot_id_changes_with_the_content_and_not_with_the_way_there(url, tmp_path):
    def fill(where: str, names: list[str], folder: str = "papers") -> str:
        with open_store(where) as store:
            for name in names:
                store.add(replace(build.document(name), source=f"{folder}/{name}.pdf"), build.records(name))
            return store.snapshot_id()

    ids = [
        fill(f"sqlite:///{tmp_path / 'one.db'}", ["a", "b"]),
        fill(f"sqlite:///{tmp_path / 'two.db'}", ["b", "a"], folder="elsewhere"),
        fill(f"sqlite:///{tmp_path / 'three.db'}", ["a"]),
    ]
    assert ids[0] == ids[1] != ids[2]
    with open_store(f"sqlite:///{tmp_path / 'one.db'}") as store:
        store.decide(build.hazard_ratio("a"), "accept", by="Ada")
        decided = store.snapshot_id()
        assert decided != ids[0] and decided == store.snapshot_id()


def test_every_evidence_column_is_a_column_of_the_database(store, url):
    engine = create_engine(url)
    for name, columns in tables.TABLES.items():
        have = {column["name"] for column in inspect(engine).get_columns(name)}
        assert {column.name for column in columns} <= have
    engine.dispose()
