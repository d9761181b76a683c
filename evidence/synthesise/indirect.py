"""One indirect comparison through a common comparator."""

import math
from dataclasses import dataclass

from evidence.errors import SynthesisError
from evidence.formulas.intervals import normal_quantile, p_from_z


@dataclass(frozen=True, slots=True, kw_only=True)
class Indirect:
    """Treatment a versus c, on the scale of analysis, with a Wald interval."""

    mu: float
    se: float
    statistic: float
    p_value: float
    level: float  # percent
    ci_low: float
    ci_high: float


def indirect(mu_ab: float, v_ab: float, mu_cb: float, v_cb: float, *, level: float = 95.0) -> Indirect:
    """Compare a with c, both of which were compared with b in different trials.

    The difference of the two effects; variances (squared standard errors) add up. It holds only where the two sets of
    trials are alike in whatever changes the effect. A multi-arm trial must not enter both: use `network` then.

    Parameters
    ----------
    mu_ab, mu_cb : float
        Pooled effects of a versus b and of c versus b, on the scale of analysis.
    v_ab, v_cb : float
        Their variances, > 0.
    level : float
        In percent.

    Raises
    ------
    SynthesisError
        If an effect is not finite or a variance not positive.

    References
    ----------
    Bucher, Guyatt, Griffith & Walter (1997) J Clin Epidemiol 50:683-691.
    """
    if not 0 < level < 100:
        raise SynthesisError(f"level {level} is no confidence level in percent; 95 is usual.")
    for name, mu, v in (("a versus b", mu_ab, v_ab), ("c versus b", mu_cb, v_cb)):
        if not (math.isfinite(mu) and math.isfinite(v) and v > 0):
            raise SynthesisError(
                f"The effect of {name} is {mu} with variance {v}; an effect must be a number and its variance positive "
                "(the square of the standard error)."
            )
    mu, se = mu_ab - mu_cb, math.sqrt(v_ab + v_cb)
    half = normal_quantile(level) * se
    return Indirect(
        mu=mu,
        se=se,
        statistic=mu / se,
        p_value=p_from_z(mu / se),
        level=level,
        ci_low=mu - half,
        ci_high=mu + half,
    )
