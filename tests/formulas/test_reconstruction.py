import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import PatientDataError
from evidence.formulas import kaplan_meier, reconstruct_ipd, survival_at

#: Ten patients: deaths at 2 and 4, two lost between 4 and 6, a death at 8.
TIME, SURVIVAL = [2, 4, 8, 10], [0.9, 0.8, 0.8 * 5 / 6, 0.8 * 5 / 6]
RISK_TIME, N_RISK = [0, 4, 6, 8], [10, 9, 6, 6]


def test_a_curve_that_can_be_told_exactly_is():
    patients = reconstruct_ipd(TIME, SURVIVAL, RISK_TIME, N_RISK)
    dead = [time for time, event in zip(patients.time, patients.event, strict=True) if event]
    assert (patients.n, patients.events, dead) == (10, 3, [2.0, 4.0, 8.0])
    assert patients.n_risk == (10, 9, 6, 6)
    assert sum(4 < time < 6 for time in patients.time) == 2
    assert patients.largest_gap < 1e-9


def test_without_numbers_at_risk_nobody_is_censored_before_the_end():
    patients = reconstruct_ipd([1, 2, 5], [0.9, 0.7, 0.7], [0], [10])
    assert patients.time == (1.0, 2.0, 2.0, *[5.0] * 7) and patients.event == (1, 1, 1, *[0] * 7)


def test_the_number_of_events_decides_how_many_were_censored_at_the_end():
    points = [1, 2, 3, 4], [0.9, 0.8, 0.6, 0.3]
    assert reconstruct_ipd(*points, [0], [100]).events == 70
    fewer = reconstruct_ipd(*points, [0], [100], events=55)
    assert fewer.events == 55
    curve = kaplan_meier(fewer.time, fewer.event)
    assert [at.survival for at in survival_at(curve, [1, 2, 3])] == pytest.approx([0.9, 0.8, 0.6], abs=0.02)


def test_there_is_no_event_where_the_curve_is_flat():
    patients = reconstruct_ipd([1, 2, 20, 30, 40], [0.97, 0.96, 0.96, 0.96, 0.96], [0, 10, 20, 30], [37, 30, 12, 3])
    assert all(time <= 2 for time, event in zip(patients.time, patients.event, strict=True) if event)


def test_a_curve_that_ends_at_zero_leaves_nobody():
    patients = reconstruct_ipd([1, 2, 3], [0.5, 0.25, 0], [0], [4])
    assert patients.time == (1.0, 1.0, 2.0, 3.0) and set(patients.event) == {1}


def test_a_number_at_risk_that_reading_explains_is_told_as_it_was_used():
    # after the fall to 0.8 no more than 80 can be left; 82 are printed
    assert reconstruct_ipd([1, 5], [0.8, 0.8], [0, 2], [100, 82]).n_risk == (100, 80)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"survival": [0.9, 0.95, 0.6, 0.6]}, "rises from 0.9 to 0.95 at time 4"),
        ({"survival": [90, 80, 60, 60]}, "divide percent by 100"),
        ({"time": [2, 1, 8, 10]}, "time 1 after 2"),
        ({"survival": [0.9, 0.8]}, "4 times for 2 values"),
        ({"time": [0, 4, 8, 10]}, "Survival is 0.9 at time 0"),
        ({"survival": [0.9, float("nan"), 0.6, 0.6]}, "finite"),
        ({"n_risk": [10, 11, 6, 6]}, "rises from 10 to 11 at time 4"),
        ({"n_risk": [10, 8.5, 6, 6]}, "whole numbers"),
        ({"risk_time": [1, 4, 6, 8]}, "number at time 0 is needed"),
        ({"risk_time": [0, 4, 4, 8]}, "do not grow at 4"),
        ({"events": 11}, "11 events in 10 patients"),
        ({"survival": [0.9, 0.2, 0.2, 0.2], "n_risk": [100, 90, 80, 70]}, "leaves 20 patients at time 6, but 80"),
        ({"time": [], "survival": []}, "not empty"),
    ],
)
def test_what_cannot_be_a_curve_is_refused_with_what_to_do(change, said):
    given = {"time": TIME, "survival": SURVIVAL, "risk_time": RISK_TIME, "n_risk": N_RISK} | change
    with pytest.raises(PatientDataError, match=said):
        reconstruct_ipd(**given)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 400), st.booleans()), min_size=2, max_size=120),
    st.integers(2, 60),
    st.integers(1, 3),
    st.booleans(),
)
def test_as_many_patients_come_back_and_have_events_only_where_the_curve_falls(rows, every, digits, with_events):
    time, event = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    curve = kaplan_meier(time, event)
    at = np.arange(0, max(time), every)
    ours = reconstruct_ipd(
        curve.time,
        np.round(curve.survival, digits + 1),
        at,
        [int(np.sum(time >= one)) for one in at],
        events=int(event.sum()) if with_events else None,
    )
    assert ours.n == len(rows) == len(ours.time) == len(ours.event)
    assert sum(ours.event) == ours.events
    assert list(ours.time) == sorted(ours.time) and ours.time[-1] <= max(time)
    falls = {round(float(t), 9) for t, died in zip(curve.time, curve.n_event, strict=True) if died}
    assert {round(t, 9) for t, died in zip(ours.time, ours.event, strict=True) if died} <= falls
