"""Network meta-analysis and indirect comparisons, as netmeta and metafor name them."""

from typing import Any

import numpy as np

from answers import Case, Columns, argument, method_of
from evidence import synthesise


def answer(case: Case, columns: Columns) -> dict[str, Any] | None:
    """The answer to a case of a network or of Bucher's method."""
    asked = case["call"].get("fun", "")
    if asked.startswith("netmeta::"):
        return _netmeta(case, columns)
    if asked == "metafor::rma.mv" and "treat1" in case["inputs"]:
        return _gls(case, columns)
    if asked.startswith("Bucher"):
        return _bucher(case, columns)
    return None


def _rows(case: Case, columns: Columns) -> list[Any]:
    names = ("studlab", "treat1", "treat2", "TE", "seTE")
    *rows, se = (argument(case, columns, name) for name in names)
    return [*rows, np.square(se)]


def _order(case: Case) -> list[str] | None:
    """The order of treatments in which the case gives its matrices."""
    return case.get("outputs", {}).get("treatments")


def _gls(case: Case, columns: Columns) -> dict[str, Any]:
    how = {"method": case["call"]["method"].lower(), "order": _order(case)}
    found = synthesise.network(*_rows(case, columns), **how, good="large")
    return {
        "treatments": found.treatments,
        "tau2": found.tau2,
        "logLik": found.log_likelihood,
        "QE": found.Q,
        "QE_df": found.Q_df,
        "random": {"TE": found.mu, "seTE": found.se},
        "pscore_random_small_bad": found.p_scores,
    }


def _netmeta(case: Case, columns: Columns) -> dict[str, Any]:
    rows = _rows(case, columns)
    call = case["call"]
    how = {"method": call.get("method.tau", "DL").lower(), "reference": call.get("reference"), "order": _order(case)}
    found = synthesise.network(*rows, **how)
    before = synthesise.network(*rows, **how, prediction_df=1)
    common = synthesise.network(*rows, **how, effects="common")
    bad = {effects: synthesise.network(*rows, **how, effects=effects, good="large") for effects in ("random", "common")}
    split = synthesise.net_split(*rows, **how)
    return {
        "k": found.k,
        "n_treatments": len(found.treatments),
        "m_comparisons": found.contrasts,
        "designs": found.designs,
        "tau2": found.tau2,
        "tau": None if found.tau2 is None else found.tau2**0.5,
        "I2": found.I2,
        "Q": found.Q,
        "Q_df": found.Q_df,
        "Q_p": found.Q_p,
        "treatments": found.treatments,
        "random": {
            "TE": found.mu,
            "seTE": found.se,
            "ci_lb": found.ci_low,
            "ci_ub": found.ci_high,
            "p": [[None if i == j else p for j, p in enumerate(row)] for i, row in enumerate(found.p_value)],
        },
        "pi_first_pair": {
            "row": found.treatments[0],
            "col": found.treatments[1],
            "netmeta_ge3": _first_pair(found, found.Q_df),
            "netmeta_le2": _first_pair(before, found.Q_df - 1),
        },
        "common": {"TE": common.mu, "seTE": common.se},
        "pscore_random_small_good": found.p_scores,
        "pscore_common_small_good": common.p_scores,
        "pscore_random_small_bad": bad["random"].p_scores,
        "pscore_common_small_bad": bad["common"].p_scores,
        "Q_decomposition": {
            "total": found.Q,
            "within": found.Q_within,
            "between": found.Q_between,
            "df_within": found.Q_within_df,
            "df_between": found.Q_between_df,
            "p_between": found.Q_between_p,
        },
        "netsplit": {
            "comparison": [f"{one.a}:{one.b}" for one in split],
            "k_direct": [one.k for one in split],
            "prop_direct_random": [one.direct_share for one in split],
            "direct_TE": [one.direct and one.direct.mu for one in split],
            "direct_se": [one.direct and one.direct.se for one in split],
            "indirect_TE": [one.indirect and one.indirect.mu for one in split],
            "indirect_se": [one.indirect and one.indirect.se for one in split],
            "diff": [one.difference and one.difference.mu for one in split],
            "diff_se": [one.difference and one.difference.se for one in split],
            "diff_p": [one.p_value for one in split],
        },
    }


def _first_pair(found: Any, df: int) -> dict[str, Any]:
    limits = (found.pi_low and found.pi_low[0][1], found.pi_high and found.pi_high[0][1])
    return {"df": df, "lb": limits[0], "ub": limits[1]}


def _bucher(case: Case, columns: Columns) -> dict[str, Any]:
    call = case["call"]
    method = method_of(call["method"])
    rows = list(zip(*(argument(case, columns, name) for name in ("TE", "seTE", "treat1", "treat2")), strict=True))
    pooled = []
    for one in (call["a"], call["b"]):
        own = [(y if a == one else -y, se) for y, se, a, b in rows if {a, b} == {one, call["common_comparator"]}]
        pooled.append(synthesise.pool([y for y, _ in own], [se**2 for _, se in own], method=method, interval="wald"))
    ac, bc = pooled
    found = synthesise.indirect(ac.mu, ac.se**2, bc.mu, bc.se**2)
    return {
        "k_ac": ac.k,
        "k_bc": bc.k,
        "d_ac": ac.mu,
        "se_ac": ac.se,
        "tau2_ac": ac.tau2 or 0,
        "d_bc": bc.mu,
        "se_bc": bc.se,
        "tau2_bc": bc.tau2 or 0,
        "estimate": found.mu,
        "se": found.se,
        "z": found.statistic,
        "p": found.p_value,
        "ci_lb": found.ci_low,
        "ci_ub": found.ci_high,
    }
