"""What one study reports, by our names: conversions of hazard ratios, absolute effects, proportions, quantiles.

The calls are described in words (the formula that R evaluated), so they are recognised by how they begin.
"""

from collections.abc import Callable
from typing import Any

from evidence import formulas

Answer = dict[str, Any]


def answer(case: dict[str, Any], columns: dict[str, Any]) -> Answer | None:  # noqa: ARG001
    call = case["call"]["fun"]
    found = next((of for start, of in CALLS.items() if call.startswith(start)), None)
    return None if found is None else found(case["inputs"], case["call"])


def level(given: Answer) -> float:
    return 100 * given.get("level", 0.95)


def hazard_ratio(found: formulas.LogHazardRatio) -> Answer:
    """What R's list holds of every hazard ratio; its limits are of 95%, whatever level was reported."""
    low, high = found.interval()
    return {
        "log_hr": found.log_hr,
        "se": found.se,
        "v": found.v,
        "V": found.log_rank_v,
        "O_minus_E": found.o_minus_e,
        "hr": found.hr,
        "ci_lb": low,
        "ci_ub": high,
        "z": found.z,
        "p": found.p_value,
    }


def from_interval(given: Answer, call: Answer) -> Answer:  # noqa: ARG001
    return hazard_ratio(formulas.log_hr_from_ci(given.get("hr"), given["ci_low"], given["ci_high"], level(given)))


def from_p(given: Answer, call: Answer) -> Answer:  # noqa: ARG001
    return hazard_ratio(formulas.log_hr_from_p(given["hr"], given["p"], sides=given.get("sides", 2)))


def from_log_rank(given: Answer, call: Answer) -> Answer:  # noqa: ARG001
    return hazard_ratio(formulas.log_hr_from_oe(given["O_minus_E"], given["V"]))


def from_observed_expected(given: Answer, call: Answer) -> Answer:  # noqa: ARG001
    return hazard_ratio(
        formulas.log_hr_from_observed_expected(given["O_exp"], given["E_exp"], given["O_ctl"], given["E_ctl"])
    )


def from_p_and_events(given: Answer, call: Answer) -> Answer:  # noqa: ARG001
    return hazard_ratio(
        formulas.log_hr_from_p_events(
            given["p"],
            favours_a=given["favours"] == "experimental",
            events_a=given.get("events_exp"),
            events_b=given.get("events_ctl"),
            events=given.get("events_total"),
            total_a=given.get("n_exp"),
            total_b=given.get("n_ctl"),
            sides=given.get("sides", 2),
        )
    )


def from_survival(given: Answer, call: Answer) -> Answer:
    found = formulas.log_hr_from_survival(
        given["S_exp"],
        given["S_ctl"],
        total_a=given.get("n_exp"),
        total_b=given.get("n_ctl"),
        p_value=given.get("p"),
        sides=given.get("sides", 2),
        ci_a=limits(given, "S_exp"),
        ci_b=limits(given, "S_ctl"),
        level=level(given),
        variance="totals" if "n_e*n_c" in call["fun"] else "events",
    )
    events = {
        f"events_{group}": formulas.events_from_survival(given[f"S_{group}"], given[f"n_{group}"])
        for group in ("exp", "ctl")
        if f"n_{group}" in given
    }
    return {**hazard_ratio(found), **events, "events_total": sum(events.values())}


def limits(given: Answer, name: str) -> tuple[float, float] | None:
    """Limits of a survival proportion, whatever R's list called them."""
    for low, high in (("ci_low", "ci_high"), ("lb", "ub"), ("low", "high")):
        if f"{name}_{low}" in given:
            return given[f"{name}_{low}"], given[f"{name}_{high}"]
    return None


def from_medians(given: Answer, call: Answer) -> Answer:  # noqa: ARG001
    return hazard_ratio(
        formulas.log_hr_from_medians(given["median_exp"], given["median_ctl"], given["events_exp"], given["events_ctl"])
    )


def inverted(given: Answer, call: Answer) -> Answer:  # noqa: ARG001
    hr, low, high = formulas.invert("HR", given["hr"], given["ci_low"], given["ci_high"])
    return {
        **hazard_ratio(formulas.log_hr_from_ci(hr, low, high, level(given))),
        "reported_ci_inverted": [low, high],
    }


def of_odds_ratio(given: Answer, call: Answer) -> Answer:  # noqa: ARG001
    risk, found = given["baseline_risk"], {}
    for name, ratio in (("", given["or"]), ("_lb", given.get("ci_low")), ("_ub", given.get("ci_high"))):
        if ratio is not None:
            found[f"rr{name}"] = formulas.risk_ratio_from_odds_ratio(ratio, risk)
            effect = formulas.absolute_effect("OR", ratio, risk)
            found[f"ard{name}" if name else "ard_per_1000"] = effect.per_1000
            if not name:
                found["nnt"] = effect.number_needed
    return found


def of_hazard_ratio(given: Answer, call: Answer) -> Answer:  # noqa: ARG001
    found = {}
    # a higher hazard ratio is a lower survival
    for name, ratio in (("", given["hr"]), ("_lb", given.get("ci_high")), ("_ub", given.get("ci_low"))):
        if ratio is not None:
            effect = formulas.absolute_effect("HR", ratio, 1 - given["baseline_survival"])
            found[f"s1{name}"] = effect.survival
            found[f"per_1000{name}" if name else "per_1000_fewer_events"] = effect.fewer_per_1000
    return found


def of_risk_ratio(given: Answer, call: Answer) -> Answer:  # noqa: ARG001
    effect = formulas.absolute_effect("RR", given["rr"], given["baseline_risk"])
    return {"ard_per_1000": effect.per_1000, "nnt": effect.number_needed}


def one_proportion(given: Answer, call: Answer) -> Answer:  # noqa: ARG001
    row = given["events"], given["total"], level(given)
    return {
        "p": formulas.one_proportion("PR", *row[:2], to="none").y,
        "wilson": formulas.wilson(*row),
        "wilson_cc": formulas.wilson_corrected(*row),
        "clopper_pearson": formulas.clopper_pearson(*row),
        "agresti_coull": formulas.agresti_coull(*row),
        "agresti_coull_center": formulas.agresti_coull(*row).centre,
        "jeffreys": formulas.jeffreys(*row),
        "wald": formulas.wald(*row),
    }


def two_proportions(given: Answer, call: Answer) -> Answer:  # noqa: ARG001
    counts = given["events1"], given["total1"], given["events2"], given["total2"]
    row = *counts, level(given)
    # R's search for the odds ratio and its limits stops early, and its digits are asked for
    fisher = formulas.fisher_exact(*row, tolerance=formulas.FISHER_TEST)
    found = {
        "rd": formulas.risk_difference(*counts, to="none").y,
        "newcombe": formulas.newcombe(*row),
        "wald_rd": formulas.wald_difference(*row),
        "fisher_or": fisher.odds_ratio,
        "fisher_ci": [fisher.ci_low, fisher.ci_high],
        "fisher_p": fisher.p_value,
    }
    for name, correction in (("chi2", "none"), ("chi2_yates", "yates"), ("chi2_n_minus_1", "n_minus_1")):
        test = formulas.chi_squared(*counts, correction=correction)
        found |= {name: test.statistic, f"{name}_p": test.p_value}
    if 0 not in (counts[0], counts[2]):
        found["rr"] = formulas.natural("RR", formulas.log_risk_ratio(*counts).y)
        found["katz_rr"] = formulas.katz(*row)
        if counts[0] != counts[1] and counts[2] != counts[3]:
            found["or"] = formulas.natural("OR", formulas.log_odds_ratio(*counts).y)
            found["woolf_or"] = formulas.woolf(*row)
    return found


def quantiles(given: Answer, call: Answer) -> Answer:
    """R names its methods by author and year, first that of the mean."""
    methods = call["method"] if isinstance(call["method"], list) else [None, None]
    mean, sd = (None if name is None else name.rstrip("0123456789") for name in methods)
    found = formulas.mean_sd_from_quantiles(
        given["n"],
        given["median"],
        quartiles=(given["q1"], given["q3"]) if "q1" in given else None,
        extremes=(given["min"], given["max"]) if "min" in given else None,
        mean=mean,
        sd=sd,
    )
    return {"mean": found.mean, "sd": found.sd, "skewness_test_rejects_normality": found.skewed}


CALLS: dict[str, Callable[[Answer, Answer], Answer]] = {
    "hr_ci": from_interval,
    "ci_only": from_interval,
    "hr_p": from_p,
    "oe_v": from_log_rank,
    "observed_expected": from_observed_expected,
    "p_events": from_p_and_events,
    "surv_p_n": from_survival,
    "cloglog": from_survival,
    "medians": from_medians,
    "invert": inverted,
    "OR to RR": of_odds_ratio,
    "absolute effect from HR": of_hazard_ratio,
    "absolute effect from RR": of_risk_ratio,
    "intervals for a proportion": one_proportion,
    "intervals for two proportions": two_proportions,
    "metafor::conv.fivenum": quantiles,
}
