"""Patients reconstructed from a curve, against the simulated patients the curve was drawn from.

Truth: `reconstruction.R`, R 4.2.2, survival 3.5.3. The points are the steps of the true curve read to a thousandth or a
hundredth of the axis, with numbers at risk every 3 to 12 months.
"""

import json
import math
from itertools import product
from pathlib import Path

import pytest

from evidence.formulas import cox, kaplan_meier, reconstruct_ipd, survival_at, survival_quantile

TRIALS = json.loads(Path(__file__).with_name("reconstruction.json").read_text())["trials"]
#: Survival at 6, 12, 18 and 24 months, as a proportion: the reading to a hundredth alone explains half of it.
SURVIVAL = 0.005
#: Share of the true number of events.
EVENTS = 0.03
#: Log hazard ratio and its limits; the widest interval here has a half-width of 0.5.
LOG_HR = 0.03
MEDIAN_MONTHS = 0.2


@pytest.fixture(params=TRIALS, ids=[trial["name"] for trial in TRIALS])
def trial(request):
    return request.param


def reconstructed(arm, *, with_events=False):
    return reconstruct_ipd(
        arm["points"]["time"],
        arm["points"]["survival"],
        arm["risk"]["time"],
        arm["risk"]["n"],
        events=arm["events"] if with_events else None,
    )


@pytest.mark.parametrize("arm", ["a", "b"])
def test_the_curve_the_median_and_the_numbers_at_risk_come_back(trial, arm):
    truth, ours = trial[arm], reconstructed(trial[arm])
    curve = kaplan_meier(ours.time, ours.event)
    assert [at.survival for at in survival_at(curve, truth["at"])] == pytest.approx(truth["survival"], abs=SURVIVAL)
    assert survival_quantile(curve).value == pytest.approx(truth["median"], abs=MEDIAN_MONTHS)
    assert ours.n == truth["n"]
    assert list(ours.n_risk) == truth["risk"]["n"][: len(ours.n_risk)]


@pytest.mark.parametrize(("arm", "with_events"), list(product("ab", [True, False])))
def test_about_as_many_events_come_back(trial, arm, with_events):
    ours = reconstructed(trial[arm], with_events=with_events)
    assert ours.events == pytest.approx(trial[arm]["events"], rel=EVENTS)
    assert not with_events or ours.events - trial[arm]["events"] in (
        0,
        1,
        3,
    )  # more stand before the last number at risk


@pytest.mark.parametrize("with_events", [True, False])
def test_the_hazard_ratio_of_two_arms_comes_back(trial, with_events):
    a, b = (reconstructed(trial[arm], with_events=with_events) for arm in "ab")
    model = cox([*a.time, *b.time], [*a.event, *b.event], [[1.0]] * a.n + [[0.0]] * b.n)
    ours = [math.log(value[0]) for value in (model.hr, model.hr_low, model.hr_high)]
    assert ours == pytest.approx([math.log(trial[name]) for name in ("hr", "hr_low", "hr_high")], abs=LOG_HR)
