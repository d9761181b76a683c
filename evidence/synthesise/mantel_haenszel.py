"""Pooled effects of counts without an estimate per study: Mantel-Haenszel and Peto.

Both pool the tables themselves, so that rare events need no constant in empty cells. The model is a common effect. Q,
I2 and H2 are of the studies' own estimates about the pooled one, and those may need the constant.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import SynthesisError
from evidence.formulas.intervals import normal_quantile, p_from_z
from evidence.formulas.kernels import observed_minus_expected
from evidence.model.results import Pooled
from evidence.synthesise.columns import Vector, check_level, check_rates, read_columns, some_studies, with_constant
from evidence.synthesise.effects import RATES, TABLE, effects, one_outcome, table_cells
from evidence.synthesise.heterogeneity import i2_from_q

MEASURES = ("OR", "RR", "RD", "IRR", "IRD")

# What no study has where the numerator or the denominator of a ratio is 0.
_EVENTS = ("an event in group a", "an event in group b")
_CROSSED = (
    "both an event in group a and a patient without in group b",
    "both an event in group b and a patient without in group a",
)
_SILENT = "they add nothing"
_SILENT_DIFFERENCE = "they count in the pooled difference, with no difference of their own"


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledCounts(Pooled):
    """A pooled estimate of counts, with what is tested on the tables themselves.

    `k` counts the studies pooled, `k_estimates` those with an estimate of their own, on which Q rests.
    """

    measure: str
    k_estimates: int
    CMH: float | None = None  # Cochran-Mantel-Haenszel: no association in any study
    CMH_p: float | None = None
    breslow_day: float | None = None  # one odds ratio in all studies
    breslow_day_p: float | None = None
    tarone: float | None = None  # the same, corrected
    tarone_p: float | None = None


def mantel_haenszel(
    events_a: npt.ArrayLike,
    total_a: npt.ArrayLike,
    events_b: npt.ArrayLike,
    total_b: npt.ArrayLike,
    *,
    measure: str = "OR",
    level: float = 95.0,
    add: float = 0.0,
    to: str = "only0",
    own_add: float = 0.5,
    own_to: str = "only0",
    drop00: bool = True,
    correct: bool = True,
) -> PooledCounts:
    """Mantel-Haenszel estimate of k studies.

    Parameters
    ----------
    events_a, total_a, events_b, total_b : arrays of shape (k,)
        Events and patients of both groups; for IRR and IRD events and person-time.
    measure : str
        OR, RR or RD of patients, IRR or IRD of rates.
    level : float
        In percent.
    add, to : float, str
        Constant for empty cells of the tables that are pooled; none by default.
    own_add, own_to, drop00 : float, str, bool
        Constant for the studies' own estimates, from which Q comes, and whether studies with one outcome only (no event
        in either group, or nothing but events) are left out of Q.
    correct : bool
        Whether the Cochran-Mantel-Haenszel test has a continuity correction.

    Returns
    -------
    PooledCounts
        On the scale of analysis: logarithms of ratios, fractions. tau2 is 0, as the effect is common. The tests on the
        tables are given for OR, of these the first for IRR too. `notes` name the studies that add nothing.

    Raises
    ------
    SynthesisError
        If the measure is unknown, a study's numbers are impossible or unknown, or all studies together leave the effect
        undefined or without a standard error; the message names the study or the group.
    TooFewStudies
        If there is no study.

    References
    ----------
    Mantel & Haenszel (1959) J Natl Cancer Inst 22:719-748. Variances: OR Robins, Breslow & Greenland (1986) Biometrics
    42:311-323; RR, IRR Greenland & Robins (1985) Biometrics 41:55-68; RD Sato, Greenland & Robins (1989) Biometrics
    45:1323-1324; IRD Rothman, Greenland & Lash (2008) Modern Epidemiology, chapter 15. Breslow & Day (1980); Tarone
    (1985) Biometrika 72:91-95. As metafor's `rma.mh`.
    """
    if measure not in MEASURES:
        raise SynthesisError(f"Mantel-Haenszel pools {', '.join(MEASURES)}, not {measure!r}.")
    names = RATES if measure in ("IRR", "IRD") else TABLE
    numbers = _numbers("Mantel-Haenszel", names, (events_a, total_a, events_b, total_b), level)
    if names is RATES:
        a, time_a, b, time_b = numbers
        check_rates(a, time_a, " in group a")
        check_rates(b, time_b, " in group b")
        a, b = with_constant((a, b), add, to)
        mu, se, weights, tests = _of_rates(measure, a, time_a, b, time_b, correct)
        silent = (a == 0) & (b == 0)
    else:
        cells = with_constant(table_cells(*numbers), add, to)
        mu, se, weights, tests = _of_tables(measure, cells, correct)
        silent = one_outcome(cells)
    columns: dict[str, Any] = dict(zip(names, numbers, strict=True))
    y, v = effects(measure, add=own_add, to=own_to, drop00=drop00, **columns)
    own = ~np.isnan(y) & (v > 0)
    distance = y[own] - mu
    Q = float(distance @ (distance / v[own]))
    notes = _silent_note(silent, _SILENT_DIFFERENCE if measure in ("RD", "IRD") else _SILENT)
    return _pooled("mantel_haenszel", measure, mu, se, level, weights, Q, int(own.sum()), notes, **tests)


def peto(
    events_a: npt.ArrayLike,
    total_a: npt.ArrayLike,
    events_b: npt.ArrayLike,
    total_b: npt.ArrayLike,
    *,
    level: float = 95.0,
    add: float = 0.0,
    to: str = "only0",
) -> PooledCounts:
    """Peto's one-step log odds ratio of k studies: sum of O - E over sum of V.

    Good for rare events and groups of like size; biased where effects are large or groups very unequal.

    Parameters
    ----------
    events_a, total_a, events_b, total_b : arrays of shape (k,)
        Events and patients of both groups.
    level : float
        In percent.
    add, to : float, str
        Constant for empty cells; none by default.

    Returns
    -------
    PooledCounts
        Log odds ratio. Q comes from O - E and V of the studies in which both outcomes occurred.

    Raises
    ------
    SynthesisError
        If a study's numbers are impossible or unknown, or no study had both outcomes.
    TooFewStudies
        If there is no study.

    References
    ----------
    Yusuf et al. (1985) Prog Cardiovasc Dis 27:335-371. As metafor's `rma.peto`.
    """
    numbers = _numbers("Peto's method", TABLE, (events_a, total_a, events_b, total_b), level)
    cells = with_constant(table_cells(*numbers), add, to)
    both = ~one_outcome(cells)
    if not both.any():
        raise SynthesisError(
            "In every study nobody or everybody had the event, so Peto's method has nothing to compare; a risk "
            "difference (Mantel-Haenszel, RD) is defined."
        )
    difference, v = (np.where(both, part, 0.0) for part in observed_minus_expected(*cells))
    total = float(np.sum(v))
    mu, se = float(np.sum(difference)) / total, total**-0.5
    Q = max(0.0, float(np.sum(difference[both] ** 2 / v[both])) - mu**2 * total)
    notes = _silent_note(~both, _SILENT)
    return _pooled("peto", "PETO", mu, se, level, v, Q, int(both.sum()), notes)


def _numbers(what: str, names: tuple[str, ...], given: tuple[Any, ...], level: float) -> tuple[Vector, ...]:
    check_level(level)
    numbers = read_columns(what, dict(zip(names, given, strict=True)), known=True)
    some_studies(what, numbers[0])
    return numbers


def _of_tables(
    measure: str, cells: tuple[Vector, ...], correct: bool
) -> tuple[float, float, Vector, dict[str, float | None]]:
    """Estimate, standard error, weights and tests of two-by-two tables."""
    a, b, c, d = cells
    n_a, n_b = a + b, c + d
    n = n_a + n_b
    if measure == "OR":
        R, S = a * d / n, b * c / n
        mu = _log_ratio(R, S, "odds ratio", _CROSSED)
        r, s, P = R.sum(), S.sum(), (a + d) / n
        inner = P @ R / r**2 + (P @ S + (1 - P) @ R) / (r * s) + (1 - P) @ S / s**2
        return mu, math.sqrt(inner / 2), S, _tests_of_tables(cells, math.exp(mu), correct)
    if measure == "RR":
        R, S = a * n_b / n, c * n_a / n
        mu = _log_ratio(R, S, "risk ratio", _EVENTS)
        v = np.sum(n_a / n * (n_b / n) * (a + c) - a * c / n) / (R.sum() * S.sum())
        return mu, _root(v, "risk ratio"), S, {}
    weights = n_a * n_b / n
    total = np.sum(weights)
    mu = float(np.sum(a * n_b / n - c * n_a / n) / total)
    P = np.sum(c * (n_a / n) ** 2 - a * (n_b / n) ** 2 + n_a / n * (n_b / n) * (n_b - n_a) / 2)
    v = (mu * P + np.sum(a * d / n + c * b / n) / 2) / total**2
    return mu, _root(v, "risk difference"), weights, {}


def _of_rates(
    measure: str, a: Vector, time_a: Vector, b: Vector, time_b: Vector, correct: bool
) -> tuple[float, float, Vector, dict[str, float | None]]:
    """Estimate, standard error, weights and tests of events in person-time."""
    time = time_a + time_b
    if measure == "IRR":
        R, S, share = a * time_b / time, b * time_a / time, time_a / time
        mu = _log_ratio(R, S, "rate ratio", _EVENTS)
        information = np.sum(share * (1 - share) * (a + b))
        CMH = _chi_squared(float(np.sum(a - (a + b) * share)), float(information), correct)
        return mu, math.sqrt(information / (R.sum() * S.sum())), S, CMH
    weights = time_a * time_b / time
    total = np.sum(weights)
    v = np.sum(weights**2 * (a / time_a**2 + b / time_b**2)) / total**2
    return float(np.sum((a * time_b - b * time_a) / time) / total), _root(v, "rate difference"), weights, {}


def _log_ratio(R: Vector, S: Vector, name: str, absent: tuple[str, str]) -> float:
    """Logarithm of sum R / sum S, if that is a number greater than 0."""
    for part, words in zip((R, S), absent, strict=True):
        if not part.any():
            raise SynthesisError(
                f"The Mantel-Haenszel {name} is {'0' if part is R else 'infinite'} or undefined: none of the {len(R)} "
                f"studies has {words}. Pool the difference (RD, IRD), which is defined."
            )
    return math.log(R.sum() / S.sum())


def _root(v: float, name: str) -> float:
    if not v > 0:
        raise SynthesisError(f"The Mantel-Haenszel {name} has no standard error: no study has both outcomes.")
    return math.sqrt(v)


def _tests_of_tables(cells: tuple[Vector, ...], odds_ratio: float, correct: bool) -> dict[str, float | None]:
    """Tests of no association, and of one odds ratio in all studies."""
    a, b, c, d = cells
    n_a, n_b, events = a + b, c + d, a + c
    both = ~one_outcome(cells)
    difference, v = observed_minus_expected(*cells)
    tests = _chi_squared(float(difference[both].sum()), float(v[both].sum()), correct)
    # Expected events of group a under the common odds ratio: the root of a quadratic, in the form without cancellation.
    half = odds_ratio * (n_a + events) + n_b - events
    expected = (
        2 * n_a * events * odds_ratio / (half + np.sqrt(half**2 - 4 * n_a * events * odds_ratio * (odds_ratio - 1)))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        information = 1 / (
            1 / expected + 1 / (n_a - expected) + 1 / (events - expected) + 1 / (n_b - events + expected)
        )
    residual = (a - expected)[both]
    df = int(both.sum()) - 1
    breslow_day = float(residual @ (residual / information[both]))
    tarone = max(0.0, breslow_day - float(residual.sum() ** 2 / information[both].sum()))
    for name, statistic in (("breslow_day", breslow_day), ("tarone", tarone)):
        tests |= {name: statistic, f"{name}_p": float(special.chdtrc(df, statistic)) if df > 0 else None}
    return tests


def _chi_squared(difference: float, v: float, correct: bool) -> dict[str, float | None]:
    statistic = (abs(difference) - (0.5 if correct else 0.0)) ** 2 / v
    return {"CMH": statistic, "CMH_p": float(special.chdtrc(1, statistic))}


def _silent_note(silent: npt.NDArray[np.bool_], what: str) -> tuple[str, ...]:
    places = ", ".join(str(place + 1) for place in np.flatnonzero(silent))
    if not places:
        return ()
    return (f"One outcome only (no event in either group, or nothing but events) in study {places}: {what}.",)


def _pooled(
    method: str,
    measure: str,
    mu: float,
    se: float,
    level: float,
    weights: Vector,
    Q: float,
    k_estimates: int,
    notes: tuple[str, ...],
    **tests: float | None,
) -> PooledCounts:
    df, half = max(0, k_estimates - 1), normal_quantile(level) * se
    several = k_estimates > 1
    I2 = float(i2_from_q(np.array(Q), np.array(df))) if several else None
    return PooledCounts(
        method=method,
        measure=measure,
        interval="wald",
        level=level,
        k=len(weights),
        k_estimates=k_estimates,
        mu=mu,
        se=se,
        statistic=mu / se,
        df=None,
        p_value=p_from_z(mu / se),
        ci_low=mu - half,
        ci_high=mu + half,
        pi_low=None,
        pi_high=None,
        tau2=0.0,
        se_tau2=None,
        tau2_low=None,
        tau2_high=None,
        Q=Q if several else 0.0,
        Q_df=df,
        Q_p=float(special.chdtrc(df, Q)) if several else 1.0,
        I2=I2,
        H2=Q / df if several else None,
        I2_Q=I2,
        H2_Q=Q / df if several else None,
        weights=tuple((100 * weights / weights.sum()).tolist()),
        notes=notes,
        **tests,
    )
