"""Log-rank test and its G-rho family, for two or more groups, with strata."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import PatientDataError
from evidence.formulas.patients import Bools, Floats, Ints, patient_events, patient_labels, patient_times


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRank:
    """Observed and expected events per group (weighted where rho is not 0) and the test of equal hazards.

    `o_minus_e`, `v`, `log_hr` and `se` are of the second group against all others (the first, if there are two):
    log_hr = (O - E) / V is Peto's one-step estimate, se = 1 / sqrt(V).
    """

    groups: tuple[str, ...]
    n: tuple[int, ...]
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    rho: float
    chi2: float
    df: int
    p_value: float
    variance: tuple[tuple[float, ...], ...]  # of observed - expected
    o_minus_e: float
    v: float
    log_hr: float | None  # None where the second group was never compared
    se: float | None


def log_rank(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    group: Sequence[object],
    *,
    strata: Sequence[object] | None = None,
    rho: float = 0.0,
) -> LogRank:
    """Test that the groups have the same hazard at all times.

    Parameters
    ----------
    time, event : arrays of shape (n,)
        As in `kaplan_meier`.
    group : n names
        In sorted order they are the groups of the result.
    strata : n names, optional
        Groups are compared within strata and the comparisons added up.
    rho : float
        Weight S(t-)^rho of an event, S the Kaplan-Meier estimate of all groups together: 0 is the log-rank test, 1
        Peto & Peto's modification of the Gehan-Wilcoxon test, which weighs early differences more.

    Raises
    ------
    PatientDataError
        If a patient cannot be used, there is one group only, or no event at which two groups were at risk.

    References
    ----------
    Mantel (1966) Cancer Chemother Rep 50:163-170; Peto & Peto (1972) J R Stat Soc A 135:185-207; Harrington & Fleming
    (1982) Biometrika 69:553-566. Compared with survdiff of R's survival in tests/reference/.
    """
    times = patient_times(time)
    n = len(times)
    events = patient_events(event, n).astype(bool)
    labels = patient_labels("group", group, n)
    count = len(labels.names)
    if count < 2:
        raise PatientDataError("All patients are in one group; a log-rank test compares two or more.")
    layers = np.zeros(n, dtype=np.int64) if strata is None else patient_labels("stratum", strata, n).codes
    observed, expected, variance = np.zeros(count), np.zeros(count), np.zeros((count, count))
    for layer in range(int(np.max(layers)) + 1):
        own = layers == layer
        parts = _one_stratum(times[own], events[own], labels.codes[own], count, rho)
        observed, expected, variance = observed + parts[0], expected + parts[1], variance + parts[2]
    compared = np.flatnonzero(expected > 0)
    df = len(compared) - 1
    inner = variance[np.ix_(compared[1:], compared[1:])]
    if df < 1 or np.linalg.matrix_rank(inner) < df:
        raise PatientDataError(
            "The groups cannot be compared: no event happened while all of them were at risk "
            f"({', '.join(f'{name}: {o:g} observed' for name, o in zip(labels.names, observed, strict=True))})."
        )
    difference = (observed - expected)[compared[1:]]
    chi2 = float(difference @ np.linalg.solve(inner, difference))
    o_minus_e, v = float(observed[1] - expected[1]), float(variance[1, 1])
    return LogRank(
        groups=labels.names,
        n=tuple(int(size) for size in np.bincount(labels.codes)),
        observed=tuple(float(o) for o in observed),
        expected=tuple(float(e) for e in expected),
        rho=rho,
        chi2=chi2,
        df=df,
        p_value=float(special.chdtrc(df, chi2)),
        variance=tuple(tuple(float(cell) for cell in row) for row in variance),
        o_minus_e=o_minus_e,
        v=v,
        log_hr=o_minus_e / v if v > 0 else None,
        se=1 / math.sqrt(v) if v > 0 else None,
    )


def _one_stratum(times: Floats, events: Bools, codes: Ints, count: int, rho: float) -> tuple[Floats, Floats, Floats]:
    """Observed, expected and hypergeometric covariance, each event time weighted."""
    at = np.unique(times[events])
    member = codes[None, :] == np.arange(count)[:, None]
    risk, died = np.zeros((count, len(at))), np.zeros((count, len(at)))
    for g in range(count):
        own = np.sort(times[member[g]])
        risk[g] = len(own) - np.searchsorted(own, at, side="left")
        died[g] = np.bincount(np.searchsorted(at, times[member[g] & events]), minlength=len(at))
    n, d = np.sum(risk, axis=0), np.sum(died, axis=0)
    before = np.concatenate(([1.0], np.cumprod(1 - d / n)[:-1])) if len(at) else np.ones(0)
    weight = before**rho
    share = risk / n
    spread = weight**2 * d * (n - d) / np.where(n > 1, n - 1, 1)
    within = (share * spread) @ share.T
    return died @ weight, share @ (weight * d), np.diag(share @ spread) - within
