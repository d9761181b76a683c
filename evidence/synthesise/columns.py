"""Columns of study numbers as arrays, checked: an impossible number is refused with the study it stands in.

nan is "not known"; whether that is allowed is for the caller to say.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence.errors import SynthesisError, TooFewStudies
from evidence.formulas.kernels import Functions

Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: The functions with which the kernels of `evidence.formulas` take arrays.
ARRAY = Functions(np.log, np.exp, np.sqrt, np.arcsin, special.gammaln)

ZERO_RULES = ("only0", "all", "if0all", "none")


def read_columns(what: str, columns: Mapping[str, Any], *, known: bool = False) -> tuple[Vector, ...]:
    """Columns as float arrays of one length.

    Raises
    ------
    SynthesisError
        If a column holds something that is no number, lengths differ, a number is infinite, or `known` and one is nan.
    """
    arrays = []
    for name, column in columns.items():
        try:
            array = np.asarray(column, dtype=float)
        except (TypeError, ValueError) as error:
            raise SynthesisError(f"Column {name} of {what} holds something that is no number.") from error
        arrays.append(array if array.ndim else array[None])
    shapes = {name: array.shape for name, array in zip(columns, arrays, strict=True)}
    if any(array.ndim != 1 for array in arrays) or len(set(shapes.values())) > 1:
        raise SynthesisError(f"The columns of {what} must be lists of one length, but are {shapes}.")
    for name, array in zip(columns, arrays, strict=True):
        wrong = ~np.isfinite(array) if known else np.isinf(array)
        if wrong.any():
            refuse(wrong, lambda i, name=name, array=array: f"{name} is {array[i]}, not a known number")
    return tuple(arrays)


def check_level(level: float) -> None:
    """Refuse what is no confidence level in percent."""
    if not 0 < level < 100:
        raise SynthesisError(f"level {level} is no confidence level in percent; 95 is usual.")


def some_studies(what: str, column: Vector) -> None:
    """Refuse to work on no study at all."""
    if not len(column):
        raise TooFewStudies(what, need=1, have=0)


def check_counts(events: Vector, totals: Vector, group: str = "") -> None:
    """Refuse events that are negative or more than the patients, and groups of nobody."""
    wrong = (events < 0) | (events > totals) | (totals <= 0)
    if wrong.any():
        refuse(wrong, lambda i: f"{events[i]:g} events among {totals[i]:g} patients{group} are impossible")


def check_rates(events: Vector, times: Vector, group: str = "") -> None:
    """Refuse negative events and times that are not positive."""
    wrong = (events < 0) | (times <= 0)
    if wrong.any():
        refuse(wrong, lambda i: f"{events[i]:g} events in a person-time of {times[i]:g}{group} are impossible")


def check_spread(sds: Vector, totals: Vector, group: str = "") -> None:
    """Refuse negative standard deviations and groups of nobody."""
    wrong = (sds < 0) | (totals <= 0)
    if wrong.any():
        refuse(wrong, lambda i: f"a standard deviation of {sds[i]:g} of {totals[i]:g} patients{group} is impossible")


def refuse(wrong: Mask, words: Any) -> NoReturn:
    """Name the first study for which `wrong` holds; `words` of its index say what is wrong."""
    place = int(np.flatnonzero(wrong)[0])
    raise SynthesisError(f"Study {place + 1} of {len(wrong)}: {words(place)}. Correct it, or leave the study out.")


def with_constant(cells: tuple[Vector, ...], add: float, to: str) -> tuple[Vector, ...]:
    """Cells after `add` went into every cell of the studies that `to` names.

    "only0": studies with an empty cell; "if0all": all studies if any has one; "all"; "none".

    Raises
    ------
    SynthesisError
        If the rule is unknown or the constant is negative or no number.
    """
    if to not in ZERO_RULES:
        raise SynthesisError(f"`to` is one of {', '.join(ZERO_RULES)}, not {to!r}.")
    if not 0 <= add < np.inf:
        raise SynthesisError(f"`add` is a number of events, 0 or more, not {add!r}.")
    if to == "none" or add == 0:
        return cells
    if to == "all":
        return tuple(cell + add for cell in cells)
    empty = cells[0] == 0
    for cell in cells[1:]:
        empty |= cell == 0
    if not empty.any():
        return cells
    extra = np.where(empty, add, 0.0) if to == "only0" else add
    return tuple(cell + extra for cell in cells)
