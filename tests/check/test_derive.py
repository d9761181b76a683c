import pytest

from evidence.check.derive import events_from_percent
from evidence.model.codes import Measure
from tests.check.rows import arm_result, of


@pytest.mark.parametrize(
    ("value", "total", "events"),
    [
        ("65.8", 38, 25),
        ("66", 38, 25),
        ("0", 38, 0),
        ("100", 38, 38),
        ("66", 380, None),  # 249 to 252 patients round to 66%
        ("64.0", 38, None),  # no whole number of 38 patients is 64.0%
        ("65.8", None, None),
        ("165.8", 38, None),
    ],
)
def test_events_are_derived_only_where_one_count_fits_the_percentage(value, total, events):
    assert [row.events for row in events_from_percent(of(arm_result(value, None, total)))] == (
        [] if events is None else [events]
    )


def test_a_derived_row_is_a_row_of_its_own_with_the_same_source():
    reported = arm_result("65.8", None, 38)
    (row,) = events_from_percent(of(reported))
    assert (row.derivation, row.source, row.value) == ("events_from_percent", reported.source, reported.value)
    assert row.result_id != reported.result_id


def test_an_estimated_probability_gives_no_count():
    assert not list(events_from_percent(of(arm_result("65.8", None, 38, measure=Measure.SURVIVAL_PROBABILITY))))
