"""Meta-regression and subgroups: `rma.uni` with moderators, and one call for each subgroup or one for all."""

from typing import Any

from answers import INTERVALS, Case, Columns, argument, method_of
from evidence.model.results import Pooled
from evidence.synthesise import regress, subgroups

#: Names of the reference files and of `Regression`.
FIGURES = {
    "k": "k", "estimate": "b", "se": "se", "stat": "statistic", "p": "p_value", "ci_lb": "ci_low", "ci_ub": "ci_high",
    "vcov": "covariance", "QM": "QM", "QM_df1": "QM_df", "QM_df2": "QM_df2", "QM_p": "QM_p", "QE": "QE",
    "QE_df": "QE_df", "QE_p": "QE_p", "tau2": "tau2", "se_tau2": "se_tau2", "I2": "I2", "H2": "H2", "R2": "R2",
    "logLik": "log_likelihood", "AIC": "AIC", "BIC": "BIC", "AICc": "AICc", "fitted": "fitted",
    "fitted_se": "fitted_se", "hat": "hat", "resid": "residuals", "tau2_ci_lb": "tau2_low", "tau2_ci_ub": "tau2_high",
}  # fmt: skip
GROUP = {
    "k": "k", "estimate": "mu", "se": "se", "ci_lb": "ci_low", "ci_ub": "ci_high", "p": "p_value", "tau2": "tau2",
    "I2": "I2", "Q": "Q",
}  # fmt: skip


def answer(case: Case, columns: Columns) -> dict[str, Any] | None:
    """Answer of a case with moderators, or None."""
    function, call = case["call"].get("fun"), case["call"]
    if function == "metafor::rma.uni" and "mods" in call:
        return _regression(case, columns)
    if function == "metafor::rma.uni per subgroup":
        return _groups(case, columns, tau2="separate")
    if function == "metafor::rma.uni mods=~g-1" or "tau.common" in call:
        return _groups(case, columns, tau2="common")
    return None


def _regression(case: Case, columns: Columns) -> dict[str, Any]:
    call = case["call"]
    found = regress(
        argument(case, columns, "yi"),
        argument(case, columns, "vi"),
        {name: columns[name] for name in case["inputs"]["mods"]},
        method=method_of(call["method"]),
        interval=INTERVALS[call["test"]],
        level=call.get("level", 95),
    )
    answer = {name: getattr(found, field) for name, field in FIGURES.items()}
    return answer | {
        "terms": ["intrcpt", *found.terms[1:]],
        "stat_type": "z" if found.df is None else "t",
        "df": None if found.df is None else [found.df],
    }


def _groups(case: Case, columns: Columns, *, tau2: str) -> dict[str, Any]:
    call = case["call"]
    column = argument(case, columns, "subgroup")
    names = [str(name) for name in column]
    groups, test = subgroups(
        argument(case, columns, "yi"),
        argument(case, columns, "vi"),
        names,
        method=method_of(call.get("method", call.get("method.tau"))),
        interval=INTERVALS[call.get("test", "z")],
        tau2=tau2,
    )
    levels = [group.name for group in groups]
    if "tau.common" in call:  # meta has them as they come
        levels = list(dict.fromkeys(names))
    elif not any(isinstance(name, str) for name in column):
        levels = [str(number) for number in sorted(set(column))]
    by_name: dict[str, Pooled | None] = {group.name: group.pooled or group.single for group in groups}
    results = [by_name[level] for level in levels]
    answer: dict[str, Any] = {name: [getattr(one, field) for one in results] for name, field in GROUP.items()}
    answer |= {"levels": levels, "Q_between": test.Q, "Q_between_df": test.df, "Q_between_p": test.p_value}
    if tau2 == "common":
        answer |= {"tau2": answer["tau2"][0], "QE": test.Q_within}
        answer |= {"QM_between": test.Q, "QM_df": test.df, "QM_p": test.p_value}
    return answer
