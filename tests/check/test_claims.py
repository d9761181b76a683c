from dataclasses import replace

import pytest

from evidence.check.claims import comparative_mismatch, conclusion_not_significant, significance_claim_mismatch
from evidence.model.codes import Measure, Severity
from evidence.model.records import CONCLUSION, Quantity
from tests.check.rows import arm_result, contrast, of


@pytest.mark.parametrize(
    ("sentence", "doubted"),
    [
        ("Median PFS was shorter in the X versus the Y arm (26.7 months versus 12.3 months, HR 2.28).", True),
        ("Median PFS was longer in the X versus the Y arm (26.7 months versus 12.3 months, HR 0.44).", False),
        ("Response was higher with X than with Y (21% v 29%, P=0.02).", True),
        ("Response was higher with X than with Y (29% v 21%, P=0.02).", False),
        ("Response was not higher with X than with Y (21% v 29%, P=0.2).", False),
        ("Events of grade 3 or higher were less frequent with X than with Y (19.3 vs 42.4 events).", False),
        ("Leaks were higher with X than with Y (23 [10%] of 233 with Y vs 52 [24%] of 220 with X).", False),
        ("The fall was greater with X compared with Y (-4.1 v -2.2).", False),  # which is the greater fall is open
        ("Compared with Y, survival was longer with X (12.3 versus 26.7 months).", False),  # their order is open
    ],
)
def test_the_comparative_agrees_with_the_order_of_the_numbers(sentence, doubted):
    row = arm_result("26.7", measure=Measure.MEDIAN_TIME)
    row = replace(row, source=replace(row.source, quote=sentence))
    assert bool(list(comparative_mismatch(of(row)))) is doubted


@pytest.mark.parametrize(
    ("sentence", "numbers", "doubted"),
    [
        ("EFS was significantly longer with X (HR 0.79, 95% CI 0.58-1.09).", ("0.79", "0.58", "1.09"), True),
        ("EFS was significantly longer with X (HR 0.70, 95% CI 0.58-0.84).", ("0.70", "0.58", "0.84"), False),
        ("EFS was not significantly longer (HR 0.79, 95% CI 0.58-1.09).", ("0.79", "0.58", "1.09"), False),
        ("There was no significant difference in EFS (HR 0.70, 95% CI 0.58-0.84).", ("0.70", "0.58", "0.84"), True),
        (
            "Response was significantly higher with X (P = 0.01), but EFS was not (HR 0.79, 95% CI 0.58-1.09).",
            ("0.79", "0.58", "1.09"),
            False,
        ),
        (
            "Response was significantly higher with X; EFS favoured X (HR 0.79, 95% CI 0.58-1.09).",
            ("0.79", "0.58", "1.09"),
            False,
        ),
        ("EFS was longer with X (HR 0.79, 95% CI 0.58-1.09).", ("0.79", "0.58", "1.09"), False),
        ("EFS was significantly longer with X (HR 0.79, 95% CI 0.62-1.00).", ("0.79", "0.62", "1.00"), False),
    ],
)
def test_significance_is_what_the_interval_shows(sentence, numbers, doubted):
    assert bool(list(significance_claim_mismatch(of(contrast(*numbers, quote=sentence))))) is doubted


@pytest.mark.parametrize(
    ("p", "sentence", "doubted"),
    [
        ("=0.20", "Survival was significantly longer with X (P = 0.20).", True),
        ("=0.02", "Survival was significantly longer with X (P = 0.02).", False),
        ("=0.02", "Survival did not differ significantly (P = 0.02).", True),
    ],
)
def test_significance_is_what_a_p_value_alone_shows(p, sentence, doubted):
    row = contrast(p=p, measure=Measure.P, quote=sentence)
    assert bool(list(significance_claim_mismatch(of(row)))) is doubted


@pytest.mark.parametrize(
    ("sentence", "p", "noted"),
    [
        ("Adding X appears to prolong OS.", "=0.06", True),
        ("Adding X prolongs overall survival.", "=0.06", True),
        ("Adding X prolongs OS.", "=0.01", False),
        ("Adding X prolongs PFS.", "=0.06", False),  # another outcome
        ("Adding X did not prolong OS.", "=0.06", False),
        ("There was a trend to prolonged OS with X.", "=0.06", False),
    ],
)
def test_a_conclusion_rests_on_a_significant_comparison(sentence, p, noted):
    row = contrast(p=p, measure=Measure.P)
    claim = Quantity(
        document_id="d1",
        study_id="s1",
        what=CONCLUSION,
        source=replace(row.source, quote=sentence, section="Conclusions"),
    )
    found = list(conclusion_not_significant(replace(of(row), quantities=(claim,))))
    assert [doubt.severity for doubt in found] == ([Severity.INFO] if noted else [])
    elsewhere = replace(claim, source=replace(claim.source, section="Introduction"))
    assert not list(conclusion_not_significant(replace(of(row), quantities=(elsewhere,))))
