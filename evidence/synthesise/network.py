"""Network meta-analysis: every treatment against every other, from direct and indirect evidence together.

A trial gives one row per pair of its arms, `y` being treat_a minus treat_b. Matrices have the row treatment against the
column treatment, treatments in alphabetical order unless another is given.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import SynthesisError
from evidence.formulas.intervals import normal_quantile
from evidence.model.networks import Comparison, Matrix, Network
from evidence.synthesise import network_fit as arithmetic
from evidence.synthesise.network_trials import Floats, Trials, contrasts, require_connected, trials

EFFECTS = ("common", "random")
NETWORK_METHODS = ("reml", "dl")
GOOD = ("small", "large")

#: Rounding in published contrasts of a multi-arm trial, in standard errors.
USUAL_TOLERANCE = 0.1


def network(
    studies: Sequence[object],
    treat_a: Sequence[object],
    treat_b: Sequence[object],
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    *,
    reference: str | None = None,
    order: Sequence[str] | None = None,
    effects: str = "random",
    method: str = "reml",
    good: str = "small",
    level: float = 95.0,
    prediction_df: int = 0,
    tolerance: float = USUAL_TOLERANCE,
) -> Network:
    """Frequentist network meta-analysis.

    Parameters
    ----------
    studies, treat_a, treat_b : lists of m names
        One row per pair of arms: a trial of three arms has three rows, one of four has six.
    y, v : arrays of shape (m,)
        Effects of treat_a against treat_b on the scale of analysis, and their sampling variances, > 0.
    reference : str, optional
        The treatment the others are compared with in `comparisons`; the first by default.
    order : list of the n treatments, optional
        In which they stand in the result; alphabetical by default.
    effects : str
        "random" or "common".
    method : str
        Of tau2, one for all contrasts: "reml" or "dl".
    good : str
        For P-scores: "small" effects are good (deaths) or "large" ones (responses).
    level : float
        In percent.
    prediction_df : int
        Prediction intervals use t with this many degrees of freedom less than Q has: 0 as netmeta from version 3, 1 as
        netmeta before.
    tolerance : float
        By how many standard errors contrasts of one trial may fail to add up (rounding of what was published).

    Returns
    -------
    Network
        Where no two trials inform the same comparison, tau2 is not defined: effects are common ones, and a note says
        so.

    Raises
    ------
    SynthesisError
        If a row or an option cannot be used, a multi-arm trial lacks a contrast or contradicts itself (it is named), or
        the network is not connected (its parts are named).

    References
    ----------
    Ruecker (2012) Res Synth Methods 3:312-324; Ruecker & Schwarzer (2014) Stat Med 33:4353-4369; P-scores: Ruecker &
    Schwarzer (2015) BMC Med Res Methodol 15:58; Q: Krahn, Binder & Koenig (2013) BMC Med Res Methodol 13:35; of tau2:
    `network_fit`. Compared with netmeta (shared cases) and with rma.mv of metafor in tests/reference/.
    """
    for name, value, allowed in (
        ("effects", effects, EFFECTS),
        ("method", method, NETWORK_METHODS),
        ("good", good, GOOD),
    ):
        if value not in allowed:
            raise SynthesisError(f"{name} {value!r} is none of {', '.join(allowed)}.")
    if not 0 < level < 100:
        raise SynthesisError(f"level {level} is no confidence level in percent; 95 is usual.")
    rows = contrasts(studies, treat_a, treat_b, y, v, order)
    names = rows.treatments
    reference = names[0] if reference is None else str(reference)
    if reference not in names:
        raise SynthesisError(f"The reference {reference!r} is none of the treatments {', '.join(names)}.")
    base = names.index(reference)
    require_connected(rows)
    stacks, notes = trials(rows, tolerance)
    n, df = len(names), arithmetic.degrees_of_freedom(stacks, len(names))
    common = arithmetic.solve(stacks, n, 0.0)
    tau2 = _tau2(stacks, n, effects, method)
    if tau2 is None:
        notes += ("No two trials inform the same comparison: tau2 cannot be estimated, and effects are common ones.",)
    fit = arithmetic.solve(stacks, n, tau2) if tau2 else common
    mu = fit.mu[:, None] - fit.mu
    spread = np.diag(fit.covariance)
    se = np.sqrt(np.maximum(spread[:, None] + spread - 2 * fit.covariance, 0.0))
    half = normal_quantile(level) * se
    reach = _prediction(se, tau2, df - prediction_df, level) if effects == "random" and tau2 is not None else None
    within = arithmetic.within_designs(stacks)
    designs, free = arithmetic.count_designs(stacks)
    between = arithmetic.QPart(max(0.0, common.Q - within.Q), free - (n - 1))
    z = mu / np.where(se > 0, se, 1.0)
    p_value = special.erfc(np.abs(z) / math.sqrt(2))
    pi = None if reach is None else (mu - reach, mu + reach)
    return Network(
        treatments=names,
        reference=reference,
        effects=effects,
        method=method if effects == "random" else None,
        level=level,
        good=good,
        k=sum(len(stack.names) for stack in stacks),
        contrasts=len(rows.y),
        designs=designs,
        comparisons=tuple(
            Comparison(
                treatment=name,
                mu=float(mu[i, base]),
                se=float(se[i, base]),
                statistic=float(z[i, base]),
                p_value=float(p_value[i, base]),
                ci_low=float(mu[i, base] - half[i, base]),
                ci_high=float(mu[i, base] + half[i, base]),
                pi_low=float(pi[0][i, base]) if pi else None,
                pi_high=float(pi[1][i, base]) if pi else None,
            )
            for i, name in enumerate(names)
            if i != base
        ),
        mu=_matrix(mu),
        se=_matrix(se),
        ci_low=_matrix(mu - half),
        ci_high=_matrix(mu + half),
        p_value=_matrix(p_value),
        pi_low=_matrix(pi[0]) if pi else None,
        pi_high=_matrix(pi[1]) if pi else None,
        p_scores=_p_scores(z, good),
        tau2=tau2,
        log_likelihood=arithmetic.log_likelihood(stacks, n, tau2)
        if effects == "random" and method == "reml" and tau2 is not None
        else None,
        I2=max(0.0, 100 * (common.Q - df) / common.Q) if df and common.Q > 0 else None,
        Q=common.Q,
        Q_df=df,
        Q_p=_tail(common.Q, df),
        Q_within=within.Q,
        Q_within_df=within.df,
        Q_within_p=_tail(within.Q, within.df),
        Q_between=between.Q,
        Q_between_df=between.df,
        Q_between_p=_tail(between.Q, between.df),
        notes=notes,
    )


def _tau2(stacks: Sequence[Trials], n: int, effects: str, method: str) -> float | None:
    if effects == "common":
        return 0.0
    if arithmetic.degrees_of_freedom(stacks, n) < 1:
        return None
    return arithmetic.tau2_reml(stacks, n) if method == "reml" else arithmetic.tau2_dl(stacks, n)


def _prediction(se: Floats, tau2: float, df: int, level: float) -> Floats | None:
    """Half widths of the prediction intervals; none where t would have no degrees of freedom."""
    if df < 1:
        return None
    reach = -float(special.stdtrit(df, (100 - level) / 200)) * np.sqrt(se**2 + tau2)
    return np.asarray(np.where(np.eye(len(se), dtype=bool), 0.0, reach))


def _p_scores(z: Floats, good: str) -> tuple[float, ...]:
    """Mean certainty of being better than each other treatment."""
    better = special.ndtr(-z if good == "small" else z)
    n = len(z)
    return tuple(float(score) for score in (np.sum(better, axis=1) - np.diag(better)) / (n - 1))


def _tail(Q: float, df: int) -> float | None:
    return float(special.chdtrc(df, Q)) if df else None


def _matrix(values: Floats) -> Matrix:
    return tuple(tuple(row) for row in values.tolist())
