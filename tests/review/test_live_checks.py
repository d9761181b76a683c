"""What a correction would do, before it is recorded."""

from dataclasses import replace

import pytest

from evidence.check import check, recheck
from evidence.errors import NotFound
from evidence.live_checks import preview, preview_entry
from evidence.model.codes import RowStatus, Severity
from evidence.model.records import Source
from tests.check.rows import arm_result, contrast, of

TEXT = "Response in 26 of 40 patients (56.0%). The hazard ratio was 0.64 (0.49 to 0.83). Later 0.70 was seen."


def quoted(row, result_id, quote):
    start = TEXT.index(quote)
    source = Source(char_start=start, char_end=start + len(quote), quote=quote)
    return replace(row, result_id=result_id, source=source)


MISPRINT = quoted(arm_result("56.0", 26, 40), "d1-r1", "26 of 40 patients (56.0%)")
RIGHT = quoted(contrast("0.64", "0.49", "0.83"), "d1-c1", "0.64 (0.49 to 0.83)")
READ = check(of(MISPRINT, RIGHT))


def checks(flags):
    return [flag.check for flag in flags]


def test_a_correction_that_resolves_a_doubt_says_so():
    found = preview(READ, TEXT, "d1-r1", {"value": "65.0"})
    assert (checks(found.vanishing), found.arising, found.refused) == (["percent_count_mismatch"], (), ())
    assert found.warnings == ("value 65.0 is not printed anywhere in the document.",)
    assert (found.row.value, found.row.status) == (65, RowStatus.CORRECTED)


@pytest.mark.parametrize(
    ("result_id", "values", "name"),
    [
        ("d1-c1", {"estimate": "0.94"}, "ci_estimate_mismatch"),
        ("d1-r1", {"events": "46", "value": ""}, "events_exceed_total"),
        ("d1-r1", {"value": "156"}, "value_out_of_range"),
    ],
)
def test_a_correction_that_cannot_be_true_is_refused(result_id, values, name):
    found = preview(READ, TEXT, result_id, values)
    assert name in checks(found.refused) and found.refused[0].severity is Severity.ERROR
    assert found.refused[0].message


def test_a_contradiction_that_stays_with_other_numbers_is_refused_too():
    found = preview(READ, TEXT, "d1-r1", {"value": "57.0"})
    assert checks(found.refused) == checks(found.vanishing) == ["percent_count_mismatch"]
    assert "57.0" in found.refused[0].message and "56.0" in found.vanishing[0].message


def test_a_doubt_that_was_there_before_is_not_told_again():
    found = preview(READ, TEXT, "d1-c1", {"ci_high": "0.84"})
    assert (found.arising, found.vanishing) == ((), ())


def test_what_the_preview_says_is_what_the_store_says_afterwards():
    found = preview(READ, TEXT, "d1-c1", {"estimate": "0.94"})
    known = recheck(READ, replace(READ, contrasts=(found.row,)))
    assert set(found.arising) == set(known.flags) - set(READ.flags)


def test_texts_that_are_no_values_are_told_by_column_and_nothing_else_is_looked_at():
    values = {"estimate": "0,64", "p_value": "1.2", "outcome": "LIFE", "arm": "", "arm_id": "a9", "confidence": "1"}
    found = preview(READ, TEXT, "d1-c1", values)
    assert set(found.faults) == set(values)
    assert found.faults["estimate"] == "estimate should be a number such as 0.60, not '0,64'."
    assert "from 0 to 1" in found.faults["p_value"] and "use one of OS" in found.faults["outcome"]
    assert "cannot be empty" in found.faults["arm"] and "no arm 'a9'" in found.faults["arm_id"]
    assert (found.arising, found.warnings, found.row) == ((), (), None)


def test_a_number_is_looked_for_in_the_quote_and_then_in_the_document():
    found = preview(READ, TEXT, "d1-c1", {"estimate": "0.70", "ci_low": "0.49"})
    assert found.warnings == ("estimate 0.70 is not in the quote, but elsewhere in the document.",)
    assert preview(READ, TEXT, "d1-c1", {"subgroup": "women", "ci_low": ""}).warnings == ()


def test_a_row_that_is_not_there_is_named():
    with pytest.raises(NotFound, match="'d1-zz'"):
        preview(READ, TEXT, "d1-zz", {"value": "1"})


def test_a_row_to_be_entered_is_checked_like_a_correction():
    about = {"document_id": "d1", "study_id": "s1", "quote": "0.64 (0.49 to 0.83)"}
    values = {"arm": "A", "comparator": "B", "outcome": "OS", "measure": "HR", "estimate": "0.94"}
    found = preview_entry(READ, TEXT, "contrasts", {**about, **values, "ci_low": "0.49", "ci_high": "0.83"})
    assert checks(found.refused) == ["ci_estimate_mismatch"]
    assert found.warnings == ("estimate 0.94 is not printed anywhere in the document.",)
    assert preview_entry(READ, TEXT, "contrasts", {**about, **values, "estimate": "x"}).faults.keys() == {"estimate"}
    nameless = preview_entry(READ, TEXT, "contrasts", {**about, "outcome": "OS", "measure": "HR", "arm": "A"})
    assert set(nameless.faults) == {"comparator"}
