"""Direct and indirect evidence on each comparison of a network, told apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evidence.formulas.intervals import p_from_z
from evidence.model.networks import Network
from evidence.synthesise.network import network
from evidence.synthesise.network_trials import contrasts

#: Less than this share of indirect evidence is rounding.
_NOTHING = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An estimate on the scale of analysis."""

    mu: float
    se: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One comparison, `a` versus `b`: what the network says, and its direct and indirect evidence.

    `direct_share` is the share of the precision that comes from direct evidence. `difference` is direct minus indirect,
    None where either does not exist.
    """

    a: str
    b: str
    k: int  # trials with both
    direct_share: float
    network: Evidence
    direct: Evidence | None
    indirect: Evidence | None
    difference: Evidence | None
    statistic: float | None
    p_value: float | None


def net_split(
    studies: Sequence[object],
    treat_a: Sequence[object],
    treat_b: Sequence[object],
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    **options: Any,
) -> tuple[Split, ...]:
    """Direct against indirect evidence for all pairs of treatments, in the network's order, a given reference last.

    Direct evidence pools the trials' own contrasts with the tau2 of the network; indirect evidence is what must be
    added to it to give the network's estimate (back-calculation). A multi-arm trial counts as direct for each of its
    pairs.

    Parameters
    ----------
    studies, treat_a, treat_b, y, v
        As in `network`.
    **options
        Further options of `network`.

    Raises
    ------
    SynthesisError
        As `network`.

    References
    ----------
    Dias, Welton, Caldwell & Ades (2010) Stat Med 29:932-944; Koenig, Krahn & Binder (2013) Stat Med 32:5414-5429. As
    netsplit(method = "Back-calculation") of netmeta.
    """
    result = network(studies, treat_a, treat_b, y, v, **options)
    rows = contrasts(studies, treat_a, treat_b, y, v, result.treatments)
    n = len(result.treatments)
    low, high = np.minimum(rows.a, rows.b), np.maximum(rows.a, rows.b)
    pair, effect = low * n + high, np.where(rows.a < rows.b, rows.y, -rows.y)
    w = 1 / (rows.v + (result.tau2 or 0.0))
    total, weighted, k = (np.bincount(pair, weights=x, minlength=n * n) for x in (w, w * effect, np.ones(len(w))))
    last = None if options.get("reference") is None else result.treatments.index(result.reference)
    found = []
    for i in range(n):
        for j in range(i + 1, n):
            place, turned = i * n + j, i == last
            sum_y = -weighted[place] if turned else weighted[place]
            a, b = (j, i) if turned else (i, j)
            found.append(_split(result, a, b, int(k[place]), float(total[place]), float(sum_y)))
    return tuple(found)


def _split(result: Network, i: int, j: int, k: int, w: float, weighted: float) -> Split:
    whole = Evidence(mu=result.mu[i][j], se=result.se[i][j])
    share = whole.se**2 * w
    direct = Evidence(mu=weighted / w, se=w**-0.5) if k else None
    indirect = difference = None
    if direct is None:
        indirect = whole
    elif 1 - share > _NOTHING:
        indirect = Evidence(mu=(whole.mu - share * direct.mu) / (1 - share), se=whole.se / (1 - share) ** 0.5)
        difference = Evidence(mu=direct.mu - indirect.mu, se=(direct.se**2 + indirect.se**2) ** 0.5)
    statistic = difference.mu / difference.se if difference else None
    return Split(
        a=result.treatments[i],
        b=result.treatments[j],
        k=k,
        direct_share=share,
        network=whole,
        direct=direct,
        indirect=indirect,
        difference=difference,
        statistic=statistic,
        p_value=None if statistic is None else p_from_z(statistic),
    )
