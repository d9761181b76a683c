import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.formulas import absolute_effect, risk_ratio_from_odds_ratio

unhurried = settings(deadline=None)  # the machine may be busy

risks = st.floats(0.001, 0.999)
ratios = st.floats(0.05, 20)


@unhurried
@given(ratios, risks)
def test_the_risk_ratio_of_an_odds_ratio_gives_back_its_risk(odds_ratio, risk):
    effect = absolute_effect("OR", odds_ratio, risk)
    assert effect.risk / risk == pytest.approx(risk_ratio_from_odds_ratio(odds_ratio, risk))
    assert effect.survival == 1 - effect.risk


@pytest.mark.parametrize("measure", ["HR", "OR", "RR"])
@unhurried
@given(risk=risks)
def test_a_ratio_of_one_changes_nothing(measure, risk):
    effect = absolute_effect(measure, 1, risk)
    assert effect.per_1000 == pytest.approx(0, abs=1e-9)
    assert effect.number_needed is None or effect.number_needed > 1e9


def test_a_hazard_ratio_is_a_power_of_survival():
    effect = absolute_effect("HR", 0.75, 0.6)  # 40% survive without treatment
    assert effect.survival == pytest.approx(0.4**0.75)
    assert effect.per_1000 == pytest.approx(-102.973371873174)
    assert effect.fewer_per_1000 == -effect.per_1000


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (("HR", 0, 0.4), "greater than 0"),
        (("OR", 2, 35), "35% is 0.35"),
        (("RR", 3, 0.4), "risk above 1"),
        (("MD", 3, 0.4), "HR, OR or RR"),
    ],
)
def test_what_has_no_absolute_effect_is_refused_in_words(row, word):
    with pytest.raises(ValueError, match=word):
        absolute_effect(*row)
