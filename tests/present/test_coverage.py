"""Coverage and timeline: what each symbol stands for, and that nothing is printed over something else."""

import itertools
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.model.codes import Design, Measure, Outcome, RowStatus
from evidence.model.records import Records, Study
from evidence.present.coverage import coverage_picture, coverage_table
from evidence.present.shapes import Circle, Polygon, Rectangle
from evidence.present.theme import DIAMOND
from evidence.present.timeline import followups, timeline_picture
from tests.present.pictures import NAMES, assert_legible, points_of, texts_of
from tests.present.rows import arm_result, contrast, records


def study(study_id, label=None, **more):
    return Study(study_id=study_id, document_id="d1", label=study_id if label is None else label, **more)


def number(study_id, outcome, status=RowStatus.EXTRACTED, **more):
    row = arm_result("all", outcome, Measure.PROPORTION, study_id=study_id, status=status, **more)
    return replace(row, result_id=f"{study_id}-{outcome}-{status}-{more.get('timepoint_months')}")


ROWS = st.lists(
    st.tuples(
        NAMES,
        st.lists(st.tuples(st.sampled_from(Outcome), st.sampled_from(RowStatus), st.integers(0, 400)), max_size=8),
        st.one_of(st.none(), st.decimals(0, 300, places=1)),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=30)
@given(ROWS)
def test_any_studies_give_legible_pictures(rows):
    found = Records(
        studies=tuple(
            study(f"s{at}", name, followup_median_months=months) for at, (name, _, months) in enumerate(rows)
        ),
        arm_results=tuple(
            number(f"s{at}", outcome, status, timepoint_months=Decimal(months))
            for at, (_, own, _) in enumerate(rows)
            for outcome, status, months in own
        ),
    )
    assert_legible(coverage_picture(coverage_table(found)))
    assert_legible(timeline_picture(followups(found)))


@pytest.mark.parametrize("k", [0, 1, 2, 6, 25, 60, 200])
def test_any_number_of_studies_gives_legible_pictures(k):
    found = Records(
        studies=tuple(study(f"s{at}", f"Author {at}", followup_median_months=Decimal(at)) for at in range(k)),
        arm_results=tuple(number(f"s{at}", outcome) for at in range(k) for outcome in list(Outcome)[: at % 28]),
    )
    assert_legible(coverage_picture(coverage_table(found)))
    assert_legible(timeline_picture(followups(found)))


def states(found, outcomes=()):
    table = coverage_table(found, outcomes)
    rows = coverage_picture(table).rows
    return {(row[1], row[2]): (row[3], row[4], row[5]) for row in rows}


def test_a_cell_is_full_only_when_a_person_looked_at_every_number():
    found = Records(
        studies=(study("a"), study("b")),
        arm_results=(
            number("a", Outcome.OS, RowStatus.ACCEPTED),
            number("a", Outcome.OS, RowStatus.CORRECTED),
            number("a", Outcome.CR, RowStatus.ACCEPTED),
            number("a", Outcome.CR),
            number("b", Outcome.OS, RowStatus.REJECTED),
            number("b", Outcome.PFS),
        ),
    )
    assert states(found) == {
        ("a", "OS"): ("accepted", 2, 2),
        ("a", "PFS"): ("not reported", 0, 0),
        ("a", "CR"): ("extracted", 2, 1),
        ("b", "OS"): ("not reported", 0, 0),
        ("b", "PFS"): ("extracted", 1, 0),
        ("b", "CR"): ("not reported", 0, 0),
    }


def test_states_differ_by_symbol_and_not_by_colour_alone():
    found = Records(
        studies=(study("a"),),
        arm_results=(number("a", Outcome.OS, RowStatus.ACCEPTED), number("a", Outcome.CR)),
    )
    picture = coverage_picture(coverage_table(found, ("OS", "CR", "PFS")))
    full, half, empty = [part for part in picture.parts if isinstance(part, Circle)][3:]  # after the legend
    assert full.fill == DIAMOND and half.fill != DIAMOND and empty.fill is None
    assert len([part for part in picture.parts if isinstance(part, Polygon)]) == 2  # the half ones, here and above


def test_contrasts_count_and_reviews_are_no_studies():
    found = replace(records(), contrasts=(contrast(),))
    assert states(found)["trial", "OS"][1] >= 1
    review = Records(studies=(study("r", design=Design.REVIEW),), arm_results=(number("r", Outcome.OS),))
    assert coverage_table(review).studies == ()


def test_a_study_that_is_only_cited_is_marked():
    found = texts_of(coverage_picture(coverage_table(records())))
    assert "Olden 2009 †" in found and "TRIAL-1" in found
    assert "† Only as restated by another publication." in found


def test_the_longest_follow_up_stands_first_and_the_unknown_last():
    found = followups(
        Records(
            studies=(
                study("short", followup_median_months=Decimal("6")),
                study("none"),
                study("long", followup_median_months=Decimal("41.8")),
            ),
            arm_results=(number("none", Outcome.OS, timepoint_months=Decimal(24)),),
        )
    )
    assert [own.study_id for own in found] == ["long", "short", "none"]
    picture = timeline_picture(found)
    bars = [part for part in picture.parts if isinstance(part, Rectangle) and part.height > 5]
    assert bars[0].width / bars[1].width == pytest.approx(41.8 / 6)
    shown = texts_of(picture)
    assert "41.8 mo." in shown and "not reported" in shown


def test_times_of_outcomes_are_marked_where_they_belong():
    found = Records(
        studies=(study("a", followup_median_months=Decimal(24)),),
        arm_results=(
            number("a", Outcome.OS, timepoint_months=Decimal(12)),
            number("a", Outcome.PFS, timepoint_months=Decimal(12)),
            number("a", Outcome.OS, RowStatus.REJECTED, timepoint_months=Decimal(18)),
            number("a", Outcome.NRM, timepoint_months=Decimal(24)),
        ),
    )
    picture = timeline_picture(followups(found))
    circles = [part for part in picture.parts if isinstance(part, Circle)][1:]
    (bar,) = [part for part in picture.parts if isinstance(part, Rectangle) and part.height > 5]
    assert [circle.x for circle in circles] == pytest.approx([bar.x + bar.width / 2])
    assert [row[2:] for row in picture.rows] == [
        ("median_followup", "24", None),
        ("outcome", "12", "OS"),
        ("outcome", "12", "PFS"),
        ("outcome", "24", "NRM"),
    ]


def test_marks_of_one_time_stand_clear_of_one_another():
    outcomes = (Outcome.OS, Outcome.NRM, Outcome.CR, Outcome.OTHER)
    found = Records(
        studies=(study("a", followup_median_months=Decimal(24)),),
        arm_results=tuple(number("a", outcome, timepoint_months=Decimal(12)) for outcome in outcomes),
    )
    parts = timeline_picture(followups(found)).parts
    (bar,) = [part for part in parts if isinstance(part, Rectangle) and part.height > 5]
    middle = bar.x + bar.width / 2
    spans = []
    for part in parts:
        xs, ys = zip(*points_of(part), strict=True) if points_of(part) else ((), ())
        if xs and max(xs) - min(xs) < 3 and min(ys) > bar.y - 1 and abs(sum(xs) / len(xs) - middle) < 0.6:
            spans.append((min(ys), max(ys)))
    spans = [span for span in spans if span[1] - span[0] < 3]
    assert len([span for span in spans if bar.y < span[0] < bar.y + bar.height]) >= 4
    for above, below in itertools.pairwise(sorted(spans)):
        assert above[1] < below[0] or above[0] == below[0]
    assert all(bar.y <= top and bottom <= bar.y + bar.height for top, bottom in spans if bottom < bar.y + bar.height)


def test_the_codes_of_outcomes_are_said_in_words():
    found = Records(studies=(study("a"),), arm_results=(number("a", Outcome.AE_G3), number("a", Outcome.OTHER)))
    shown = texts_of(coverage_picture(coverage_table(found)))
    assert "AE_G3, adverse events of grade 3 or higher." in shown


def test_studies_without_any_time_are_counted():
    found = Records(studies=(study("a", followup_median_months=Decimal(24)), study("b"), study("c")))
    assert "Not drawn: 2 studies state neither a follow-up nor the time of an outcome." in texts_of(
        timeline_picture(followups(found))
    )
    assert "No study states its follow-up or the time of an outcome." in texts_of(timeline_picture(()))
