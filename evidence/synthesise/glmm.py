"""Pooled effects of counts by generalised linear mixed models: binomial, Poisson and hypergeometric likelihoods.

No constant is added to empty cells and no study needs a variance of its own, so that these models suit rare events and
proportions near 0 or 1. Fitted by maximum likelihood; the search itself stands in `quadrature`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import SynthesisError, TooFewStudies
from evidence.formulas.intervals import normal_quantile, p_from_z
from evidence.model.results import Pooled
from evidence.synthesise.columns import Vector, check_counts, check_level, check_rates, read_columns
from evidence.synthesise.effects import PROPORTION, RATES, TABLE, effects, one_outcome, table_cells
from evidence.synthesise.heterogeneity import generalised_q, i2_from_q, typical_variance
from evidence.synthesise.quadrature import MOST_POINTS, Counts, maximise
from evidence.synthesise.weighted import scaled

_POINTS = 7
#: In units of the log likelihood: what counts as exact, and what a reader must know.
_NO_ERROR = 1e-7
_ERROR_TO_TELL = 1e-3

#: Which likelihoods each measure has; the first is the default.
MODELS = {"OR": ("UM.FS", "CM.EL", "CM.AL"), "IRR": ("UM.FS", "CM.EL"), "PLO": ("binomial",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledMixed(Pooled):
    """A pooled estimate of a generalised linear mixed model.

    `Q` is the Wald test of heterogeneity, `Q_lrt` the likelihood ratio test, both against a model in which each study
    has its own effect. `weights` is empty: no weights of studies exist.
    """

    measure: str
    model: str
    points: int
    Q_lrt: float
    Q_lrt_p: float


def glmm(
    events_a: npt.ArrayLike,
    total_a: npt.ArrayLike,
    events_b: npt.ArrayLike | None = None,
    total_b: npt.ArrayLike | None = None,
    *,
    measure: str | None = None,
    model: str | None = None,
    level: float = 95.0,
    points: int | None = None,
) -> PooledMixed:
    """Pooled estimate of k studies by a generalised linear mixed model.

    Parameters
    ----------
    events_a, total_a, events_b, total_b : arrays of shape (k,)
        Events and patients of both groups; for IRR events and person-time; for the proportions of one group (PLO) its
        events and patients alone.
    measure : str
        "OR" (the default with two groups), "IRR", or "PLO" (with one group).
    model : str
        OR and IRR: "UM.FS", two binomials or Poissons with a fixed level for each study; "CM.EL", given each study's
        events: noncentral hypergeometric for OR, binomial for IRR; OR also "CM.AL", the binomial approximation of it
        for rare events. PLO: binomial with a normal logit.
    level : float
        In percent.
    points : int
        Nodes of the adaptive quadrature, 1 (Laplace) to 100. By default 7, as metafor; `notes` say where more would
        change the result. The hypergeometric model, which metafor integrates without nodes, gets 100 where 7 err.

    Returns
    -------
    PooledMixed
        Log odds or rate ratio, or logit. Studies with one outcome only say nothing about a ratio, are left out, and
        named in `notes`. I2 and H2 come from tau2 and the variances of the studies' own estimates (0.5 added to studies
        with an empty cell), as in metafor.

    Raises
    ------
    SynthesisError
        If an option is unknown, a study's numbers are impossible or unknown, or the counts are perfectly separated: all
        events in one group, or all or no patients with the event; the message says which.
    TooFewStudies
        If fewer than two studies say something.

    References
    ----------
    Stijnen, Hamza & Ozdemir (2010) Stat Med 29:3046-3067; Jackson et al. (2018) Stat Med 37:1059-1085. As metafor's
    `rma.glmm` with lme4, whose search ends at about the fifth digit of tau2.
    """
    groups = 1 if events_b is None else 2
    measure = measure or ("PLO" if groups == 1 else "OR")
    if measure not in MODELS or (measure == "PLO") != (groups == 1):
        raise SynthesisError("A mixed model pools OR or IRR of two groups, or PLO of one (events_a and total_a alone).")
    model = model or MODELS[measure][0]
    if model not in MODELS[measure]:
        raise SynthesisError(f"Models of {measure} are {', '.join(MODELS[measure])}, not {model!r}.")
    if points is not None and (points != int(points) or not 1 <= points <= MOST_POINTS):
        raise SynthesisError(f"The quadrature takes 1 to {MOST_POINTS} points, not {points!r}.")
    check_level(level)
    names = {"OR": TABLE, "IRR": RATES, "PLO": PROPORTION}[measure]
    given = dict(zip(names, (events_a, total_a, events_b, total_b)[: len(names)], strict=True))
    numbers = read_columns("a mixed model", given, known=True)
    numbers, notes = _informative(measure, numbers)
    k = len(numbers[0])
    if k < 2:
        raise TooFewStudies("A mixed model", need=2, have=k)
    _check_separation(measure, model, numbers)
    counts, saturated, own = _likelihood(measure, model, numbers)
    level_start = np.zeros(k)
    if counts.own_level:
        a, n_a, b, n_b = numbers
        share = (a + b + 0.5) / (n_a + n_b + 1)
        level_start = np.log(share) if measure == "IRR" else special.logit(share)
    common, fit = maximise(counts, points or _POINTS, level_start)
    if points is None and model == "CM.EL" and measure == "OR" and fit.error > _NO_ERROR:
        points = MOST_POINTS
        common, fit = maximise(counts, points, level_start)
    if fit.error > _ERROR_TO_TELL:
        notes = (
            *notes,
            f"With {points or _POINTS} nodes the quadrature errs by {fit.error:.2g} in the log likelihood, because the "
            f"effects differ so much; points={MOST_POINTS} gives the maximum itself.",
        )
    known = np.isfinite(own[0]) & np.isfinite(own[1])
    Q = _wald(own[0][known], own[1][known])
    Q_lrt = max(0.0, 2 * (saturated - common.log_likelihood))
    columns: dict[str, Any] = dict(zip(names, numbers, strict=True))
    v = effects(measure, **columns)[1]
    tau2, df = fit.tau**2, k - 1
    typical = _typical(v)
    half = normal_quantile(level) * fit.se
    reach = normal_quantile(level) * math.hypot(fit.se, fit.tau)
    return PooledMixed(
        method="glmm",
        measure=measure,
        model=model,
        points=int(points or _POINTS),
        interval="wald",
        level=level,
        k=k,
        mu=fit.theta,
        se=fit.se,
        statistic=fit.theta / fit.se,
        df=None,
        p_value=p_from_z(fit.theta / fit.se),
        ci_low=fit.theta - half,
        ci_high=fit.theta + half,
        pi_low=fit.theta - reach,
        pi_high=fit.theta + reach,
        tau2=tau2,
        se_tau2=None,
        tau2_low=None,
        tau2_high=None,
        Q=Q,
        Q_df=df,
        Q_p=float(special.chdtrc(df, Q)),
        Q_lrt=Q_lrt,
        Q_lrt_p=float(special.chdtrc(df, Q_lrt)),
        I2=100 * tau2 / (tau2 + typical),
        H2=tau2 / typical + 1,
        I2_Q=float(i2_from_q(np.array(Q), np.array(df))),
        typical_variance=typical,
        weights=(),
        notes=notes,
    )


def _informative(measure: str, numbers: tuple[Vector, ...]) -> tuple[tuple[Vector, ...], tuple[str, ...]]:
    """Checked columns of the studies that say something about the effect, and which were left out."""
    if measure == "PLO":
        check_counts(numbers[0], numbers[1])
        return numbers, ()
    if measure == "OR":
        silent = one_outcome(table_cells(*numbers))
    else:
        a, time_a, b, time_b = numbers
        check_rates(a, time_a, " in group a")
        check_rates(b, time_b, " in group b")
        silent = (a == 0) & (b == 0)
    if not silent.any():
        return numbers, ()
    places = ", ".join(str(place + 1) for place in np.flatnonzero(silent))
    note = f"One outcome only (no event in either group, or nothing but events) in study {places}: left out."
    return tuple(column[~silent] for column in numbers), (note,)


def _wald(y: Vector, v: Vector) -> float:
    """Q of the studies that have an effect of their own."""
    if len(y) < 2:
        return 0.0
    studies = scaled(y[:, None], v[:, None])
    return float(generalised_q(studies, np.zeros(1))[0][0])


def _typical(v: Vector) -> float:
    """Sampling variance of a typical study."""
    studies = scaled(np.zeros((len(v), 1)), v[:, None])
    return float(typical_variance(studies)[0] * studies.unit[0] ** 2)


def _check_separation(measure: str, model: str, numbers: tuple[Vector, ...]) -> None:
    """Refuse counts under which the effect that is likeliest is infinite."""
    if measure == "PLO":
        x, low, high = numbers[0], np.zeros(len(numbers[0])), numbers[1]
        extremes = "nobody had the event", "everybody had the event"
    else:
        x, n_a, c, n_b = numbers
        low, high = np.zeros(len(x)), x + c
        if measure == "OR" and model != "CM.AL":
            low, high = np.maximum(0, high - n_b), np.minimum(n_a, high)
        extremes = "group a had the fewest events possible (none)", "group a had the most events possible (all)"
    if np.all((x == low) | (x == high)) and not (np.all(x == low) or np.all(x == high)):
        raise SynthesisError(
            f"Perfect separation: in each of the {len(x)} studies {extremes[0]} or {extremes[1]}, so that the "
            "likeliest spread of effects is infinite. Pool differences of risks, or tables (mantel_haenszel)."
        )
    for limit, words in zip((low, high), extremes, strict=True):
        if np.all(x == limit):
            raise SynthesisError(
                f"Perfect separation: in each of the {len(x)} studies {words}, so that the likeliest effect is "
                "infinite. Pool differences of risks, or add a constant (effects with `add`, `to`) and say so."
            )


def _likelihood(measure: str, model: str, numbers: tuple[Vector, ...]) -> tuple[Counts, float, tuple[Vector, Vector]]:
    """The likelihood, its height where each study has its own effect, and these effects with their variances."""
    if measure == "PLO":
        x, n = numbers
        return _binomial(x[:, None], n[:, None], np.zeros((len(x), 1)))
    a, n_a, b, n_b = numbers
    if model == "UM.FS":
        y, n = np.column_stack((a, b)), np.column_stack((n_a, n_b))
        return _binomial(y, n, np.zeros(y.shape)) if measure == "OR" else _poisson(y, np.log(n))
    if model == "CM.EL" and measure == "OR":
        return _hypergeometric(a, n_a, b, n_b)
    return _binomial(a[:, None], (a + b)[:, None], np.log(n_a / n_b)[:, None])


def _binomial(y: Vector, n: Vector, offset: Vector) -> tuple[Counts, float, tuple[Vector, Vector]]:
    near = (y + 0.5) / (n + 1)
    eta_near = special.logit(near)

    def height(eta: Vector) -> Vector:
        move = eta - eta_near
        # beyond, log1p would lose what it gains near 0
        far = np.logaddexp(0, eta) - np.logaddexp(0, eta_near)
        heights: Vector = y * move - n * np.where(
            np.abs(move) < 1, np.log1p(near * np.expm1(np.clip(move, -1, 1))), far
        )
        return heights

    def moments(eta: Vector) -> tuple[Vector, Vector]:
        p = special.expit(eta)
        return n * p, n * p * (1 - p)

    saturated = float(np.sum(special.xlogy(y, y / n / near) + special.xlogy(n - y, (1 - y / n) / (1 - near))))
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.log(y) - np.log(n - y) - offset, 1 / y + 1 / (n - y)
    return _counts(y, offset, height, moments), saturated, _difference(*own)


def _poisson(y: Vector, offset: Vector) -> tuple[Counts, float, tuple[Vector, Vector]]:
    near = y + 0.5

    def height(eta: Vector) -> Vector:
        move = eta - np.log(near)
        heights: Vector = y * move - near * np.expm1(move)
        return heights

    def moments(eta: Vector) -> tuple[Vector, Vector]:
        mean = np.exp(eta)
        return mean, mean

    saturated = float(np.sum(special.xlogy(y, y / near) - (y - near)))
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.log(y) - offset, 1 / y
    return _counts(y, offset, height, moments), saturated, _difference(*own)


def _counts(
    y: Vector,
    offset: Vector,
    height: Callable[[Vector], Vector],
    moments: Callable[[Vector], tuple[Vector, Vector]],
) -> Counts:
    """One count of a study is about the effect; of two, half of it each way about the study's own level."""
    two = y.shape[1] == 2
    z = np.array([0.5, -0.5]) if two else np.ones(1)
    return Counts(y=y, offset=offset, z=z, own_level=two, height=height, moments=moments)


def _difference(y: Vector, v: Vector) -> tuple[Vector, Vector]:
    """Effects of studies with one count, or between their two, and variances."""
    with np.errstate(invalid="ignore"):
        return (y[:, 0], v[:, 0]) if y.shape[1] == 1 else (y[:, 0] - y[:, 1], v.sum(axis=1))


def _hypergeometric(a: Vector, n_a: Vector, b: Vector, n_b: Vector) -> tuple[Counts, float, tuple[Vector, Vector]]:
    """Events of group a given all events of the study."""
    start = np.log((a + 0.5) / (n_a - a + 0.5)) - np.log((b + 0.5) / (n_b - b + 0.5))
    tables = []
    for i, events in enumerate(a + b):
        x = np.arange(max(0.0, events - n_b[i]), min(n_a[i], events) + 1)
        log_p = start[i] * x - sum(special.gammaln(n + 1) for n in (x, n_a[i] - x, events - x, n_b[i] - events + x))
        tables.append((x - a[i], log_p - special.logsumexp(log_p)))

    def terms(eta: Vector) -> list[tuple[Vector, Vector]]:
        """Distance of each table of each study from the one observed, and its log probability but for the sum."""
        return [(x, log_p + x * (eta[..., i, 0] - start[i])[..., None]) for i, (x, log_p) in enumerate(tables)]

    def height(eta: Vector) -> Vector:
        heights: Vector = -np.stack([special.logsumexp(logs, axis=-1) for _, logs in terms(eta)], axis=-1)
        return heights[..., None]

    def moments(eta: Vector) -> tuple[Vector, Vector]:
        means, variances = [], []
        for x, logs in terms(eta):
            p = special.softmax(logs, axis=-1)
            means.append(p @ x)
            variances.append(np.sum(p * (x - means[-1][..., None]) ** 2, axis=-1))
        return a[:, None] + np.stack(means, axis=-1)[..., None], np.stack(variances, axis=-1)[..., None]

    y = a[:, None]
    inside = np.array([x[0] < 0 < x[-1] for x, _ in tables])[:, None]
    eta = start[:, None]
    for _ in range(100):
        mean, variance = moments(eta)
        step = np.where(inside, np.clip((y - mean) / np.where(inside, variance, 1.0), -1, 1), 0.0)
        eta = eta + step
        if np.max(np.abs(step)) < 1e-13:
            break
    # at the end of its support a study's likelihood approaches that of one table alone
    ends = np.array([-(log_p[0] if x[0] == 0 else log_p[-1]) for x, log_p in tables])[:, None]
    saturated = float(np.sum(np.where(inside, height(eta), ends)))
    with np.errstate(divide="ignore"):
        own = np.where(inside, eta, np.inf)[:, 0], (1 / moments(eta)[1])[:, 0]
    return _counts(y, np.zeros(y.shape), height, moments), saturated, own
