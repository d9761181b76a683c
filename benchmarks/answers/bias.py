"""Small-study effects, as metafor and meta name them. Tests of fewer than ten studies are forced, as R does them."""

from typing import Any

from answers import INTERVALS, Case, Columns, argument, method_of
from evidence import synthesise

PREDICTORS = {
    "sei": "se",
    "vi": "v",
    "ni": "n",
    "ninv": "inverse_n",
    "sqrtni": "sqrt_n",
    "sqrtninv": "inverse_sqrt_n",
}


def answer(case: Case, columns: Columns) -> dict[str, Any] | None:
    """The answer to a case of small-study effects."""
    one = CALLS.get(case["call"].get("fun", ""))
    return one(case, columns) if one else None


def _studies(case: Case, columns: Columns) -> tuple[list[float], list[float]]:
    return argument(case, columns, "yi"), argument(case, columns, "vi")


def _regression(case: Case, columns: Columns) -> dict[str, Any]:
    call = case["call"]
    mixed = call.get("model", "rma") == "rma"
    found = synthesise.egger(
        *_studies(case, columns),
        predictor=PREDICTORS[call.get("predictor", "sei")],
        n=argument(case, columns, "ni", "ni" if "ni" in columns else None),
        model="mixed" if mixed else "weighted",
        method=method_of(call.get("method", "REML")),
        interval=INTERVALS[call.get("test", "z")],
        force=True,
    )
    given = {"stat": found.statistic, "p": found.p_value, "df": found.df}
    if mixed:
        given |= {
            "intercept": found.intercept,
            "slope": found.slope,
            "intercept_se": found.intercept_se,
            "slope_se": found.slope_se,
            "tau2": found.tau2,
        }
    if found.limit is not None:
        given |= {"limit_est": found.limit, "limit_ci_lb": found.limit_low, "limit_ci_ub": found.limit_high}
    return given


def _rank(case: Case, columns: Columns) -> dict[str, Any]:
    found = synthesise.begg(*_studies(case, columns), force=True)
    return {"tau": found.tau, "p_normal_approx": found.p_normal, "p_exact_where_no_ties": found.p_value}


def _trim_and_fill(case: Case, columns: Columns) -> dict[str, Any]:
    call = case["call"]
    found = synthesise.trim_and_fill(
        *_studies(case, columns),
        estimator=call.get("estimator", "L0"),
        side=call.get("side"),
        method=method_of(call.get("method", "REML")),
        interval=INTERVALS[call.get("test", "z")],
        force=True,
    )
    return {
        "k0": found.missing,
        "se_k0": found.se,
        "side": found.side,
        "k": found.pooled.k,
        "estimate": found.pooled.mu,
        "se": found.pooled.se,
        "ci_lb": found.pooled.ci_low,
        "ci_ub": found.pooled.ci_high,
        "p": found.pooled.p_value,
        "tau2": found.pooled.tau2 or 0,
        "Q": found.pooled.Q,
        "filled_yi": found.y,
        "filled_vi": found.v,
        "p_k0": found.p_value,
    }


def _fail_safe(case: Case, columns: Columns) -> dict[str, Any]:
    how = {"alpha": case["call"].get("alpha", 0.05), "force": True}
    target = case["call"].get("orwin_target")
    return {
        "rosenthal": synthesise.fail_safe_n(*_studies(case, columns), "rosenthal", **how).n,
        "orwin": synthesise.fail_safe_n(*_studies(case, columns), "orwin", target=target, **how).n,
        "rosenberg": synthesise.fail_safe_n(*_studies(case, columns), "rosenberg", **how).n,
    }


def _henmi_copas(case: Case, columns: Columns) -> dict[str, Any]:
    found = synthesise.henmi_copas(*_studies(case, columns))
    return {
        "estimate": found.mu,
        "se": found.se,
        "ci_lb": found.ci_low,
        "ci_ub": found.ci_high,
        "tau2": found.tau2,
    }


def _counts(case: Case, columns: Columns) -> dict[str, Any]:
    """Meta's `metabias`: the slope, its standard error and test; studies that say nothing are left out, as there."""
    call = case["call"]
    test, measure = call["method.bias"].lower(), call.get("sm", "OR")
    rows = zip(*(argument(case, columns, name) for name in ("ai", "n1i", "ci", "n2i")), strict=True)
    told = [(a, n_a, c, n_b) for a, n_a, c, n_b in rows if 0 < a + c < n_a + n_b]
    counts = dict(zip(("events_a", "total_a", "events_b", "total_b"), zip(*told, strict=True), strict=True))
    if test == "begg":
        ranks = synthesise.begg(*synthesise.effects(measure, **counts), force=True)
        return {
            "stat": ranks.statistic,
            "df": None,
            "p": ranks.p_normal,
            "estimate": [ranks.score, ranks.score_se],
        }
    if test == "egger":
        found = synthesise.egger(*synthesise.effects(measure, **counts), force=True)
    elif test == "thompson":  # meta prints it at the tau2 at which metafor stops by default
        y, v = synthesise.effects(measure, **counts)
        tau2 = synthesise.metafor_default_tau2(y, v, X=[one**0.5 for one in v])
        found = synthesise.egger(y, v, model="thompson", tau2=tau2, force=True)
    else:
        found = synthesise.count_asymmetry(**counts, test=test, measure=measure, force=True)
    return {
        "stat": found.statistic,
        "df": found.df,
        "p": found.p_value,
        "estimate": [found.slope, found.slope_se],
    }


CALLS = {
    "metafor::regtest": _regression,
    "metafor::ranktest": _rank,
    "metafor::trimfill": _trim_and_fill,
    "metafor::fsn": _fail_safe,
    "metafor::hc": _henmi_copas,
    "meta::metabias": _counts,
}
