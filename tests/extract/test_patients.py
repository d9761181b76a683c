"""Tables of single patients, in the layouts papers print, to the rows of the table patients."""

import pytest

from evidence.extract import extract
from evidence.model.records import Records
from evidence.read import read

ONE_ARM = "<p>We treated 4 patients with sorafenib maintenance in a single-arm study.</p>"
DEATH_COUNTS = "<p>Relapse-free survival was defined as the time from remission to relapse or death from any cause.</p>"
RELAPSE_ALONE = "<p>Relapse-free survival was measured from remission to relapse or last contact.</p>"


def html(rows: str, *, caption: str = "Table 1. Outcome of single patients", notes: str = "", text: str = "") -> bytes:
    """An article with one table; a line is a row, its cells are parted by |, `=words` is one cell over all columns."""
    lines = [line.strip().split("|") for line in rows.strip().splitlines()]
    width = max(map(len, lines))
    body = ""
    for at, line in enumerate(lines):
        tag = "td" if at else "th"
        if line[0].startswith("="):
            body += f'<tr><td colspan="{width}">{line[0][1:]}</td></tr>'
        else:
            body += "<tr>" + "".join(f"<{tag}>{cell.strip()}</{tag}>" for cell in line) + "</tr>"
    page = f"<h1>Maintenance after transplantation</h1><h2>Methods</h2>{ONE_ARM}{text}<h2>Results</h2>"
    foot = f"<div class='footnotes'><p>{notes}</p></div>"
    return f"<html><body>{page}<table><caption>{caption}</caption>{body}</table>{foot}</body></html>".encode()


def told(records: Records, *outcomes: str) -> list[tuple[object, ...]]:
    """(patient, outcome, months, event) of each row."""
    return [
        (row.patient, row.outcome.value, None if row.time_months is None else float(row.time_months), row.event)
        for row in records.patients
        if not outcomes or row.outcome in outcomes
    ]


def of(rows: str, **more: str) -> Records:
    return extract(read(html(rows, **more), name="article.html"))


def test_times_and_statuses_are_read_with_their_words_and_place():
    document = read(html("Patient|OS (months)|Status\n1|12|Dead\n2|30.5|Alive\n3|7|Lost to follow-up"), name="a.html")
    records = extract(document)
    assert told(records) == [("1", "OS", 12, True), ("2", "OS", 30.5, False), ("3", "OS", 7, False)]
    second = records.patients[1]
    assert (second.event_text, second.outcome_text) == ("Alive", "OS (months)")
    assert (second.source.table, second.source.row, second.source.column) == ("Table 1", "2", "OS (months)")
    assert all(
        document.text[row.source.char_start : row.source.char_end] == row.source.quote for row in records.patients
    )
    assert [row.source.quote for row in records.patients] == ["12", "30.5", "7"]


def test_single_patients_are_no_numbers_of_their_arm():
    assert not of("Patient|OS (months)|Status\n1|12|Dead\n2|30|Alive\n3|7|Dead").arm_results


def test_patients_without_an_event_word_have_no_event():
    found = of("Patient|OS (months)|Status\n1|12|Dead\n2|30|Alive\n3|7|transferred")
    assert told(found) == [("1", "OS", 12, True), ("2", "OS", 30, False), ("3", "OS", 7, None)]


@pytest.mark.parametrize(
    ("head", "cells", "months"),
    [
        ("Overall survival, days", ("365", "730", "73"), (12, 24, 2.4)),
        ("Survival (weeks)", ("52", "104", "26"), (11.97, 23.93, 5.98)),
        ("OS (yrs)", ("1", "2.5", "3"), (12, 30, 36)),
        ("Survival (m)", ("1", "2", "3"), (1, 2, 3)),
        ("Overall survival", ("12 mo", "24 mo", "5 mo"), (12, 24, 5)),
    ],
)
def test_times_are_brought_to_months(head, cells, months):
    found = of("\n".join([f"Pt no.|{head}|Outcome", *(f"{n}|{cell}|died" for n, cell in enumerate(cells, 1))]))
    assert tuple(row[2] for row in told(found)) == months


def test_a_time_without_a_unit_is_no_time():
    assert not told(of("Patient|Overall survival|Status\n1|12|Dead\n2|30|Alive\n3|7|Dead"), "OS")


@pytest.mark.parametrize(
    ("text", "died_in_remission"),
    [
        (DEATH_COUNTS, True),
        (RELAPSE_ALONE, False),
        (
            "<p>Relapse-free survival (RFS) from the first dose, and any relapse ended it.</p>",
            False,
        ),
        ("<p>Relapse-free survival was measured from the first dose.</p>", None),
        (DEATH_COUNTS + RELAPSE_ALONE, None),
        ("", None),
    ],
    ids=["death counts", "relapse alone", "in other words", "beginning alone", "two definitions", "none"],
)
def test_a_death_in_remission_ends_it_only_where_the_definition_says_so(text, died_in_remission):
    rows = (
        "No.|RFS (months)|OS (months)|Status|Outcome\n1|12|20|relapse|Death\n2|30|30|CR|Alive\n"
        "3|7|7|CR|Death\n4|9|40|no relapse|Alive"
    )
    assert told(of(rows, text=text), "RFS") == [
        ("1", "RFS", 12, True),
        ("2", "RFS", 30, False),
        ("3", "RFS", 7, died_in_remission),
        ("4", "RFS", 9, False),
    ]


def test_a_remission_no_longer_followed_did_not_end_with_the_later_death():
    rows = "No.|RFS (months)|OS (months)|Status|Outcome\n1|12|20|CR|Death\n2|30|30|CR|Alive\n3|7|7|relapse|Alive"
    assert told(of(rows, text=DEATH_COUNTS), "RFS")[0] == ("1", "RFS", 12, None)


def test_the_mark_of_who_is_still_followed_says_who_had_the_event():
    rows = "UPN|PFS (months)\n101|24+\n102|5.5\n103|18+\n107|11"
    assert told(of(rows)) == [
        ("101", "PFS", 24, False),
        ("102", "PFS", 5.5, True),
        ("103", "PFS", 18, False),
        ("107", "PFS", 11, True),
    ]


def test_without_such_a_mark_nobody_knows():
    assert [row[3] for row in told(of("UPN|PFS (months)\n101|24\n102|5.5\n103|18"))] == [None, None, None]


@pytest.mark.parametrize(
    ("head", "cells", "notes"),
    [
        ("Status", ("D", "A", "D"), "A, alive; D, dead; CR, complete remission."),
        ("Status (0 = alive, 1 = dead)", ("1", "0", "1"), ""),
        ("Alive/dead (A/D)", ("D", "A", "D"), ""),
        ("Death", ("yes", "no", "yes"), ""),
        ("Alive", ("No", "Yes", "No"), ""),
        ("Status at last follow-up", ("dead of disease", "alive, NED", "died in CR of infection"), ""),
        ("Outcome", ("DOD", "AWD", "DOC"), ""),
        ("Final status", ("NRM", "CR", "died of GVHD"), ""),
        ("Last contact", ("dead", "alive", "died"), ""),
    ],
)
def test_statuses_are_read_in_words_signs_and_answers(head, cells, notes):
    rows = "\n".join([f"Case|OS (months)|{head}", *(f"{n}|{10 * n}|{cell}" for n, cell in enumerate(cells, 1))])
    assert [row[3] for row in told(of(rows, notes=notes), "OS")] == [True, False, True]


def test_a_sign_that_nothing_explains_is_not_guessed():
    assert [row[3] for row in told(of("Case|OS (months)|Status\n1|10|X\n2|20|Y\n3|30|X"), "OS")] == [None] * 3


@pytest.mark.parametrize(
    "head", ["Disease status at transplant", "Prior response", "Status before treatment", "CR1 (m)"]
)
def test_what_was_so_before_treatment_is_no_outcome(head):
    found = of(f"Patient|{head}|OS (months)|Outcome\n1|CR|10|dead\n2|relapse|20|alive\n3|CR|30|alive")
    assert told(found) == [("1", "OS", 10, True), ("2", "OS", 20, False), ("3", "OS", 30, False)]


def test_a_cause_of_death_says_that_the_patient_died_and_nothing_of_who_has_none():
    found = of("Patient|Survival (days)|Cause of death\n1|73|infection\n2|365|-\n3|146|relapse\n4|219|GVHD")
    assert [row[3] for row in told(found, "OS")] == [True, None, True, True]


def test_best_responses_have_the_code_of_what_was_reached():
    found = of("Patient|Age|Best response\n1|34|CR\n2|70|CRi\n3|51|PR\n4|66|NR\n5|40|not evaluable")
    assert told(found) == [
        ("1", "CR", None, True),
        ("2", "CRi", None, True),
        ("3", "PR", None, True),
        ("4", "ORR", None, False),
    ]


def test_follow_up_is_a_survival_time_where_the_table_says_who_died():
    dead = "Patient|Follow-up (months)|Status\n1|12|dead\n2|30|alive\n3|7|alive"
    assert told(of(dead)) == [("1", "OS", 12, True), ("2", "OS", 30, False), ("3", "OS", 7, False)]
    assert told(of("Patient|Follow-up (months)\n1|12\n2|30\n3|7"))[0] == ("1", "OTHER", 12, None)


def test_time_to_relapse_is_not_the_time_from_relapse_to_treatment():
    rows = (
        "Patient|Time from relapse to treatment (days)|Time to relapse (months)|Relapse\n"
        "1|20|12|yes\n2|31|30|no\n3|15|7|yes"
    )
    assert told(of(rows)) == [("1", "RELAPSE", 12, True), ("2", "RELAPSE", 30, False), ("3", "RELAPSE", 7, True)]


def test_patients_may_stand_in_columns():
    rows = "Characteristic|Patient 1|Patient 2|Patient 3\nAge|30|41|52\nOS (months)|12|30+|7\nStatus|dead|alive|dead"
    assert told(of(rows)) == [
        ("Patient 1", "OS", 12, True),
        ("Patient 2", "OS", 30, False),
        ("Patient 3", "OS", 7, True),
    ]


def test_a_cell_that_goes_on_in_the_next_row_belongs_to_the_patient_above():
    rows = "No.|Treatment before|OS (months)|Status\n1|DA,|12|dead of\n||| leukemia\n2|FLAG|30|alive\n3|IDA|7|alive"
    found = of(rows)
    assert told(found, "OS") == [("1", "OS", 12, True), ("2", "OS", 30, False), ("3", "OS", 7, False)]
    assert found.patients[0].event_text == "dead of leukemia"


def test_a_patient_with_two_times_in_one_column_has_none():
    rows = "No.|OS (months)|Status\n1|12|dead\n|15|\n2|30|alive\n3|7|alive\n4|8|dead"
    assert [row[0] for row in told(of(rows))] == ["2", "3", "4"]


TWO_ARMS = "<p>We randomly assigned 6 patients to sorafenib (n = 3) or placebo (n = 3).</p>"


@pytest.mark.parametrize(
    "rows",
    [
        "No.|Arm|OS (months)|Status\n1|sorafenib|12|dead\n2|sorafenib|30|alive\n3|placebo|7|dead\n4|placebo|8|dead",
        "No.|OS (months)|Status\n=Sorafenib group|\n1|12|dead\n2|30|alive\n=Placebo group|\n3|7|dead\n4|8|dead",
    ],
    ids=["column", "heading"],
)
def test_the_arm_is_that_of_a_column_or_a_heading(rows):
    page = html(rows, text=TWO_ARMS).replace(ONE_ARM.encode(), b"")
    found = extract(read(page, name="article.html"))
    assert [(row.patient, row.arm) for row in found.patients] == [
        ("1", "sorafenib"),
        ("2", "sorafenib"),
        ("3", "placebo"),
        ("4", "placebo"),
    ]
    assert all(row.arm_id for row in found.patients)


def test_patients_may_be_numbered_anew_in_each_arm():
    rows = "No.|OS (months)|Status\n=Sorafenib group|\n1|12|dead\n2|30|alive\n=Placebo group|\n1|7|dead\n2|8|dead"
    page = html(rows, text=TWO_ARMS).replace(ONE_ARM.encode(), b"")
    found = extract(read(page, name="article.html"))
    assert [(row.patient, row.arm, row.time_months) for row in found.patients] == [
        ("1", "sorafenib", 12),
        ("2", "sorafenib", 30),
        ("1", "placebo", 7),
        ("2", "placebo", 8),
    ]


def test_of_two_arms_neither_is_guessed():
    page = html("No.|OS (months)|Status\n1|12|dead\n2|30|alive\n3|7|dead", text=TWO_ARMS).replace(ONE_ARM.encode(), b"")
    found = extract(read(page, name="article.html"))
    assert {(row.arm, row.arm_id) for row in found.patients} == {("", None)}


@pytest.mark.parametrize(
    "rows",
    [
        "No. of patients|OS (months)|Status\n1|12|dead\n2|30|alive\n3|7|dead",
        "Month|OS (%)|n at risk\n1|90|20\n2|80|18\n3|70|15",
        "Author|Case|OS (months)|Status\nLee|1|12|dead\nKim|2|30|alive\nPark|3|7|dead",
        "Visit|Survival (months)\n1|12\n2|30\n3|7",
        "Group|Patient number|OS (months)|Status\nA|45|12|dead\nB|52|30|alive\nC|61|7|dead",
        "Characteristic|A|B|C\nParticipants|71|66|62\nOS (months)|12|30|7\nDeath|yes|no|yes",
        "Patients|OS (months)|Status\n45|12|dead\n52|30|alive\n61|7|dead",
    ],
    ids=["counts", "months", "literature", "visits", "sizes", "sizes in a row", "sizes as labels"],
)
def test_a_table_of_something_else_lists_no_patients(rows):
    assert not of(rows).patients


def test_a_table_goes_on_without_its_heads_on_the_next_page():
    rows = "No.|OS (months)|Status\n1|12|dead\n2|30|alive\n3|7|dead"
    more = "<table><caption>Table 1. (continued)</caption>" + "".join(
        f"<tr><td>{n}</td><td>{n}</td><td>alive</td></tr>" for n in (4, 5, 6)
    )
    page = html(rows).replace(b"</body>", more.encode() + b"</table></body>")
    assert [row[0] for row in told(extract(read(page, name="article.html")))] == ["1", "2", "3", "4", "5", "6"]


PIPES = """# Methods

We treated 3 patients with sorafenib maintenance in a single-arm study.

# Results

Table 1. Outcome of single patients

| Patient | OS (months) | Status |
|---|---|---|
| 1 | 12 | dead |
| 2 | 30 | alive |
| 3 | 7 | dead |
"""
LINES = """Methods

We treated 3 patients with sorafenib maintenance in a single-arm study.

Results

Table 1. Outcome of single patients
Patient\tOS (months)\tStatus
1\t12\tdead
2\t30\talive
3\t7\tdead
"""


@pytest.mark.parametrize("text", [PIPES, LINES], ids=["pipes", "tabs"])
def test_plain_text_is_read_as_well(text):
    assert told(extract(read(text.encode()))) == [("1", "OS", 12, True), ("2", "OS", 30, False), ("3", "OS", 7, True)]
