"""R's metafor calls on counts, means and rates (`escalc`, `rma.mh`, `rma.peto`, `rma.glmm`) by our names."""

import math
from typing import Any

from evidence.formulas import expit, freeman_tukey_back, harmonic_mean, log_hr_from_ci, log_ratio_asymmetry
from evidence.synthesise import effects, glmm, mantel_haenszel, peto, pool

Answer = dict[str, Any]

NAMES = {
    "ai": "events_a", "n1i": "total_a", "ci": "events_b", "n2i": "total_b", "m1i": "mean_a", "sd1i": "sd_a",
    "m2i": "mean_b", "sd2i": "sd_b", "x1i": "events_a", "t1i": "time_a", "x2i": "events_b", "t2i": "time_b",
    "xi": "events", "ni": "total", "ti": "time",
}  # fmt: skip
ORDER = ("events", "events_a", "total", "time", "total_a", "time_a", "events_b", "total_b", "time_b")
OPTIONS = ("add", "to", "drop00", "vtype")


def answer(case: dict[str, Any], columns: dict[str, Any]) -> Answer | None:
    call = case["call"]["fun"]
    if call == "metafor::escalc":
        return escalc(case, columns)
    if call == "log ratio from CI":
        return ratios(case, columns)
    if call.startswith("PFT pooled"):
        return double_arcsine(case, columns)
    if call == "metafor::rma.mh":
        return mh(case, columns)
    if call == "metafor::rma.peto":
        return pooled(peto(**tables(case, columns), level=level(case)))
    if call == "metafor::rma.glmm":
        return mixed(case, columns)
    return None


def tables(case: dict[str, Any], columns: dict[str, Any]) -> dict[str, Any]:
    """Columns under our names; R takes patients without the event where we take all."""
    given = {name: columns[column] for name, column in case["inputs"].items()}
    for total, events, others in (("n1i", "ai", "bi"), ("n2i", "ci", "di"), ("ni", "xi", "mi")):
        if others in given:
            given[total] = [a + b for a, b in zip(given[events], given.pop(others), strict=True)]
    return {NAMES[name]: column for name, column in given.items()}


def in_order(case: dict[str, Any], columns: dict[str, Any]) -> list[Any]:
    """The columns as positional arguments: events and patients, or person-time, of each group."""
    given = tables(case, columns)
    return [given[name] for name in ORDER if name in given]


def level(case: dict[str, Any]) -> float:
    given = case["call"].get("level", 95)
    return 100 * given if given < 1 else given


def escalc(case: dict[str, Any], columns: dict[str, Any]) -> Answer:
    options = {name: case["call"][name] for name in OPTIONS if name in case["call"]}
    return estimates(effects(case["call"]["measure"], **options, **tables(case, columns)))


def ratios(case: dict[str, Any], columns: dict[str, Any]) -> Answer:
    given = {name: columns[column] for name, column in case["inputs"].items()}
    rows = list(zip(given["estimate"], given["ci_low"], given["ci_high"], strict=True))
    return {
        **estimates(effects("HR", level=level(case), **given)),
        "ci_midpoint": [log_hr_from_ci(None, low, high).log_hr for _, low, high in rows],
        "asymmetry": [log_ratio_asymmetry(*row, level(case)) for row in rows],
    }


def estimates(found: tuple[Any, Any]) -> Answer:
    y, v = ([None if math.isnan(x) else x for x in column] for column in found)
    return {"yi": y, "vi": v, "sei": [None if x is None else math.sqrt(x) for x in v]}


def double_arcsine(case: dict[str, Any], columns: dict[str, Any]) -> Answer:
    events, totals = (columns[name] for name in (("xi", "ni") if {"xi", "ni"} <= set(columns) else list(columns)[:2]))
    y, v = effects("PFT", events=events, total=totals)
    result = pool(y, v, method="dl", interval="wald", level=level(case))
    n, found = harmonic_mean(totals), [result.mu, result.ci_low, result.ci_high]
    return {
        "pooled_pft": found,
        "harmonic_mean_n": n,
        "proportion": [freeman_tukey_back(x, n) for x in found],
        "study_proportion_back": [freeman_tukey_back(x, total) for x, total in zip(y, totals, strict=True)],
    }


def mh(case: dict[str, Any], columns: dict[str, Any]) -> Answer:
    call = case["call"]
    options: Answer = {"correct": call.get("correct", True)}
    for name in ("add", "to"):
        own, tables_ = pair(call.get(name))
        options |= {f"own_{name}": own} if own is not None else {}
        options |= {name: tables_} if tables_ is not None else {}
    if "drop00" in call:
        options["drop00"] = pair(call["drop00"])[0]
    given = in_order(case, columns)
    result = mantel_haenszel(*given, measure=call["measure"], level=level(case), **options)
    return {
        **pooled(result),
        "CMH": result.CMH,
        "CMH_p": result.CMH_p,
        "BD": result.breslow_day,
        "BD_p": result.breslow_day_p,
        "TA": result.tarone,
        "TA_p": result.tarone_p,
    }


def pair(given: Any) -> tuple[Any, Any]:
    """metafor takes one value for the studies' own estimates, or two, the other for the tables that are pooled."""
    return tuple(given) if isinstance(given, list) else (given, None)


def pooled(result: Any) -> Answer:
    found = {
        "k": result.k,
        "estimate": result.mu,
        "se": result.se,
        "z": result.statistic,
        "p": result.p_value,
        "ci_lb": result.ci_low,
        "ci_ub": result.ci_high,
        "Q": result.Q,
        "Q_df": result.Q_df,
        "Q_p": result.Q_p,
        "I2": result.I2,
        "H2": result.H2,
        "weights_pct": result.weights,
    }
    if hasattr(result, "k_estimates"):
        found["k_yi"] = result.k_estimates
    if result.measure not in ("RD", "IRD"):
        back = expit if result.measure == "PLO" else math.exp
        for name, key in (("estimate", "estimate"), ("ci_lb", "ci_lb"), ("ci_ub", "ci_ub")):
            found[f"exp_{name}"] = found[f"back_{name}"] = back(found[key])
    return found


def mixed(case: dict[str, Any], columns: dict[str, Any]) -> Answer:
    call = case["call"]
    given = in_order(case, columns)
    options = {"measure": call["measure"], "model": call.get("model"), "level": level(case)}
    integrated = (call["measure"], call.get("model")) == ("OR", "CM.EL")  # metafor has no nodes there
    result = glmm(*given, points=None if integrated else call.get("nAGQ", 7), **options)
    finer = glmm(*given, points=25, **options)
    return {
        **pooled(result),
        "tau2": result.tau2,
        "pi_lb": result.pi_low,
        "pi_ub": result.pi_high,
        "QE_Wald": result.Q,
        "QE_Wald_p": result.Q_p,
        "QE_LRT": result.Q_lrt,
        "QE_LRT_p": result.Q_lrt_p,
        "QE_df": result.Q_df,
        "estimate_nAGQ25": finer.mu,
        "se_nAGQ25": finer.se,
        "tau2_nAGQ25": finer.tau2,
    }
