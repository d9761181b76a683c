"""Leaving studies out, adding them one by one, influence and predictions of single studies."""

from collections.abc import Sequence
from typing import Any

from answers import INTERVALS, Case, Columns, argument, method_of
from evidence.model.results import Pooled
from evidence.synthesise import cumulative, influence, leave_one_out, predict_studies

FUNCTIONS = tuple(f"metafor::{name}" for name in ("leave1out", "cumul", "influence", "rstandard, baujat", "blup"))
#: Names of the reference files and of `Pooled` and `Influence`.
STEP = {
    "estimate": "mu", "se": "se", "p": "p_value", "ci_lb": "ci_low", "ci_ub": "ci_high", "Q": "Q", "Q_p": "Q_p",
    "tau2": "tau2", "I2": "I2", "H2": "H2",
}  # fmt: skip
INFLUENCE = {
    "rstudent": "rstudent", "dffits": "dffits", "cook_d": "cooks_d", "cov_r": "cov_r", "tau2_del": "tau2_del",
    "Q_del": "QE_del", "hat": "hat", "dfbs": "dfbetas", "inf": "influential", "weight": "weights",
}  # fmt: skip
RESIDUAL = {
    "resid": "residual", "se": "residual_se", "z": "rstandard", "baujat_x": "baujat_x", "baujat_y": "baujat_y",
}  # fmt: skip


def answer(case: Case, columns: Columns) -> dict[str, Any] | None:
    """Answer of a case of sensitivity, or None."""
    function = case["call"].get("fun")
    if function not in FUNCTIONS:
        return None
    y, v = argument(case, columns, "yi"), argument(case, columns, "vi")
    how = {
        "method": method_of(case["call"]["method"]),
        "interval": INTERVALS[case["call"].get("test", "z")],
    }
    if function == "metafor::leave1out":
        return _steps(leave_one_out(y, v, **how), how["method"])
    if function == "metafor::cumul":
        found = cumulative(y, v, argument(case, columns, "order"), **how)
        return _steps(found.steps, how["method"]) | {"row_order": [i + 1 for i in found.order]}
    if function == "metafor::influence":
        diagnosed = influence(y, v, **how)
        return {name: getattr(diagnosed, field) for name, field in INFLUENCE.items()}
    if function == "metafor::rstandard, baujat":
        diagnosed = influence(y, v, **how)
        return {name: getattr(diagnosed, field) for name, field in RESIDUAL.items()}
    predicted = predict_studies(y, v, **how)
    return {"pred": predicted.estimate, "se": predicted.se, "pi_lb": predicted.low, "pi_ub": predicted.high}


def _steps(steps: Sequence[Pooled], method: str) -> dict[str, Any]:
    answer: dict[str, Any] = {name: [getattr(step, field) for step in steps] for name, field in STEP.items()}
    return answer | ({"tau2": None} if method == "common" else {})
