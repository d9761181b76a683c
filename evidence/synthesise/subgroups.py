"""Pooled estimates of subgroups of studies, each with its own tau2, and the test whether they differ."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import SynthesisError
from evidence.model.results import Group, GroupTest
from evidence.synthesise.pool import pool


def subgroups(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    groups: Sequence[str],
    *,
    method: str = "reml",
    interval: str = "hartung_knapp",
    level: float = 95.0,
    prediction: str = "test",
) -> tuple[tuple[Group, ...], GroupTest | None]:
    """Groups in alphabetical order, each with its pooled estimate, and the test of subgroup differences.

    Each group has its own tau2. The test compares the groups' estimates with weights 1 / se^2, the standard errors
    being those of `interval`; a group of one study enters with that study. It is None for fewer than two groups.

    Parameters
    ----------
    y, v : arrays of shape (k,)
        Effects on the scale of analysis and their sampling variances, > 0.
    groups : list of k names
        The group of each study.
    method, interval, level, prediction
        As in `pool`.

    Raises
    ------
    SynthesisError
        As `pool`; or if there are not as many names as studies.

    References
    ----------
    Borenstein et al. (2009) Introduction to Meta-Analysis, chapter 19. Compared with metafor in tests/reference/.
    """
    effects, variances = np.asarray(y, dtype=float), np.asarray(v, dtype=float)
    if len(groups) != len(effects) or effects.shape != variances.shape:
        raise SynthesisError(f"{len(groups)} group names for {len(effects)} studies; there must be one for each.")
    found, means, ses = [], [], []
    for name in sorted(set(groups)):
        members = tuple(i for i, group in enumerate(groups) if group == name)
        result = pool(
            effects[list(members)],
            variances[list(members)],
            method=method,
            interval=interval,
            level=level,
            prediction=prediction,
        )
        found.append(Group(name=name, members=members, pooled=result if len(members) > 1 else None))
        means.append(result.mu)
        ses.append(result.se)
    return tuple(found), _difference(np.array(means), np.array(ses)) if len(found) > 1 else None


def _difference(means: npt.NDArray[np.float64], ses: npt.NDArray[np.float64]) -> GroupTest:
    w = 1 / ses**2
    Q = float(np.sum(w * (means - np.sum(w * means) / np.sum(w)) ** 2))
    df = len(means) - 1
    return GroupTest(Q=Q, df=df, p_value=float(special.chdtrc(df, Q)))
