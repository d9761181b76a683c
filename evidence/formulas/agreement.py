"""How often two readers agree on the same items, and how much more often than by chance."""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from evidence.formulas.intervals import USUAL_LEVEL, normal_quantile


class Kappa(NamedTuple):
    """Cohen's kappa with its large-sample standard error and Wald interval, from -1 to 1."""

    kappa: float
    se: float
    low: float
    high: float
    observed: float  # fraction of items on which both agree
    expected: float  # the same by chance, from how often each uses each category


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]], level: float = USUAL_LEVEL) -> Kappa | None:
    """Cohen's unweighted kappa of two readers who each put every item into one nominal category.

    Parameters
    ----------
    pairs : sequence of pairs, one for each item
        The category the first reader gave and that the second gave. The categories are those observed.
    level : float
        Of the interval, in percent.

    Returns
    -------
    Kappa or None
        None where kappa is not defined: without items, or where both readers use one and the same category alone, so
        that chance agreement is 1. The interval is cut at -1 and 1. It is rough with fewer than some 30 items, and
        where all agree its width is 0, though the agreement on further items is not sure.

    References
    ----------
    Cohen (1960) Educ Psychol Meas 20:37-46; standard error by Fleiss, Cohen and Everitt (1969) Psychol Bull
    72:323-327, formula for a kappa other than 0. Compared with R's psych in tests/formulas/test_agreement.py.
    """
    n = len(pairs)
    rows, columns = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    expected = sum(count * columns[category] for category, count in rows.items()) / n**2 if n else 1.0
    if n == 0 or len(rows.keys() | columns.keys()) == 1:
        return None
    observed = sum(one == other for one, other in pairs) / n
    kappa = (observed - expected) / (1 - expected)
    spread = 0.0
    for (one, other), count in Counter(pairs).items():
        # How much chance agreement rests on the categories of this cell: on the diagonal its row and column together.
        if one == other:
            spread += count / n * (1 - (rows[one] + columns[one]) / n * (1 - kappa)) ** 2
        else:
            spread += count / n * (1 - kappa) ** 2 * ((columns[one] + rows[other]) / n) ** 2
    variance = (spread - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2)
    se = math.sqrt(max(0.0, variance))
    half = normal_quantile(level) * se
    return Kappa(kappa, se, max(-1.0, kappa - half), min(1.0, kappa + half), observed, expected)
