"""Columns of study numbers to effects and sampling variances on the scale of analysis.

The formulas of one study stand in `evidence.formulas`; here they meet columns, and the zero-cell rules that look at all
studies at once ("if0all", `drop00`). Measures, definitions and defaults are metafor's.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from evidence.errors import SynthesisError
from evidence.formulas import counts, hazards

Vector = npt.NDArray[np.float64]

TABLE = ("events_a", "total_a", "events_b", "total_b")
MEANS = ("mean_a", "sd_a", "total_a", "mean_b", "sd_b", "total_b")
RATES = ("events_a", "time_a", "events_b", "time_b")
PROPORTION = ("events", "total")

_OF_TABLE: dict[str, Callable[..., counts.TableEffect]] = {
    "OR": counts.log_odds_ratio,
    "RR": counts.log_risk_ratio,
    "RD": counts.risk_difference,
    "AS": counts.arcsine_difference,
    "PETO": counts.peto_odds_ratio,
}
_OF_MEANS: dict[str, Callable[..., tuple[float, float]]] = {
    "MD": counts.mean_difference,
    "SMD": counts.standardised_mean_difference,
    "ROM": counts.log_ratio_of_means,
}
_PROPORTIONS = ("PR", "PLO", "PLN", "PAS", "PFT")
#: Measures that are defined with an empty cell, so that nothing is added unless asked for.
_NO_CONSTANT = frozenset({"AS", "PAS", "PFT"})


def effects(
    measure: str,
    *,
    add: float | None = None,
    to: str = "only0",
    drop00: bool = False,
    level: float = 95.0,
    **columns: Any,
) -> tuple[Vector, Vector]:
    """Effects y and sampling variances v, both of shape (k,), from columns of length k.

    Parameters
    ----------
    measure : str
        OR RR RD AS PETO from `events_a, total_a, events_b, total_b`; MD SMD ROM from `mean_a, sd_a, total_a, mean_b,
        sd_b, total_b`; IRR from `events_a, time_a, events_b, time_b`; PR PLO PLN PAS PFT from `events, total`; HR from
        `estimate, ci_low, ci_high` (and `level`) or `estimate, p_value`. Ratios come as natural logarithms; risk
        differences and proportions as fractions.
    add, to : float, str
        Constant for empty cells (0.5; 0 for AS, PAS, PFT) and who gets it: "only0", "all", "if0all" (every study if any
        has an empty cell) or "none".
    drop00 : bool
        Whether studies without any event, or with nothing but events, count as undefined.
    level : float
        Of the intervals given for HR, in percent.
    **columns : lists or arrays of length k
        As the measure needs them; `nan` is "not known".

    Returns
    -------
    y, v : arrays of shape (k,)
        `nan` in both where the study's numbers define no effect; `pool` refuses those, so the choice stays visible.

    Raises
    ------
    SynthesisError
        If the measure is unknown, a column is absent or too many, lengths differ, or a study's numbers are impossible;
        the message names the study by its place.

    References
    ----------
    In the docstrings of `evidence.formulas`. Compared with metafor's `escalc` in tests/reference/.
    """
    names = _columns_of(measure, columns)
    rows = _rows(measure, names, columns)
    if to not in ("only0", "all", "if0all", "none"):
        raise SynthesisError(f'`to` is "only0", "all", "if0all" or "none", not {to!r}.')
    if to == "if0all":
        to = "all" if any(_has_empty_cell(names, row) for row in rows) else "none"
    constant = (0.0 if measure in _NO_CONSTANT else 0.5) if add is None else add
    pairs = []
    for place, row in enumerate(rows, start=1):
        try:
            pairs.append(_effect(measure, names, row, constant, to, drop00, level))
        except ValueError as error:
            raise SynthesisError(f"Study {place} of {len(rows)}, measure {measure}: {error}") from error
    y, v = np.array(pairs, dtype=float).reshape(-1, 2).T
    return y.copy(), v.copy()


def _columns_of(measure: str, columns: dict[str, Any]) -> tuple[str, ...]:
    if measure in _OF_TABLE:
        needed: tuple[str, ...] = TABLE
    elif measure in _OF_MEANS:
        needed = MEANS
    elif measure == "IRR":
        needed = RATES
    elif measure in _PROPORTIONS:
        needed = PROPORTION
    elif measure == "HR":
        needed = ("estimate", "p_value") if "p_value" in columns else ("estimate", "ci_low", "ci_high")
    else:
        known = (*_OF_TABLE, *_OF_MEANS, "IRR", *_PROPORTIONS, "HR")
        raise SynthesisError(f"Measure {measure!r} is unknown. Known: {', '.join(known)}.")
    if set(columns) != set(needed):
        raise SynthesisError(
            f"Measure {measure} needs the columns {', '.join(needed)}, but was given "
            f"{', '.join(sorted(columns)) or 'none'}."
        )
    return needed


def _rows(measure: str, names: Sequence[str], columns: dict[str, Any]) -> list[tuple[float, ...]]:
    arrays = []
    for name in names:
        try:
            arrays.append(np.atleast_1d(np.asarray(columns[name], dtype=float)))
        except (TypeError, ValueError) as error:
            raise SynthesisError(f"Column {name} of measure {measure} holds something that is no number.") from error
    lengths = {name: array.shape for name, array in zip(names, arrays, strict=True)}
    if len(set(lengths.values())) > 1 or any(array.ndim != 1 for array in arrays):
        raise SynthesisError(f"The columns of measure {measure} must be lists of one length, but are {lengths}.")
    return [tuple(float(value) for value in row) for row in zip(*arrays, strict=True)]


def _has_empty_cell(names: Sequence[str], row: tuple[float, ...]) -> bool:
    if names == TABLE:
        return row[0] in (0, row[1]) or row[2] in (0, row[3])
    if names == RATES:
        return 0 in (row[0], row[2])
    return names == PROPORTION and row[0] in (0, row[1])


def _effect(
    measure: str, names: Sequence[str], row: tuple[float, ...], add: float, to: str, drop00: bool, level: float
) -> tuple[float, float]:
    if any(math.isnan(value) for value in row):
        return math.nan, math.nan
    if measure in _OF_TABLE:
        silent = (row[0] == 0 and row[2] == 0) or (row[0] == row[1] and row[2] == row[3])
        if drop00 and silent:
            return math.nan, math.nan
        return _OF_TABLE[measure](*row, add=add, to=to)[:2]
    if measure in _OF_MEANS:
        return _OF_MEANS[measure](*row)
    if measure == "IRR":
        if drop00 and row[0] == 0 and row[2] == 0:
            return math.nan, math.nan
        return counts.incidence_rate_ratio(*row, add=add, to=to)[:2]
    if measure in _PROPORTIONS:
        return counts.one_proportion(measure, *row, add=add, to=to)[:2]
    if "p_value" in names:
        found = hazards.log_hr_from_p(row[0], row[1])
    else:
        found = hazards.log_hr_from_ci(row[0], row[1], row[2], level)
    return found.log_hr, found.v
