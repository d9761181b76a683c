"""A workbook that was exported, changed by a person in a spreadsheet program, and comes back."""

import shutil
import subprocess
import zipfile
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.corrections import take_workbook
from evidence.errors import ReadError, StoreError, UnknownFormat
from evidence.model.records import Records
from evidence.model.sheets import same_value
from evidence.model.tables import CORRECTABLE, TABLES, to_row
from evidence.pipeline import checked_records, ingest
from evidence.present.workbook import write_xlsx
from evidence.read.workbook import read_workbook
from evidence.store import open_store
from tests.cli.papers import ALPHA, BETA, paper

BY = "A. Reviewer"


@pytest.fixture
def store(either):
    with open_store(either) as opened:
        for trial in (ALPHA, BETA):
            opened.add(*paper(trial))
        yield opened


@pytest.fixture
def exported(store, tmp_path):
    return write_xlsx(store.records(), tmp_path / "review.xlsx", decisions=store.decisions())


def ids(store, label="alpha"):
    """Result ids of the remission and of the hazard ratio of a trial."""
    rows = [row for row in store.records().results() if row.study_id == study(store, label)]
    return rows[0].result_id, next(row.result_id for row in rows if row.measure == "HR")


def study(store, label="alpha"):
    return next(row.study_id for row in store.records().studies if row.label == label.upper())


def row_of(store, result_id):
    return next((row for row in store.records().results() if row.result_id == result_id), None)


class Book:
    """The workbook in the hands of a person."""

    def __init__(self, path):
        self.path, self.file = path, openpyxl.load_workbook(path)

    def cell(self, result_id, column, sheet="Contrasts"):
        names = [cell.value for cell in self.file[sheet][1]]
        line = next(row for row in self.file[sheet].iter_rows() if row[names.index("result_id")].value == result_id)
        return line[names.index(column)]

    def put(self, result_id, sheet="Contrasts", **values):
        for column, value in values.items():
            self.cell(result_id, column, sheet).value = value
        return self

    def add(self, sheet="Contrasts", **values):
        names = [cell.value for cell in self.file[sheet][1]]
        self.file[sheet].append([values.get(name) for name in names])
        return self

    def back(self, store, by=BY):
        self.file.save(self.path)
        return take_workbook(self.path.read_bytes(), "review.xlsx", store, by=by)


def test_a_workbook_as_exported_changes_nothing(store, exported):
    before = store.snapshot_id()
    report = Book(exported).back(store)
    assert (report.status, report.problems, report.remark) == ("unchanged", (), None)
    assert store.snapshot_id() == before


def test_status_and_values_become_decisions_of_the_reviewer_with_the_reason(store, exported):
    remission, hazard = ids(store)
    _, other = ids(store, "beta")
    book = Book(exported).put(remission, sheet="Arm results", status="accepted")
    book.put(hazard, estimate=0.65, reason="misread digit", reviewer="B. Second").put(other, status="Rejected")
    report = book.back(store)
    assert (report.status, report.decisions, report.problems) == (
        "decided",
        {"accepted": 1, "corrected": 1, "rejected": 1},
        (),
    )
    assert (row_of(store, remission).status, row_of(store, remission).reviewer) == ("accepted", BY)
    corrected = row_of(store, hazard)
    assert (corrected.estimate, corrected.status, corrected.reviewer) == (Decimal("0.65"), "corrected", "B. Second")
    assert store.trace(hazard).events[0].reason == "misread digit"
    assert row_of(store, other).status == "rejected"


def test_the_same_workbook_again_changes_nothing(store, exported):
    remission, hazard = ids(store)
    book = Book(exported).put(hazard, estimate=0.7, status="accepted").put(remission, "Arm results", status="rejected")
    book.put(ids(store, "beta")[1], ci_low=0.4, status="rejected")
    book.add(**new_row(store))
    assert book.back(store).status == "decided"
    before = store.snapshot_id()
    again = book.back(store)
    assert (again.status, again.problems) == ("unchanged", ()) and store.snapshot_id() == before


def new_row(store, **more):
    values = {
        "document_id": paper(ALPHA)[0].document_id, "study_id": study(store), "arm": "alphatinib",
        "comparator": "chemotherapy", "outcome": "EFS", "measure": "HR", "estimate": 0.6,
        "quote": "The hazard ratio for death",
    }  # fmt: skip
    return values | more


def test_a_row_typed_in_is_entered_once(store, exported):
    book = Book(exported).add(**new_row(store, reason="in the text"))
    assert book.back(store).decisions == {"entered": 1}
    (row,) = (row for row in store.records().contrasts if row.status == "entered")
    assert (row.estimate, row.source.quote, row.reviewer) == (Decimal("0.6"), "The hazard ratio for death", BY)
    assert book.back(store).status == "unchanged"


def test_numbers_have_the_decimals_that_the_cell_shows(store, exported):
    _, hazard = ids(store)
    Book(exported).put(hazard, ci_low=0.5).back(store)
    row = row_of(store, hazard)
    assert str(row.ci_low) == "0.50" and str(row.estimate) == "0.60"


def test_a_percentage_of_the_spreadsheet_is_not_taken_for_its_hundredth(store, exported):
    remission, _ = ids(store)
    book = Book(exported).put(remission, "Arm results", value=0.65)
    book.cell(remission, "value", "Arm results").number_format = "0.0%"
    (problem,) = book.back(store).problems
    assert "value is formatted as a percentage, which holds 0.65; write the number without a % sign" in problem


def test_rows_that_follow_from_decisions_are_no_changes(store, tmp_path):
    remission, hazard = ids(store)
    store.decide(remission, "correct", by=BY, values={"events": "20", "value": "50.0"})
    store.decide(hazard, "correct", by=BY, values={"ci_low": "", "ci_high": "", "p_value": "0.01", "p_operator": "="})
    path = write_xlsx(checked_records(store), tmp_path / "later.xlsx", decisions=store.decisions())
    report = Book(path).back(store)
    assert (report.status, report.problems) == ("unchanged", ())


def test_what_a_bibliography_told_of_a_paper_since_is_no_change_of_a_person(store, tmp_path):
    document, records = paper(ALPHA | {"label": "GAMMA"})
    document = replace(document, bibliography=replace(document.bibliography, doi="10.1234/example.7"))
    store.add(document, records)
    path = write_xlsx(store.records(), tmp_path / "review.xlsx")
    told = replace(document.record(), format="ris", document_id="0" * 16, year=2020, journal="Journal of examples")
    ((described,),) = store.describe([told])
    assert described.filled == ("journal", "year")
    assert Book(path).back(store).problems == ()


def test_a_damaged_workbook_is_one_sentence(store, exported, tmp_path):
    with zipfile.ZipFile(exported) as old, zipfile.ZipFile(tmp_path / "damaged.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[:200] if name.startswith("xl/worksheets/sheet") else old.read(name))
    with pytest.raises(ReadError, match="the workbook is broken"):
        take_workbook((tmp_path / "damaged.xlsx").read_bytes(), "damaged.xlsx", store, by=BY)


def test_an_emptied_cell_is_not_reported(store, exported):
    _, hazard = ids(store)
    Book(exported).put(hazard, ci_low=None, ci_high=None).back(store)
    assert row_of(store, hazard).ci_low is None and row_of(store, hazard).ci_high is None


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("ci_low", "NR", "Contrasts!{at}: ci_low should be a number such as 0.60, not 'NR'."),
        ("ci_low", "0,40", "Contrasts!{at}: ci_low should be a number such as 0.60, not '0,40'."),
        ("p_value", 1.2, "Contrasts!{at}: p_value should be from 0 to 1, not 1.2."),
        ("ci_low", "=0.1+0.2", "Contrasts!{at}: ci_low is a formula (=0.1+0.2); write its value."),
        ("outcome", "SURVIVAL", "Contrasts!{at}: 'SURVIVAL' is no outcome of contrasts"),
        ("comparator", None, "Contrasts!{at}: 'comparator' of"),
        ("quote", "other words", "Contrasts!{at}: quote is not for a person to change; the store keeps its value."),
        ("confidence", 1, "Contrasts!{at}: confidence is not for a person to change; the store keeps its value."),
        ("status", "maybe", "Contrasts!{at}: status maybe is no decision here: write accepted or rejected."),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named_with_its_cell_and_the_rest_is_taken(store, exported, column, value, message):
    _, hazard = ids(store)
    book = Book(exported).put(hazard, **{column: value})
    if column != "status":
        book.put(hazard, estimate=0.61)
    book.put(ids(store, "beta")[1], status="accepted")
    report = book.back(store)
    (problem,) = report.problems
    assert problem.startswith(message.format(at=book.cell(hazard, column).coordinate))
    assert report.decisions["accepted"] == 1 and report.decisions.get("corrected", 0) == (column != "status")
    assert book.back(store).problems == report.problems


def test_a_table_that_nobody_may_change_is_named_too(store, exported):
    book = Book(exported)
    cell = next(cell for row in book.file["Arms"].iter_rows() for cell in row if cell.value == 40)
    cell.value = 41
    assert book.back(store).problems == (
        f"Arms!{cell.coordinate}: n is not for a person to change; the store keeps its value.",
    )


def test_what_somebody_else_decided_since_is_told_and_kept(store, exported):
    _, hazard = ids(store)
    store.decide(hazard, "correct", by="B. Second", values={"estimate": "0.62"})
    report = Book(exported).put(hazard, estimate=0.65).back(store)
    (problem,) = report.problems
    assert "B. Second decided about" in problem and "estimate is 0.62 there and 0.65 here" in problem
    assert str(row_of(store, hazard).estimate) == "0.62" and report.status == "unchanged"


def test_the_same_decision_of_two_people_is_no_conflict(store, exported):
    _, hazard = ids(store)
    store.decide(hazard, "correct", by="B. Second", values={"estimate": "0.65"})
    assert Book(exported).put(hazard, estimate=0.65).back(store).problems == ()


def test_deleting_a_row_is_not_rejecting_it(store, exported):
    book = Book(exported)
    book.file["Contrasts"].delete_rows(2)
    report = book.back(store)
    assert report.status == "unchanged" and report.problems == ()
    assert report.remark.startswith("1 exported row is no longer in the workbook. Deleting is not rejecting")
    assert {row.status for row in store.records().results()} == {"extracted"}


def test_a_row_copied_with_its_id_is_named_and_not_taken(store, exported):
    book = Book(exported)
    sheet = book.file["Contrasts"]
    sheet.append([cell.value for cell in sheet[2]])
    sheet.cell(sheet.max_row, [cell.value for cell in sheet[1]].index("estimate") + 1).value = 0.9
    report = book.back(store)
    assert "stands there more than once" in report.problems[0] and report.status == "unchanged"


def test_without_a_name_nothing_is_stored(store, exported):
    _, hazard = ids(store)
    with pytest.raises(StoreError, match=r"1 changed row without the name of who decided\. Give --by NAME"):
        Book(exported).put(hazard, status="accepted").back(store, by=None)
    assert store.decisions() == ()


def test_a_rejected_row_is_not_brought_back_by_a_changed_number_alone(store, tmp_path):
    _, hazard = ids(store)
    store.decide(hazard, "reject", by=BY)
    path = write_xlsx(store.records(), tmp_path / "later.xlsx")
    report = Book(path).put(hazard, estimate=0.65).back(store)
    assert "the row is rejected" in report.problems[0] and row_of(store, hazard).status == "rejected"


def test_merging_studies_since_the_export_is_no_change_of_a_person(store, exported):
    store.merge([study(store), study(store, "beta")], by=BY)
    assert Book(exported).back(store).problems == ()


def test_a_workbook_of_another_kind_is_refused(store, tmp_path):
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(UnknownFormat, match="was not exported by"):
        take_workbook((tmp_path / "other.xlsx").read_bytes(), "other.xlsx", store, by=BY)


def test_ingest_takes_a_workbook_that_is_named_and_none_that_lies_in_a_folder(store, exported, tmp_path):
    _, hazard = ids(store)
    Book(exported).put(hazard, status="accepted").file.save(tmp_path / "x.xlsx")
    book = Book(exported).put(hazard, status="accepted")
    book.file.save(exported)
    folder = tmp_path / "papers"
    folder.mkdir()
    shutil.copy(exported, folder)
    assert not ingest([folder], store, by=BY).complete
    assert row_of(store, hazard).status == "extracted"
    report = ingest([exported], store, by=BY)
    assert report.complete and report.files[0].decisions == {"accepted": 1}
    assert row_of(store, hazard).status == "accepted"


@pytest.mark.program
def test_a_workbook_saved_by_libreoffice_comes_back(store, exported, tmp_path):
    _, hazard = ids(store)

    def saved():
        soffice = ["soffice", f"-env:UserInstallation=file://{tmp_path / 'profile'}", "--headless"]
        command = [*soffice, "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved"), str(exported)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return (tmp_path / "saved" / exported.name).read_bytes()

    before = store.snapshot_id()
    report = take_workbook(saved(), "review.xlsx", store, by=BY)
    assert (report.status, report.problems, store.snapshot_id()) == ("unchanged", (), before)
    book = Book(exported).put(hazard, estimate=0.7, reason="=typed from the table")
    book.file.save(exported)
    assert take_workbook(saved(), "review.xlsx", store, by=BY).problems == ()
    assert str(row_of(store, hazard).estimate) == "0.70"


#: Everything a document may hold; a lone surrogate is no text.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=12))
def test_any_text_in_any_cell_comes_back_as_it_was(tmp_path_factory, texts):
    """Also what looks like a formula, a number, a date or an escape of Excel; whatever it holds, nothing is an edit."""
    one = paper(ALPHA)[1].contrasts[0]
    rows = [
        replace(
            one,
            result_id=f"r{at}",
            outcome_text=a,
            subgroup=b or None,
            arm=c,
            source=replace(one.source, quote=a * 99),
        )
        for at, (a, b, c) in enumerate(texts)
    ]
    path = write_xlsx(Records(contrasts=tuple(rows)), tmp_path_factory.mktemp("any") / "review.xlsx")
    for saved_again in (False, True):
        if saved_again:
            openpyxl.load_workbook(path).save(path)
        book = read_workbook(path.read_bytes(), "review.xlsx")
        for row, cells in zip(rows, book.rows["contrasts"], strict=True):
            for column in TABLES["contrasts"]:
                assert same_value(cells[column.name], to_row(row)[column.name], column.kind)
                if column.name in CORRECTABLE["contrasts"]:
                    assert same_value(cells[column.name], book.exported[row.result_id][column.name], column.kind)


def test_nothing_stored_is_an_empty_workbook_that_comes_back(tmp_path):
    path = write_xlsx(Records(), tmp_path / "empty.xlsx")
    with open_store(f"sqlite:///{tmp_path / 'evidence.db'}") as store:
        assert Book(path).back(store).status == "unchanged"
