"""The number grammar of table cells."""

from decimal import Decimal

import pytest

from evidence.extract.cell_numbers import read_cell, read_p


@pytest.mark.parametrize(
    ("text", "value"),
    [("<.001", "0.001"), ("P = 0.03*", "0.03"), (".5 x 10-5", "0.000005"), ("1 x 10-4444", None)],
)
def test_a_p_value_is_read_as_printed(text, value):
    found = read_p(text, named=True)
    assert (found and found.value) == (value and Decimal(value))


def test_a_row_of_footnote_signs_takes_no_time():
    assert read_cell("12 " + "*" * 400 + " ?") is None
    assert read_cell("12 ***").value == 12
