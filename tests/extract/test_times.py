from decimal import Decimal

import pytest

from evidence.extract.times import find_times, to_months


def months(text):
    return [tuple(str(month) for month in time.months) for time in find_times(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2-year overall survival", [("24",)]),
        ("2-yr OS", [("24",)]),
        ("two-year survival", [("24",)]),
        ("the 12- and 24-month rates", [("12", "24")]),
        ("the 1-, 2- and 3-year OS", [("12", "24", "36")]),
        ("survival at 24 months", [("24",)]),
        ("survival at 1, 3, and 5 years", [("12", "36", "60")]),
        ("relapse within 2 years", [("24",)]),
        ("by day 100", [("3.29",)]),
        ("the day-100 incidence", [("3.29",)]),
        ("Thirty-day mortality", [("0.99",)]),
        ("at 52 weeks", [("11.97",)]),
        ("OS 2 years: 71%", [("24",)]),
        ("18-month EFS", [("18",)]),
    ],
)
def test_a_time_point_is_read_in_months(text, expected):
    assert months(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "9.3 months with letrozole",  # a median, no time point
        "a 4-week period",
        "patients 60 years or older",
        "two years ago",
        "after 2 years of follow-up",
        "a 2- to 5-year delay",
        "in 2019",
    ],
)
def test_durations_ages_and_ranges_are_no_time_points(text):
    assert months(text) == []


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("2", "years", "24"),
        ("1.5", "years", "18"),
        ("9.3", "months", "9.3"),
        ("100", "days", "3.29"),
        ("52", "weeks", "11.97"),
    ],
)
def test_times_are_converted_to_months(value, unit, expected):
    assert str(to_months(Decimal(value), unit)) == expected


@pytest.mark.parametrize(
    ("text", "months"), [("Sixty-day mortality was 4%.", "1.97"), ("thirty-day mortality", "0.99")]
)
def test_a_time_point_may_stand_in_words(text, months):
    (found,) = find_times(text, 0, len(text))
    assert found.months == (Decimal(months),)
