"""Pooled estimates of subgroups of studies, each with its own tau2 or all with a common one, and the test of both."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import SynthesisError
from evidence.formulas.intervals import normal_quantile
from evidence.model.results import Group, GroupTest, Pooled
from evidence.synthesise.design import alphabetical
from evidence.synthesise.many import check_options, solve, t_quantile
from evidence.synthesise.pool import check_studies, pool
from evidence.synthesise.regress import regress
from evidence.synthesise.weighted import scaled


def subgroups(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    groups: Sequence[str],
    *,
    method: str = "reml",
    interval: str = "hartung_knapp",
    level: float = 95.0,
    prediction: str = "test",
    tau2: str = "separate",
) -> tuple[tuple[Group, ...], GroupTest | None]:
    """Groups in alphabetical order, each with its pooled estimate, and the test of subgroup differences.

    With tau2 "separate" each group is pooled by itself. The test compares the groups' estimates with weights 1 / se^2,
    the standard errors being those of `interval`. With "common" the groups are the terms of one meta-regression, which
    has one tau2; t distributions then have k less the number of groups degrees of freedom (one fewer for a prediction
    "hts"). A group of one study enters with that study. The test is None for fewer than two groups.

    Parameters
    ----------
    y, v : arrays of shape (k,)
        Effects on the scale of analysis and their sampling variances, > 0.
    groups : list of k names
        The group of each study.
    method, interval, level, prediction
        As in `pool`.
    tau2 : str
        "separate" or "common".

    Raises
    ------
    SynthesisError
        As `pool`; or if there are not as many names as studies.
    TooFewStudies
        If a common tau2 is asked of not more studies than groups.

    References
    ----------
    Borenstein et al. (2009) Introduction to Meta-Analysis, chapter 19. Compared with metafor in tests/reference/.
    """
    check_options(method, interval, level, prediction)
    if tau2 not in ("separate", "common"):
        raise SynthesisError(f"tau2 {tau2!r} is none of separate, common.")
    effects, variances = np.asarray(y, dtype=float), np.asarray(v, dtype=float)
    if len(groups) != len(effects) or effects.shape != variances.shape:
        raise SynthesisError(f"{len(groups)} group names for {len(effects)} studies; there must be one for each.")
    members = {name: [i for i, group in enumerate(groups) if group == name] for name in alphabetical(groups)}
    how = {"method": method, "interval": interval, "level": level, "prediction": prediction}
    within, df2 = None, None
    if tau2 == "separate" or len(members) == 1:
        results = [pool(effects[rows], variances[rows], **how) for rows in members.values()]  # type: ignore[arg-type]
    else:
        effects, variances = check_studies(effects, variances)
        whole = regress(
            effects, variances, {"": list(groups)}, method=method, interval=interval, level=level, intercept=False
        )
        within, df2 = whole.QE, whole.df
        results = []
        for place, rows in enumerate(members.values()):
            studies = scaled(effects[rows][:, None], variances[rows][:, None])
            own = solve(studies, method, "wald", level, "test", known_tau2=whole.tau2).one(0)
            figures = {"mu": "b", "se": "se", "statistic": "statistic", "p_value": "p_value", "ci_low": "ci_low"}
            figures["ci_high"] = "ci_high"
            taken = {name: float(getattr(whole, field)[place]) for name, field in figures.items()}
            shared = {name: getattr(whole, name) for name in ("df", "se_tau2", "tau2_low", "tau2_high")}
            one = replace(own, interval=interval, **_UNDEFINED, **(shared | taken))
            results.append(_predicted(one, prediction, len(groups) - len(members)))
    found = tuple(
        Group(
            name=name,
            members=tuple(rows),
            pooled=result if len(rows) > 1 else None,
            single=result if len(rows) == 1 else None,
        )
        for (name, rows), result in zip(members.items(), results, strict=True)
    )
    return found, _difference(results, df2, within) if len(found) > 1 else None


#: What one group of several with a common tau2 does not have for itself.
_UNDEFINED: dict[str, Any] = dict.fromkeys(
    "hartung_knapp_factor I2_low I2_high H2_low H2_high log_likelihood AIC BIC AICc".split()
)


def _predicted(result: Pooled, prediction: str, df: int) -> Pooled:
    """The prediction interval of a group, with the degrees of freedom of the whole regression."""
    if result.method == "common":
        return replace(result, pi_low=None, pi_high=None)
    wanted = {"test": result.df, "hts": df - 1, "k_minus_1": df}[prediction]
    if wanted is None:
        quantile = normal_quantile(result.level)
    elif wanted < 1:
        return replace(result, pi_low=None, pi_high=None)
    else:
        quantile = float(t_quantile(result.level, np.array([wanted]))[0])
    half = quantile * math.sqrt(result.se**2 + (result.tau2 or 0.0))
    return replace(result, pi_low=result.mu - half, pi_high=result.mu + half)


def _difference(results: Sequence[Pooled], df2: float | None, within: float | None) -> GroupTest:
    means, w = np.array([result.mu for result in results]), np.array([result.se for result in results]) ** -2.0
    Q = float(np.sum(w * (means - np.sum(w * means) / np.sum(w)) ** 2))
    df = len(means) - 1
    p_value = special.chdtrc(df, Q) if df2 is None else special.fdtrc(df, df2, Q / df)
    return GroupTest(Q=Q, df=df, p_value=float(p_value), df2=df2, Q_within=within)
