"""Columns of study numbers to effects and sampling variances on the scale of analysis.

The formulas stand in `evidence.formulas.kernels`; here they meet columns, and the rules that look at all studies at
once (empty cells, averaged variances). Measures, definitions and defaults are metafor's.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from evidence.errors import SynthesisError
from evidence.formulas import kernels
from evidence.formulas.intervals import normal_quantile
from evidence.synthesise.columns import (
    ARRAY,
    ZERO_RULES,
    Vector,
    check_counts,
    check_level,
    check_rates,
    check_spread,
    read_columns,
    refuse,
    with_constant,
)
from evidence.synthesise.variances import VARIANTS, other_variance

TABLE = ("events_a", "total_a", "events_b", "total_b")
MEANS = ("mean_a", "sd_a", "total_a", "mean_b", "sd_b", "total_b")
RATES = ("events_a", "time_a", "events_b", "time_b")
PROPORTION = ("events", "total")

_OF_TABLE: dict[str, Callable[..., kernels.Pair]] = {
    "OR": kernels.log_odds_ratio,
    "RR": kernels.log_risk_ratio,
    "RD": kernels.risk_difference,
    "AS": kernels.arcsine_difference,
    "PETO": kernels.peto_odds_ratio,
}
_OF_MEANS: dict[str, Callable[..., kernels.Pair]] = {
    "MD": kernels.mean_difference,
    "SMD": kernels.standardised_mean_difference,
    "ROM": kernels.log_ratio_of_means,
}
_OF_RATES: dict[str, Callable[..., kernels.Pair]] = {
    "IRR": kernels.log_rate_ratio,
    "IRD": kernels.rate_difference,
}
_OF_PROPORTION: dict[str, Callable[..., kernels.Pair]] = {
    "PR": kernels.proportion,
    "PLO": kernels.logit_proportion,
    "PLN": kernels.log_proportion,
    "PAS": kernels.arcsine_proportion,
    "PFT": kernels.double_arcsine,
}
#: Measures that are defined with an empty cell, so that nothing is added unless asked for.
_NO_CONSTANT = frozenset({"AS", "PAS", "PFT"})


def effects(
    measure: str,
    *,
    add: float | None = None,
    to: str = "only0",
    drop00: bool = False,
    vtype: str = "LS",
    level: float = 95.0,
    **columns: Any,
) -> tuple[Vector, Vector]:
    """Effects y and sampling variances v, both of shape (k,), from columns of length k.

    Parameters
    ----------
    measure : str
        OR RR RD AS PETO from `events_a, total_a, events_b, total_b`; MD SMD ROM from `mean_a, sd_a, total_a, mean_b,
        sd_b, total_b`; IRR IRD from `events_a, time_a, events_b, time_b`; PR PLO PLN PAS PFT from `events, total`; HR
        (or another ratio that is printed with its interval) from `estimate, ci_low, ci_high` (and `level`) or
        `estimate, p_value`. Ratios come as natural logarithms; risk differences and proportions as fractions.
    add, to : float, str
        Constant for empty cells (0.5; 0 for AS, PAS, PFT) and who gets it: "only0", "all", "if0all" (every study if any
        has an empty cell) or "none".
    drop00 : bool
        Whether studies without any event, or with nothing but events, count as undefined.
    vtype : str
        Variance: "LS", the usual large-sample one; "UB" unbiased (RD SMD PR); "HO" for groups of equal variance (MD
        ROM); "LS2" of an SMD; "AV" and "AVHO" with the average of the studies in place of each study's own proportion,
        effect or coefficient of variation (RD SMD ROM PR PLO PLN).
    level : float
        Of the intervals given for HR, in percent.
    **columns : lists or arrays of length k
        As the measure needs them; nan is "not known".

    Returns
    -------
    y, v : arrays of shape (k,)
        nan in both where the study's numbers define no effect; `pool` refuses those, so the choice stays visible.

    Raises
    ------
    SynthesisError
        If the measure is unknown, a column is absent or too many, lengths differ, or a study's numbers are impossible;
        the message names the study by its place.

    References
    ----------
    In `evidence.formulas.kernels` and `variances`. Compared with metafor's `escalc` in tests/reference/.
    """
    names = _names(measure, columns)
    numbers = read_columns(f"measure {measure}", {name: columns[name] for name in names})
    if to not in ZERO_RULES:
        raise SynthesisError(f"`to` is one of {', '.join(ZERO_RULES)}, not {to!r}.")
    if vtype != "LS" and vtype not in VARIANTS.get(measure, ()):
        raise SynthesisError(f"vtype of {measure} is {', '.join(('LS', *VARIANTS.get(measure, ())))}, not {vtype!r}.")
    constant = (0.0 if measure in _NO_CONSTANT else 0.5) if add is None else add
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "HR":
            y, v = _ratio(numbers, level, from_p="p_value" in names)
        elif measure in _OF_MEANS:
            _check_means(measure, numbers)
            y, v = _OF_MEANS[measure](ARRAY, *numbers)
        else:
            kernel, numbers = _counted(measure, numbers, constant, to, drop00)
            y, v = kernel(ARRAY, *numbers)
        if vtype != "LS":
            v = other_variance(measure, vtype, numbers, y)
    undefined = ~(np.isfinite(y) & np.isfinite(v))
    if undefined.any():
        y, v = np.where(undefined, np.nan, y), np.where(undefined, np.nan, v)
    return y, v


def _names(measure: str, columns: dict[str, Any]) -> tuple[str, ...]:
    if measure in _OF_TABLE:
        needed: tuple[str, ...] = TABLE
    elif measure in _OF_MEANS:
        needed = MEANS
    elif measure in _OF_RATES:
        needed = RATES
    elif measure in _OF_PROPORTION:
        needed = PROPORTION
    elif measure == "HR":
        needed = ("estimate", "p_value") if "p_value" in columns else ("estimate", "ci_low", "ci_high")
    else:
        known = (*_OF_TABLE, *_OF_MEANS, *_OF_RATES, *_OF_PROPORTION, "HR")
        raise SynthesisError(f"Measure {measure!r} is unknown. Known: {', '.join(known)}.")
    if set(columns) != set(needed):
        raise SynthesisError(
            f"Measure {measure} needs the columns {', '.join(needed)}, but was given "
            f"{', '.join(sorted(columns)) or 'none'}."
        )
    return needed


def _counted(
    measure: str, numbers: tuple[Vector, ...], add: float, to: str, drop00: bool
) -> tuple[Callable[..., kernels.Pair], tuple[Vector, ...]]:
    """Kernel of a measure of counts and what it takes, after the treatment of empty cells."""
    if measure in _OF_PROPORTION:
        events, total = numbers
        check_counts(events, total)
        return _OF_PROPORTION[measure], with_constant((events, total - events), add, to)
    if measure in _OF_RATES:
        a, time_a, b, time_b = numbers
        check_rates(a, time_a, " in group a")
        check_rates(b, time_b, " in group b")
        if drop00:
            a = np.where((a == 0) & (b == 0), np.nan, a)
        a, b = with_constant((a, b), add, to)
        return _OF_RATES[measure], (a, time_a, b, time_b)
    cells = table_cells(*numbers)
    if drop00:
        a, b, c, d = cells
        cells = (np.where(one_outcome(cells), np.nan, a), b, c, d)
    return _OF_TABLE[measure], with_constant(cells, add, to)


def table_cells(events_a: Vector, total_a: Vector, events_b: Vector, total_b: Vector) -> tuple[Vector, ...]:
    """Events and non-events of both groups, checked."""
    check_counts(events_a, total_a, " in group a")
    check_counts(events_b, total_b, " in group b")
    return events_a, total_a - events_a, events_b, total_b - events_b


def one_outcome(cells: tuple[Vector, ...]) -> Any:
    """Which studies have no event in either group, or nothing but events."""
    a, b, c, d = cells
    return ((a == 0) & (c == 0)) | ((b == 0) & (d == 0))


def _check_means(measure: str, numbers: tuple[Vector, ...]) -> None:
    _, sd_a, total_a, _, sd_b, total_b = numbers
    check_spread(sd_a, total_a, " in group a")
    check_spread(sd_b, total_b, " in group b")
    if measure == "SMD":
        wrong = ((total_a - 1) * sd_a**2 + (total_b - 1) * sd_b**2 <= 0) | (total_a + total_b < 3)
        if wrong.any():
            refuse(wrong, lambda _: "a standardised mean difference needs a spread and at least three patients")


def _ratio(numbers: tuple[Vector, ...], level: float, *, from_p: bool) -> kernels.Pair:
    estimate = numbers[0]
    if from_p:
        p = numbers[1]
        wrong = (estimate <= 0) | (estimate == 1) | (p <= 0) | (p >= 1)
        if wrong.any():
            refuse(wrong, lambda i: f"a ratio of {estimate[i]:g} with p = {p[i]:g} gives no standard error")
        y = np.log(estimate)
        return y, (y / special.ndtri(p / 2)) ** 2
    _, low, high = numbers
    check_level(level)
    wrong = (low <= 0) | (high <= low) | (estimate < low) | (estimate > high)
    if wrong.any():
        refuse(
            wrong,
            lambda i: (
                f"{estimate[i]:g} ({low[i]:g} to {high[i]:g}) is no ratio within its interval, on the natural scale "
                "and in order"
            ),
        )
    return kernels.log_ratio_from_ci(ARRAY, estimate, low, high, normal_quantile(level))
