"""Kaplan-Meier curves: steps, censored patients, numbers at risk, and that nothing is printed over something else."""

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.formulas.survival_curves import kaplan_meier
from evidence.present.draw import write_picture
from evidence.present.shapes import Path, Polygon
from evidence.present.survival_curves import NamedCurve, at_risk, month_ticks, steps, survival_picture
from tests.present.pictures import NAMES, assert_legible, texts_of


def group(name, time, event):
    return NamedCurve(name=name, curve=kaplan_meier(time, event))


#: Times with ties of events and censorings, one of them at a tick.
ALPHA = group("ALPHA", [2, 4, 4, 6, 6, 9, 12, 20], [1, 1, 0, 0, 1, 0, 0, 1])
BETA = group("BETA", [1, 3, 8, 15, 24], [0, 0, 0, 0, 0])


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(NAMES, st.lists(st.tuples(st.floats(0, 2000), st.booleans()), min_size=1, max_size=30)), max_size=9
    ),
    st.booleans(),
)
def test_any_patients_give_a_legible_figure(groups, bands):
    curves = [group(name, *zip(*patients, strict=True)) for name, patients in groups]
    assert_legible(survival_picture(curves, title="A title " * 20, outcome="overall survival", bands=bands))


@pytest.mark.parametrize("k", [0, 1, 2, 6, 25, 60])
def test_any_number_of_groups_gives_a_legible_figure(k):
    assert_legible(survival_picture([ALPHA, BETA][: min(k, 2)] + [ALPHA] * max(0, k - 2), title="OS"))


def test_numbers_at_risk_count_who_is_followed_just_before_the_time():
    assert [at_risk(ALPHA.curve, time) for time in (0, 2, 4, 6, 12, 20, 21)] == [8, 8, 7, 5, 2, 1, 0]
    found = texts_of(survival_picture([ALPHA], title="OS"))
    at = found.index("ALPHA")
    ticks = month_ticks(20)
    assert found[at + 1 : at + 1 + len(ticks)] == [str(at_risk(ALPHA.curve, tick)) for tick in ticks]


def test_a_curve_falls_at_events_alone_and_ends_with_its_last_patient():
    corners = steps(ALPHA.curve, ALPHA.curve.survival)
    assert corners[:3] == [(0.0, 1.0), (2.0, 1.0), (2.0, 0.875)]
    assert corners[-1] == (20.0, 0.0)
    assert {height for _, height in steps(BETA.curve, BETA.curve.survival)} == {1.0}


def test_zero_events_give_a_level_line_and_a_median_that_was_not_reached():
    picture = survival_picture([BETA], title="OS")
    (curve,) = [part for part in picture.parts if isinstance(part, Path)]
    assert len({y for _, y in curve.points}) == 1
    assert "BETA: 0 events in 5 patients, median not reached (95% CI not reached to not reached)." in texts_of(picture)


def test_one_patient_and_one_event_are_not_said_in_the_plural():
    found = texts_of(survival_picture([group("ONE", [4], [1])], title="OS"))
    assert any(text.startswith("ONE: 1 event in 1 patient, median 4.0 months") for text in found)


def test_groups_differ_by_colour_and_by_dashes():
    curves = [part for part in survival_picture([ALPHA] * 28, title="OS").parts if isinstance(part, Path)]
    assert len({(curve.colour, curve.style) for curve in curves}) == 28
    assert len({curve.style for curve in curves[:4]}) == 4


@pytest.mark.parametrize(
    ("last", "ticks"),
    [
        (0, (0,)),
        (1.2, (0, 0.25, 0.5, 0.75, 1.0)),
        (20, (0, 3, 6, 9, 12, 15, 18)),
        (48, (0, 6, 12, 18, 24, 30, 36, 42, 48)),
    ],
)
def test_times_stand_at_months_and_years(last, ticks):
    assert month_ticks(last) == pytest.approx(ticks)


def test_bands_are_drawn_where_asked():
    assert not any(isinstance(part, Polygon) for part in survival_picture([ALPHA], title="OS").parts)
    picture = survival_picture([ALPHA], title="OS", bands=True)
    (band,) = [part for part in picture.parts if isinstance(part, Polygon)]
    assert band.opacity < 1
    assert "Shaded: 95% confidence intervals (log-log)." in texts_of(picture)


def test_the_data_are_the_curve(tmp_path):
    path = write_picture(survival_picture([ALPHA], title="OS"), tmp_path)[3]
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["time_months"] for row in rows] == ["2", "4", "6", "9", "12", "20"]
    assert [row["at_risk"] for row in rows] == ["8", "7", "5", "3", "2", "1"]
    assert rows[0]["survival"] == "0.875" and rows[-1]["ci_low"] == ""
