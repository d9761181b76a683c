"""Kaplan-Meier, log-rank, Cox and competing risks, as R's survival names them."""

import re
from typing import Any

from answers import Case, Columns, argument
from evidence import formulas

KINDS = {"log-log": "loglog", "log": "log", "plain": "plain"}


def answer(case: Case, columns: Columns) -> dict[str, Any] | None:
    """The answer to a case of `survival`."""
    asked = case["call"].get("fun", "")
    if not asked.startswith("survival::"):
        return None
    for name, one in CALLS.items():
        if asked.removeprefix("survival::").startswith(name):
            return one(case, columns)
    return None


def _by_alphabet(label: Any) -> Any:
    """R sorts texts without regard to case."""
    return (label.casefold(), label.swapcase()) if isinstance(label, str) else label


def _groups(case: Case, columns: Columns) -> tuple[list[str], list[str]]:
    """The names of the groups in order, and the group of every patient."""
    own = argument(case, columns, "group")
    names = case.get("outputs", {}).get("groups") or [str(group) for group in sorted(set(own), key=_by_alphabet)]
    return names, [str(group) for group in own]


def _split(case: Case, columns: Columns, event: str = "status") -> list[tuple[str, list[float], list[int]]]:
    names, own = _groups(case, columns)
    rows = list(zip(own, argument(case, columns, "time"), argument(case, columns, event), strict=True))
    return [(name, [t for g, t, _ in rows if g == name], [e for g, _, e in rows if g == name]) for name in names]


def _times(case: Case, columns: Columns) -> dict[str, list[float]]:
    """The times each curve is asked at: those of the expected curves, else all that the patients have."""
    asked = case.get("outputs", {}).get("curves", ())
    every = sorted(set(argument(case, columns, "time")))
    names, _ = _groups(case, columns)
    return dict.fromkeys(names, every) | {curve["group"]: curve["time"] for curve in asked}


def _curves(case: Case, columns: Columns) -> dict[str, Any]:
    times = _times(case, columns)
    found = []
    for name, time, status in _split(case, columns):
        curve: dict[str, Any] = {"group": name, "time": times[name]}
        for kind, short in KINDS.items():
            at = formulas.survival_at(formulas.kaplan_meier(time, status, interval=kind), times[name])
            curve |= {
                "n_risk": [one.n_risk for one in at],
                "S": [one.survival for one in at],
                "se_greenwood": [one.se for one in at],
                f"ci_{short}_lb": [one.ci_low for one in at],
                f"ci_{short}_ub": [one.ci_high for one in at],
            }
        found.append(curve)
    return {"groups": [curve["group"] for curve in found], "curves": found}


def _quantiles(case: Case, columns: Columns) -> dict[str, Any]:
    groups = _split(case, columns)
    interval = re.search(r"conf\.type=(\S+?);", case["call"]["fun"] + ";")
    kind = interval.group(1) if interval else "log-log"
    curves = [formulas.kaplan_meier(time, status, interval=kind) for _, time, status in groups]
    median = [formulas.survival_quantile(curve) for curve in curves]
    found = {
        "groups": [name for name, _, _ in groups],
        "n": [curve.n for curve in curves],
        "events": [curve.events for curve in curves],
        "median": [one.value for one in median],
        f"median_ci_{KINDS[kind]}_lb": [one.ci_low for one in median],
        f"median_ci_{KINDS[kind]}_ub": [one.ci_high for one in median],
    }
    for percent in (25, 75):
        found[f"q{percent}"] = [formulas.survival_quantile(curve, percent / 100).value for curve in curves]
    if "tau" in case["call"]:
        means = [formulas.restricted_mean(curve, case["call"]["tau"], extend=True) for curve in curves]
        found |= {"rmst": [one.value for one in means], "rmst_se": [one.se for one in means]}
    return found


def _log_rank(case: Case, columns: Columns) -> dict[str, Any]:
    names, own = _groups(case, columns)
    test = formulas.log_rank(
        argument(case, columns, "time"),
        argument(case, columns, "status"),
        [names.index(group) for group in own],
        strata=_strata(case, columns),
        rho=case["call"].get("rho", 0),
    )
    return {
        "groups": names,
        "O": test.observed,
        "E": test.expected,
        "chi2": test.chi2,
        "df": test.df,
        "p": test.p_value,
        "O_minus_E": test.o_minus_e,
        "V": test.v,
        "peto_log_hr": test.log_hr,
        "peto_se": test.se,
    }


def _terms(case: Case, columns: Columns) -> tuple[list[str], list[list[float]]]:
    """Names and columns of the terms of the formula; the group by an indicator of each group but the first."""
    names, own = _groups(case, columns)
    formula = case["call"].get("formula", f"~ {case['inputs']['group']}")
    found: dict[str, list[float]] = {}
    for term in (part.strip() for part in formula.split("~")[1].split("+")):
        if term.startswith("strata("):
            continue
        name = re.sub(r"^(?:as\.)?factor\((.*)\)$", r"\1", term)
        if name == case["inputs"]["group"]:
            found |= {f"{term}{one}": [float(group == one) for group in own] for one in names[1:]}
        elif name != term or any(isinstance(value, str) for value in columns[name]):
            categories = sorted(set(columns[name]), key=_by_alphabet)[1:]
            found |= {f"{term}{one}": [float(value == one) for value in columns[name]] for one in categories}
        else:
            found[term] = columns[term]
    return list(found), [list(row) for row in zip(*found.values(), strict=True)]


def _strata(case: Case, columns: Columns) -> list[Any] | None:
    named = re.search(r"strata\(([^)]*)\)", case["call"].get("formula", ""))
    name = named.group(1) if named else case["call"].get("strata", case["inputs"].get("strata"))
    return None if name is None else columns[name]


def _cox(case: Case, columns: Columns) -> dict[str, Any]:
    terms, rows = _terms(case, columns)
    time, status = argument(case, columns, "time"), argument(case, columns, "status")
    how = {"ties": case["call"].get("ties", "efron"), "strata": _strata(case, columns)}
    model = formulas.cox(time, status, rows, names=terms, **how)
    return {
        "terms": terms,
        "coef": model.coefficient,
        "se": model.se,
        "hr": model.hr,
        "ci_lb": model.hr_low,
        "ci_ub": model.hr_high,
        "z": model.statistic,
        "p": model.p_value,
        "lrt": model.likelihood_ratio,
        "lrt_p": model.likelihood_ratio_p,
        "wald": model.wald,
        "score": model.score,
        "score_p": model.score_p,
        "loglik": [model.log_likelihood_null, model.log_likelihood],
        "concordance": model.concordance,
    }


def _incidence(case: Case, columns: Columns) -> dict[str, Any]:
    times = _times(case, columns)
    kinds = max(2, *argument(case, columns, "event"))
    found = []
    for name, time, event in _split(case, columns, "event"):
        curve = formulas.cumulative_incidence(time, event, kinds=kinds)
        one, other = (formulas.incidence_at(curve, times[name], kind) for kind in (1, 2))
        found.append(
            {
                "group": name,
                "time": times[name],
                "cif_event": [at.incidence for at in one],
                "se_event": [at.se for at in one],
                "cif_competing": [at.incidence for at in other],
                "se_competing": [at.se for at in other],
            }
        )
    return {"groups": [curve["group"] for curve in found], "curves": found}


def _fine_gray(case: Case, columns: Columns) -> dict[str, Any]:
    terms, rows = _terms(case, columns)
    time, event = argument(case, columns, "time"), argument(case, columns, "event")
    model = formulas.fine_gray(time, event, rows, names=terms, kinds=max(2, *event))
    own = formulas.cox(time, [code == 1 for code in event], rows, names=terms)
    return {
        "coef": model.coefficient,
        "se_robust": model.se,
        "se_model": model.se_unclustered,  # the cases' figure is that of coxph without `cluster`
        "cause_specific_coef_efron": own.coefficient,
        "cause_specific_se": own.se,
    }


#: By the beginning of the call; the longer of two that begin alike stands first.
CALLS = {
    "survfit multi-state": _incidence,
    "survfit": _curves,
    "quantile.survfit": _quantiles,
    "survdiff": _log_rank,
    "coxph": _cox,
    "finegray": _fine_gray,
}
