"""Are small studies different? Tests of funnel plot asymmetry by regression.

Asymmetry has many causes besides unpublished studies: real differences between small and large trials, their quality,
chance, and effects whose variance depends on them (odds ratios: `count_asymmetry` avoids that). All tests are refused
for fewer than ten studies unless forced.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import SynthesisError, TooFewStudies
from evidence.formulas.intervals import normal_quantile, p_from_z
from evidence.synthesise.effects import effects
from evidence.synthesise.pool import check_studies
from evidence.synthesise.regress import regress

Floats = npt.NDArray[np.float64]

#: Sterne et al. (2011) BMJ 343:d4002.
ENOUGH = 10
MODELS = ("weighted", "mixed", "thompson")
#: Of the count-based tests by name: see `count_asymmetry`.
COUNT_TESTS = ("harbord", "peters", "deeks", "macaskill", "pustejovsky")

_PREDICTORS: dict[str, Callable[[Floats], Floats]] = {
    "n": lambda n: n,
    "sqrt_n": np.sqrt,
    "inverse_n": lambda n: 1 / n,
    "inverse_sqrt_n": lambda n: 1 / np.sqrt(n),
}
PREDICTORS = ("se", "v", *_PREDICTORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsymmetryTest:
    """A line through the effects of k studies; `statistic`, `df` and `p_value` test its slope.

    `limit` with its interval is the effect the line predicts for a study of infinite size: the intercept, where the
    predictor is 0 for such a study, else None. `left_out` are the places, from 0 on, of studies that say nothing.
    """

    test: str
    k: int
    intercept: float
    intercept_se: float
    slope: float
    slope_se: float
    statistic: float
    df: int | None  # None: the statistic is normal
    p_value: float
    tau2: float | None  # None: residual variance is multiplicative
    limit: float | None
    limit_low: float | None
    limit_high: float | None
    left_out: tuple[int, ...] = ()


def require_ten(test: str, k: int, force: bool, least: int = 3) -> None:
    """Refuse a test of too few studies.

    Raises
    ------
    TooFewStudies
        If k < 10 and the test is not forced, or k is less than the test is defined for.
    """
    if k < least:
        raise TooFewStudies(test, need=least, have=k)
    if k < ENOUGH and not force:
        raise TooFewStudies(
            test,
            need=ENOUGH,
            have=k,
            reason="with fewer it cannot tell asymmetry from chance (Sterne et al. 2011); force=True computes it all "
            "the same",
        )


def egger(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    *,
    predictor: str = "se",
    n: npt.ArrayLike | None = None,
    model: str = "weighted",
    method: str = "reml",
    interval: str = "wald",
    tau2: float | None = None,
    level: float = 95.0,
    force: bool = False,
) -> AsymmetryTest:
    """Egger's regression test and its variants.

    Parameters
    ----------
    y, v : arrays of shape (k,)
        Effects on the scale of analysis and their sampling variances, > 0.
    predictor : str
        "se" (Egger), "v", or from the number of patients: "n", "sqrt_n", "inverse_n", "inverse_sqrt_n".
    n : array of shape (k,), optional
        Patients of each study, for predictors that need them.
    model : str
        "weighted": least squares with weights 1 / v and a factor for dispersion, t with k - 2 degrees of freedom, the
        classic test; "mixed": meta-regression with tau2 by `method` and the test of `interval`;
        "thompson": the same with classic (Wald) standard errors and t with k - 2 degrees of freedom.
    method, interval : str
        Of the meta-regression, as in `regress`.
    tau2 : float, optional
        For "thompson": this value, say as another program printed it, in place of the estimate.
    level : float
        In percent, of the interval of the limit.
    force : bool
        Test fewer than ten studies.

    Raises
    ------
    TooFewStudies
        If k < 10 unless forced; in any case if k < 3.
    SynthesisError
        If an option is unknown, numbers of patients are lacking, or the predictor is the same for all studies.

    References
    ----------
    Egger et al. (1997) BMJ 315:629-634; Sterne & Egger (2005) in Publication Bias in Meta-Analysis; on n: Macaskill,
    Walter & Irwig (2001) Stat Med 20:641-654; "thompson": Thompson & Sharp (1999) Stat Med 18:2693-2708, as metabias of
    meta; limits: Moreno et al. (2009) BMC Med Res Methodol 9:2. Compared with
    regtest of metafor in tests/reference/.
    """
    y_, v_ = check_studies(y, v)
    for name, value, allowed in (("predictor", predictor, PREDICTORS), ("model", model, MODELS)):
        if value not in allowed:
            raise SynthesisError(f"{name} {value!r} is none of {', '.join(allowed)}.")
    require_ten("A regression test of funnel plot asymmetry", len(y_), force)
    x, at_infinity = _predictor(predictor, v_, n), predictor not in ("n", "sqrt_n")
    if model == "weighted":
        return _line("egger", y_, x, 1 / v_, at_infinity, level)
    if model == "thompson" and tau2 is not None:
        if not (math.isfinite(tau2) and tau2 >= 0):
            raise SynthesisError(f"tau2 is {tau2}; a variance is a number from 0 on.")
        return _line("egger", y_, x, 1 / (v_ + tau2), at_infinity, level, tau2)
    if model == "thompson":
        interval = "wald"
    fit = regress(y_, v_, x, method=method, interval=interval, level=level, terms=[predictor])
    (intercept, slope), (intercept_se, slope_se) = map(float, fit.b), map(float, fit.se)
    df = len(y_) - 2 if model == "thompson" or fit.df is not None else None
    half = (normal_quantile(level) if df is None else _t_quantile(level, df)) * intercept_se
    statistic = slope / slope_se
    return AsymmetryTest(
        test="egger",
        k=len(y_),
        intercept=intercept,
        intercept_se=intercept_se,
        slope=slope,
        slope_se=slope_se,
        statistic=statistic,
        df=df,
        p_value=p_from_z(statistic) if df is None else _t_p(statistic, df),
        tau2=fit.tau2,
        limit=intercept if at_infinity else None,
        limit_low=intercept - half if at_infinity else None,
        limit_high=intercept + half if at_infinity else None,
    )


def count_asymmetry(
    events_a: npt.ArrayLike,
    total_a: npt.ArrayLike,
    events_b: npt.ArrayLike,
    total_b: npt.ArrayLike,
    *,
    test: str = "harbord",
    measure: str = "OR",
    level: float = 95.0,
    force: bool = False,
) -> AsymmetryTest:
    """Regression tests for two-by-two tables, t with k - 2 degrees of freedom.

    Parameters
    ----------
    events_a, total_a, events_b, total_b : arrays of shape (k,)
        Patients with the event and all patients of both arms.
    test : str
        "harbord": efficient score over its variance on 1 / sqrt(variance), of the log odds ratio; "peters": effect on
        1 / n, weighted by 1 / (1 / events + 1 / non-events); "deeks": effect on 1 / sqrt(ess), weighted by
        ess = 4 n_a n_b / n; "macaskill": effect on n; "pustejovsky": effect on sqrt(1 / n_a + 1 / n_b); the last two
        weighted by 1 / v.
    measure : str
        Of the effect, for all tests but Harbord's: "OR", "RR" or "RD". 0.5 is added to the cells of a study with an
        empty one.
    level, force
        As in `egger`.

    Returns
    -------
    AsymmetryTest
        Studies without any event, or with nothing but events, are left out and listed.

    Raises
    ------
    TooFewStudies
        As `egger`, of the studies that are left.
    SynthesisError
        If an option is unknown, or counts cannot be used.

    References
    ----------
    Harbord, Egger & Sterne (2006) Stat Med 25:3443-3457; Peters et al. (2006) JAMA 295:676-680; Deeks, Macaskill &
    Irwig (2005) J Clin Epidemiol 58:882-893; Macaskill et al. (2001) Stat Med 20:641-654; Pustejovsky & Rodgers (2019)
    Res Synth Methods 10:57-71. As metabias of meta.
    """
    if test not in COUNT_TESTS:
        raise SynthesisError(f"test {test!r} is none of {', '.join(COUNT_TESTS)}.")
    if measure not in ("OR", "RR", "RD"):
        raise SynthesisError(f"These tests are for OR, RR and RD, not for {measure!r}.")
    y, v = effects(measure, events_a=events_a, total_a=total_a, events_b=events_b, total_b=total_b)
    counts = np.array([events_a, total_a, events_b, total_b], dtype=float)
    events, n = counts[0] + counts[2], counts[1] + counts[3]
    silent = (events == 0) | (events == n)
    y, v = check_studies(y[~silent], v[~silent])
    require_ten(f"{test.capitalize()}'s test of funnel plot asymmetry", len(y), force)
    found = _of_counts(test, y, v, counts[:, ~silent], level)
    return replace(found, left_out=tuple(int(place) for place in np.flatnonzero(silent)))


def _of_counts(test: str, y: Floats, v: Floats, counts: Floats, level: float) -> AsymmetryTest:
    a, n_a, c, n_b = counts
    n, events = n_a + n_b, a + c
    if test == "harbord":
        score, spread = a - events * n_a / n, n_a * n_b * events * (n - events) / (n**2 * (n - 1))
        return _line(test, score / spread, spread**-0.5, spread, True, level)
    if test == "peters":
        return _line(test, y, 1 / n, 1 / (1 / events + 1 / (n - events)), True, level)
    if test == "deeks":
        size = 4 * n_a * n_b / n
        return _line(test, y, size**-0.5, size, True, level)
    if test == "macaskill":
        return _line(test, y, n, 1 / v, False, level)
    return _line(test, y, np.sqrt(1 / n_a + 1 / n_b), 1 / v, True, level)


def _predictor(name: str, v: Floats, n: npt.ArrayLike | None) -> Floats:
    if name in ("se", "v"):
        return np.sqrt(v) if name == "se" else v
    if n is None:
        raise SynthesisError(f"The predictor {name!r} needs the number of patients of each study, as `n`.")
    sizes = np.asarray(n, dtype=float)
    if sizes.shape != v.shape:
        raise SynthesisError(f"{len(sizes)} numbers of patients for {len(v)} studies; there must be one for each.")
    for place, size in enumerate(sizes, start=1):
        if not (math.isfinite(size) and size > 0):
            raise SynthesisError(f"Study {place} of {len(v)} has {size} patients; the number must be positive.")
    return np.asarray(_PREDICTORS[name](sizes))


def _line(
    test: str, y: Floats, x: Floats, w: Floats, at_infinity: bool, level: float, tau2: float | None = None
) -> AsymmetryTest:
    """Weighted least squares of y on x, with a factor for dispersion unless the weights hold a tau2."""
    if not 0 < level < 100:
        raise SynthesisError(f"level {level} is no confidence level in percent; 95 is usual.")
    mean_x, mean_y = np.sum(w * x) / np.sum(w), np.sum(w * y) / np.sum(w)
    around = x - mean_x
    spread = float(np.sum(w * around**2))
    if np.max(np.abs(around)) <= 1e-10 * np.max(np.abs(x)):
        raise SynthesisError("All studies are of the same size or precision, so there are no small and large ones.")
    df = len(y) - 2
    slope = float(np.sum(w * around * (y - mean_y))) / spread
    intercept = float(mean_y - slope * mean_x)
    dispersion = float(np.sum(w * (y - mean_y - slope * around) ** 2)) / df
    if tau2 is not None:
        dispersion = 1.0
    slope_se = math.sqrt(dispersion / spread)
    intercept_se = math.sqrt(dispersion * float(1 / np.sum(w) + mean_x**2 / spread))
    if slope_se <= 1e-12 * abs(slope) or slope_se == 0:
        raise SynthesisError("The studies lie on a line to the last digit, so its slope cannot be tested.")
    statistic = slope / slope_se
    half = _t_quantile(level, df) * intercept_se
    return AsymmetryTest(
        test=test,
        k=len(y),
        intercept=intercept,
        intercept_se=intercept_se,
        slope=slope,
        slope_se=slope_se,
        statistic=statistic,
        df=df,
        p_value=_t_p(statistic, df),
        tau2=tau2,
        limit=intercept if at_infinity else None,
        limit_low=intercept - half if at_infinity else None,
        limit_high=intercept + half if at_infinity else None,
    )


def _t_quantile(level: float, df: int) -> float:
    return -float(special.stdtrit(df, (100 - level) / 200))


def _t_p(statistic: float, df: int) -> float:
    return 2 * float(special.stdtr(df, -abs(statistic)))
