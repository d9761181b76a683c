"""What a relative effect means for patients: risks and events per 1,000 from a ratio and a baseline risk.

Risks and survival are fractions. Effects are differences a minus b, so that fewer events in group a are below 0.
"""

import math
from typing import NamedTuple

from evidence.formulas.scales import expit, logit

PER = 1000


class AbsoluteEffect(NamedTuple):
    """Risk of group a, its difference from the baseline risk, and the same per 1,000 patients."""

    risk: float
    difference: float

    @property
    def per_1000(self) -> float:
        """More (above 0) or fewer (below 0) events per 1,000 patients."""
        return PER * self.difference

    @property
    def fewer_per_1000(self) -> float:
        """Events per 1,000 patients that group a is spared."""
        return -self.per_1000

    @property
    def survival(self) -> float:
        """Proportion without the event."""
        return 1 - self.risk

    @property
    def number_needed(self) -> float | None:
        """Patients treated for one event more or one fewer; None without a difference."""
        return None if self.difference == 0 else 1 / abs(self.difference)


def risk_ratio_from_odds_ratio(odds_ratio: float, baseline_risk: float) -> float:
    """Risk ratio that belongs to an odds ratio at a baseline risk: OR / (1 - p0 + p0 OR).

    Exact for the group with that risk; limits of an adjusted odds ratio give limits that are too narrow (McNutt et al.
    2003, Am J Epidemiol 157:940-943).

    Raises
    ------
    ValueError
        If the odds ratio is not positive or the risk not between 0 and 1.

    References
    ----------
    Zhang & Yu (1998) JAMA 280:1690-1691; Grant (2014) BMJ 348:f7450.
    """
    _check(odds_ratio, "an odds ratio", baseline_risk)
    return odds_ratio / (1 - baseline_risk + baseline_risk * odds_ratio)


def absolute_effect(measure: str, ratio: float, baseline_risk: float) -> AbsoluteEffect:
    """Risk of group a from a ratio and the risk of group b.

    Parameters
    ----------
    measure : str
        "HR": 1 - (1 - p0)^HR; `baseline_risk` is that of the event by some time. "OR": by the odds. "RR": p0 RR.
    ratio : float
        Of a versus b, natural scale. For limits call once for each.
    baseline_risk : float
        Fraction of group b with the event, between 0 and 1, both excluded.

    Raises
    ------
    ValueError
        If the measure is unknown, the ratio not positive, the risk not between 0 and 1, or RR times the risk above 1.

    References
    ----------
    Schuenemann et al., Cochrane Handbook chapter 15; for HR: Tierney et al. (2007) Trials 8:16.
    """
    _check(ratio, "a ratio", baseline_risk)
    if measure == "HR":
        risk = -math.expm1(ratio * math.log1p(-baseline_risk))
    elif measure == "OR":
        risk = expit(logit(baseline_risk) + math.log(ratio))
    elif measure == "RR":
        risk = ratio * baseline_risk
        if risk > 1:
            raise ValueError(f"RR {ratio} at a baseline risk of {baseline_risk} is a risk above 1.")
    else:
        raise ValueError(f"{measure!r} is no ratio with an absolute effect: HR, OR or RR.")
    return AbsoluteEffect(risk, risk - baseline_risk)


def _check(ratio: float, name: str, baseline_risk: float) -> None:
    if not 0 < ratio < math.inf:
        raise ValueError(f"{ratio} is not {name}; it must be greater than 0.")
    if not 0 < baseline_risk < 1:
        raise ValueError(f"A baseline risk of {baseline_risk} is no fraction between 0 and 1 (35% is 0.35).")
