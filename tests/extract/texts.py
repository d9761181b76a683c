"""Short papers in our own words, and the rows that come out of them as tuples that read well in a failure."""

from evidence.extract import extract
from evidence.read import read

METHODS = "We randomly assigned 240 patients to letrozole (n = 120) or tamoxifen (n = 120)."


def records(text):
    return extract(read(text.encode()))


def trial(results, methods=METHODS):
    """Records of a two-part abstract."""
    return records(f"Methods: {methods}\n\nResults: {results}\n")


def numbers(found):
    """(arm, outcome, measure, months, value) of each arm result; the count where there is no value."""
    return [
        (
            row.arm,
            row.outcome.value,
            row.measure.value,
            _plain(row.timepoint_months),
            "not reached" if row.not_reached else _plain(row.value if row.value is not None else row.events),
        )
        for row in found.arm_results
    ]


def comparisons(found):
    """(arm, comparator, outcome, measure, estimate, low, high, p) of each contrast."""
    return [
        (
            row.arm,
            row.comparator,
            row.outcome.value,
            row.measure.value,
            _plain(row.estimate),
            _plain(row.ci_low),
            _plain(row.ci_high),
            None if row.p_value is None else f"{row.p_operator}{row.p_value}",
        )
        for row in found.contrasts
    ]


def groups(found):
    """(label, role, n) of each arm."""
    return [(arm.label, arm.role.value, arm.n) for arm in found.arms]


def _plain(number):
    return None if number is None else str(number)
