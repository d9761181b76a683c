"""Sentences below a forest plot."""

import math
from dataclasses import replace

import pytest

from evidence.present.wording import remarks
from evidence.synthesise import pool
from tests.present.analyses import analysis_of, ratios


@pytest.mark.parametrize(
    ("ys", "told"),
    [
        ((0.1, 0.9), True),  # two studies: Hartung-Knapp says next to nothing
        ((0.100, 0.101, 0.102), True),  # so alike that Hartung-Knapp is the narrower one
        ((0.1, 0.9, 0.4), False),
    ],
)
def test_the_classic_interval_is_told_in_natural_units_where_hartung_knapps_needs_it(ys, told):
    variances = [0.04] * len(ys)
    analysis = replace(analysis_of(ratios(len(ys))), pooled=pool(ys, variances))
    wald = pool(ys, variances, interval="wald")
    limits = f"{math.exp(wald.ci_low):.2f} to {math.exp(wald.ci_high):.2f}"
    assert (f"The classic (Wald) interval is {limits}." in remarks(analysis)) is told
