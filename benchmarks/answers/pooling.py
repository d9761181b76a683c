"""Pooling of effects and variances: `rma.uni`, many analyses at once, and `metagen` of R's meta."""

from contextlib import suppress
from typing import Any

from answers import INTERVALS, Case, Columns, argument, method_of
from evidence.errors import SynthesisError
from evidence.model.results import Pooled
from evidence.synthesise import metafor_default_tau2, pool, pool_many

METHODS = ("FE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
#: Names of the reference files and of `Pooled`.
TEST = {
    "estimate": "mu", "se": "se", "stat": "statistic", "df": "df", "p": "p_value", "ci_lb": "ci_low",
    "ci_ub": "ci_high", "pi_lb": "pi_low", "pi_ub": "pi_high",
}  # fmt: skip
FIT = {
    "k": "k", "tau2": "tau2", "se_tau2": "se_tau2", "I2": "I2", "H2": "H2", "s2w": "hartung_knapp_factor", "Q": "Q",
    "Q_df": "Q_df", "Q_p": "Q_p", "I2_Q": "I2_Q", "H2_Q": "H2_Q", "tau2_ci_lb": "tau2_low", "tau2_ci_ub": "tau2_high",
    "tau_ci_lb": "tau_low", "tau_ci_ub": "tau_high", "I2_ci_lb": "I2_low", "I2_ci_ub": "I2_high",
    "H2_ci_lb": "H2_low", "H2_ci_ub": "H2_high", "weights_pct": "weights", "logLik": "log_likelihood", "AIC": "AIC",
    "BIC": "BIC", "AICc": "AICc", "logLik_ML": "log_likelihood", "AIC_ML": "AIC", "BIC_ML": "BIC",
}  # fmt: skip


def answer(case: Case, columns: Columns) -> dict[str, Any] | None:
    """Answer of a case of pooling, or None."""
    function = case["call"].get("fun")
    if function == "metafor::rma.uni" and "datasets" in case["call"]:
        return _many(case)
    if function == "metafor::rma.uni" and "mods" not in case["call"]:
        return _one(case, columns)
    if function == "meta::metagen" and "tau.common" not in case["call"]:
        return _metagen(case, columns)
    return None


def _one(case: Case, columns: Columns) -> dict[str, Any]:
    y, v = argument(case, columns, "yi"), argument(case, columns, "vi")
    method = method_of(case["call"]["method"])
    level = case["call"].get("level", 95)
    found = pool(y, v, method=method, interval="wald", level=level)
    answer: dict[str, Any] = {name: getattr(found, field) for name, field in FIT.items()}
    if method != "common":
        with suppress(SynthesisError):  # where metafor's own search ends without an answer
            answer["tau2_metafor_default"] = metafor_default_tau2(y, v, method=method)
    answer["tests"] = {}
    for test, interval in INTERVALS.items():
        how: dict[str, Any] = {"method": method, "interval": interval, "level": level, "equal_effects": "point"}
        result, higgins = pool(y, v, **how), pool(y, v, prediction="hts", **how)
        answer["tests"][test] = {name: getattr(result, field) for name, field in TEST.items()} | {
            "stat_type": "z" if result.df is None else "t",
            "pi_hts_lb": higgins.pi_low,
            "pi_hts_ub": higgins.pi_high,
        }
    return answer


def _many(case: Case) -> dict[str, Any]:
    Y, V = (list(zip(*case["inputs"][name], strict=True)) for name in ("y", "v"))  # a column for each data set
    answer: dict[str, Any] = {}
    for name in METHODS:
        found = pool_many(Y, V, method=method_of(name), interval="wald")
        answer[name] = {"tau2": found.tau2, "estimate": found.mu, "se": found.se, "metafor_failed": None}
        answer[name]["se_knha"] = pool_many(Y, V, method=method_of(name), interval="hartung_knapp").se
        if name != "FE":
            answer |= {"Q": found.Q, "tau2_ci_lb": found.tau2_low, "tau2_ci_ub": found.tau2_high}
    return answer


def _metagen(case: Case, columns: Columns) -> dict[str, Any]:
    y, v = argument(case, columns, "yi"), argument(case, columns, "vi")
    method = method_of(case["call"]["method.tau"])
    jackson = method == "dl"
    how: dict[str, Any] = {"method": method, "tau2_interval": "jackson" if jackson else "q_profile"}
    classic = pool(y, v, interval="wald", **how)
    answer: dict[str, Any] = {
        "k": classic.k, "tau2": classic.tau2, "tau2_ci_lb": classic.tau2_low, "tau2_ci_ub": classic.tau2_high,
        "method_tau_ci": "J" if jackson else "QP", "Q": classic.Q, "I2": classic.I2_Q, "I2_lb": classic.I2_Q_low,
        "I2_ub": classic.I2_Q_high, "H": classic.H, "H_lb": classic.H_low, "H_ub": classic.H_high,
        "classic": {"est": classic.mu, **_interval(classic)},
    }  # fmt: skip
    for name, prediction in (("pi_t_k_minus_2", "hts"), ("pi_t_k_minus_1", "k_minus_1")):
        found = pool(y, v, interval="wald", prediction=prediction, **how)
        answer[name] = [found.pi_low, found.pi_high]
    for name, interval in (
        ("hk_plain", "hartung_knapp"),
        ("hk_se", "hartung_knapp_adhoc"),
        ("hk_ci", "hartung_knapp_ci"),
        ("hk_IQWiG6", "hartung_knapp_iqwig"),
    ):
        answer[name] = _interval(pool(y, v, interval=interval, **how))
    return answer


def _interval(found: Pooled) -> dict[str, float]:
    return {"se": found.se, "lb": found.ci_low, "ub": found.ci_high, "p": found.p_value}
