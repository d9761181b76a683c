"""What is looked at first, and what may be accepted together."""

from dataclasses import replace

from study_rows import arm, counts, flag, hr, records, study

from evidence.model.codes import Role, RowStatus, Severity
from evidence.model.records import DocumentRecord
from evidence.review_queue import Progress, progress, review_queue, stakes_of, unflagged


def trial(name, text, **more):
    return (
        study(name),
        arm(name, "sorafenib", role=Role.EXPERIMENTAL, treatment=("sorafenib",)),
        arm(name, "placebo", role=Role.CONTROL, treatment=("placebo",)),
        hr(f"r-{name}", name, text, arm_id=f"{name}-sorafenib", comparator_arm_id=f"{name}-placebo", **more),
    )


A = trial("A", "0.48 (0.28-0.82)", confidence=0.9)
B = trial("B", "0.80 (0.60-1.07)", confidence=0.8)
C = trial("C", "0.60 (0.30-1.20)", confidence=0.95)
SURE = counts("sure", "A", "sorafenib", 25, 38, confidence=0.99)
DOUBTFUL = counts("doubtful", "A", "placebo", 7, 38, confidence=0.3)


def queue(*rows, **limits):
    known = records(*rows)
    return review_queue(known, stakes_of(known), **limits)


def test_errors_come_first_then_influence_times_doubt_then_low_confidence():
    found = queue(*A, *B, *C, SURE, DOUBTFUL, flag("sure", severity=Severity.ERROR))
    stakes = stakes_of(records(*A, *B, *C))
    by_influence = sorted(
        ("r-A", "r-B", "r-C"),
        key=lambda name: -stakes[name].change * {"r-A": 0.1, "r-B": 0.2, "r-C": 0.05}[name],
    )
    assert list(found.waiting) == ["sure", *by_influence, "doubtful"]
    assert queue(*A, *B, *C, SURE, DOUBTFUL).waiting == (*by_influence, "doubtful", "sure")


def test_a_row_without_confidence_is_doubted_most():
    assert queue(DOUBTFUL, replace(SURE, confidence=None)).waiting == ("sure", "doubtful")


def test_computed_rows_come_after_those_that_were_read():
    assert queue(SURE, replace(DOUBTFUL, derivation="events_from_percent")).waiting == ("sure", "doubtful")


def test_rows_that_were_decided_about_do_not_wait_but_have_a_place():
    found = queue(*A, *B, replace(SURE, status=RowStatus.ACCEPTED), DOUBTFUL)
    assert set(found.order) - set(found.waiting) == {"sure"}
    assert found.position("sure") is None and found.position("doubtful") == found.total == 3
    assert found.next("sure") == found.waiting[0] and found.previous("sure") == "doubtful"


def test_next_and_previous_go_round():
    found = queue(*A, *B, *C)
    first, second, third = found.waiting
    assert [found.next(), found.next(first), found.next(third)] == [first, second, first]
    assert [found.previous(second), found.previous(first)] == [first, third]
    assert [found.position(name) for name in found.waiting] == [1, 2, 3]


def test_the_last_row_has_no_other_and_an_empty_queue_none():
    found = queue(SURE)
    assert (found.next(), found.next("sure"), found.previous("sure")) == ("sure", None, None)
    done = queue(replace(SURE, status=RowStatus.REJECTED))
    assert (done.total, done.next(), done.next("sure"), done.previous("sure")) == (0, None, None, None)


def test_a_queue_may_be_that_of_a_document_or_a_study():
    rows = (*A, *B, SURE, counts("elsewhere", "A", "sorafenib", 3, 9, document="other"))
    assert set(queue(*rows, document_id="doc-A").waiting) == {"r-A", "sure"}
    assert set(queue(*rows, study_id="A").waiting) == {"r-A", "sure", "elsewhere"}
    assert queue(*rows, study_id="A", document_id="other").waiting == ("elsewhere",)


def test_only_rows_without_doubt_are_accepted_together():
    rows = (*A, *B, *C, SURE, DOUBTFUL, replace(SURE, result_id="computed", derivation="events_from_percent"))
    decided = replace(SURE, result_id="decided", status=RowStatus.CORRECTED)
    flags = (
        flag("r-A", severity=Severity.ERROR),
        flag("r-B", severity=Severity.WARNING),
        flag("r-C", severity=Severity.INFO),
    )
    known = records(*rows, decided, *flags)
    assert set(unflagged(known)) == {"r-C", "sure", "doubtful"}
    assert unflagged(known, document_id="doc-C") == ("r-C",) and unflagged(known, study_id="B") == ()


def test_progress_counts_rows_that_wait_and_those_with_errors():
    known = records(*A, SURE, replace(DOUBTFUL, status=RowStatus.ACCEPTED), flag("sure", severity=Severity.ERROR))
    document = DocumentRecord(document_id="doc-A", source="a.pdf", format="pdf")
    empty = replace(document, document_id="doc-Z")
    found = progress(replace(known, documents=(document, empty)))
    assert found == {
        "doc-A": Progress(rows=3, waiting=2, errors=1),
        "doc-Z": Progress(rows=0, waiting=0, errors=0),
    }
