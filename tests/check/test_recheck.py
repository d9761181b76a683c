"""Flags and computed rows follow what people decide."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from evidence.check import between, check, recheck
from evidence.model.codes import Report, RowStatus, Severity
from evidence.model.records import Flag, Records
from tests.check.rows import arm_result, contrast, of
from tests.check.telling import Telling, together

MISPRINT = replace(arm_result("56.0", 26, 40), result_id="d1-r1")
RIGHT = replace(contrast("0.64", "0.49", "0.83"), result_id="d1-c1")


def decided(row, status: RowStatus, hour: int = 1, **values):
    at = dt.datetime(2026, 1, 1, hour, tzinfo=dt.UTC)
    return replace(row, status=status, reviewer="A. Reviewer", reviewed_at=at, **values)


def doubts(records: Records) -> list[tuple[str, tuple[str, ...]]]:
    return [(flag.check, flag.result_ids) for flag in records.flags]


def test_a_corrected_row_loses_the_doubt_that_no_longer_holds():
    read = check(of(MISPRINT, RIGHT))
    corrected = decided(MISPRINT, RowStatus.CORRECTED, value=Decimal("65.0"))
    assert doubts(read) == [("percent_count_mismatch", ("d1-r1",))]
    assert doubts(recheck(read, replace(read, arm_results=(corrected,)))) == []


def test_a_corrected_or_entered_row_is_checked_anew():
    read = check(of(RIGHT))
    corrected = decided(RIGHT, RowStatus.CORRECTED, ci_high=Decimal("0.38"))
    entered = decided(replace(MISPRINT, result_id="d1-e1"), RowStatus.ENTERED)
    known = recheck(read, replace(read, contrasts=(corrected,), arm_results=(entered,)))
    assert doubts(known) == [("ci_limits_order", ("d1-c1",)), ("percent_count_mismatch", ("d1-e1",))]


def test_the_doubts_of_a_rejected_row_vanish_and_other_rows_keep_theirs_with_the_same_id():
    other = replace(MISPRINT, result_id="d1-r2")
    read = check(of(MISPRINT, other))
    known = recheck(read, replace(read, arm_results=(decided(MISPRINT, RowStatus.REJECTED), other)))
    assert known.flags == read.flags[1:]
    assert check(replace(known, flags=())).flags == known.flags


def test_a_doubt_that_rests_on_more_than_the_rows_stays_until_all_its_rows_are_rejected():
    about = {"flag_id": "f", "document_id": "d1", "study_id": "s1", "severity": Severity.WARNING, "message": "…"}
    elsewhere = Flag(check="read_elsewhere", result_ids=("d1-c1", "d1-r1"), **about)
    about_none = Flag(check="of_the_document", result_ids=(), **about)
    read = replace(check(of(RIGHT, replace(MISPRINT, value=Decimal("65.0")))), flags=(elsewhere, about_none))
    one = replace(read, contrasts=(decided(RIGHT, RowStatus.REJECTED),))
    both = replace(one, arm_results=(decided(MISPRINT, RowStatus.REJECTED),))
    assert recheck(read, one).flags == (elsewhere, about_none)
    assert recheck(read, both).flags == (about_none,)


def test_a_number_computed_from_a_corrected_one_is_computed_anew():
    row = replace(arm_result("65.8", None, 38), result_id="d1-r1")
    read = check(of(row))
    corrected = decided(row, RowStatus.CORRECTED, value=Decimal("50.0"))
    known = recheck(read, replace(read, arm_results=(corrected, read.arm_results[1])))
    assert [(row.events, row.status) for row in known.arm_results] == [(None, "corrected"), (19, "extracted")]
    rejected = decided(row, RowStatus.REJECTED)
    assert recheck(read, replace(read, arm_results=(rejected, read.arm_results[1]))).arm_results == (rejected,)


def test_a_computed_number_stays_accepted_unless_what_it_rests_on_changed_later():
    row = replace(arm_result("65.8", None, 38), result_id="d1-r1")
    read = check(of(row))
    corrected = decided(row, RowStatus.CORRECTED, hour=2, value=Decimal("50.0"))
    for hour, status in ((1, RowStatus.EXTRACTED), (3, RowStatus.ACCEPTED)):
        accepted = decided(read.arm_results[1], RowStatus.ACCEPTED, hour)
        known = recheck(read, replace(read, arm_results=(corrected, accepted)))
        assert (known.arm_results[1].events, known.arm_results[1].status) == (19, status)


def test_documents_are_compared_with_each_other_and_only_where_there_are_several():
    paper, review = (
        Telling("paper").value("sorafenib", "85.0"),
        Telling("review", Report.CITED).value("sorafenib", "75"),
    )
    both = together(paper, review)
    assert doubts(check(both)) == [("conflict_between_documents", ("review-x-1", "paper-x-1"))]
    assert check(both).flags == between(both).flags and check(check(both)) == check(both)
    assert check(together(paper)).flags == ()
    turned = together(review, paper)
    assert between(turned).flags == between(both).flags


def test_a_rejected_row_contradicts_no_other_document():
    both = together(
        Telling("paper").value("sorafenib", "85.0"), Telling("review", Report.CITED).value("sorafenib", "75")
    )
    paper, review = both.arm_results
    assert between(replace(both, arm_results=(paper, decided(review, RowStatus.REJECTED)))).flags == ()
