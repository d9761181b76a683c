"""Times, events and groups of single patients, validated once at the door of the survival functions.

Times that differ by rounding alone (months computed from days) are one time, as in R's survival.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evidence.errors import PatientDataError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Relative to the mean of the distinct times, as `timefix` of R's survival.
_ROUNDING = float(np.sqrt(np.finfo(float).eps))


def patient_times(time: npt.ArrayLike) -> Floats:
    """Times as floats, those that differ by rounding alone made equal.

    Raises
    ------
    PatientDataError
        If there is none, or one is missing, infinite or negative.
    """
    times = number_column("time", time)
    for place, value in enumerate(times, start=1):
        if not (np.isfinite(value) and value >= 0):
            raise PatientDataError(
                f"Patient {place} of {len(times)} has time {value}; it must be a number from 0 on. Leave the patient "
                "out, or correct the time."
            )
    distinct = np.unique(times)
    gaps = np.diff(distinct)
    tied = (gaps <= _ROUNDING) | (gaps <= _ROUNDING * np.mean(distinct))
    if not np.any(tied):
        return times
    first = distinct[np.concatenate(([True], ~tied))]
    return np.asarray(first[np.searchsorted(first, times, side="right") - 1])


def patient_events(event: npt.ArrayLike, n: int, kinds: int = 1) -> Ints:
    """Codes 0 (censored) to `kinds`; truth values count as 0 and 1.

    Raises
    ------
    PatientDataError
        If a code is none of these, or there is not one for each patient.
    """
    codes = number_column("event", event)
    _same_length("event", len(codes), n)
    allowed = range(kinds + 1)
    for place, code in enumerate(codes, start=1):
        if code not in allowed:
            raise PatientDataError(
                f"Patient {place} of {n} has event {code}; 0 (censored) to {kinds} are known. Codes 1 and 2 of some "
                "programs must be brought to 0 and 1 first."
            )
    return codes.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Labels:
    """The distinct labels in order, and for each patient the place of their own."""

    names: tuple[str, ...]
    codes: Ints


def patient_labels(what: str, labels: Sequence[object], n: int) -> Labels:
    """Groups or strata by name.

    Raises
    ------
    PatientDataError
        If there is not one for each patient, or one is None.
    """
    _same_length(what, len(labels), n)
    for place, label in enumerate(labels, start=1):
        if label is None:
            raise PatientDataError(f"Patient {place} of {n} has no {what}.")
    distinct = sorted(set(labels), key=_order)
    places = {label: place for place, label in enumerate(distinct)}
    return Labels(tuple(str(label) for label in distinct), np.array([places[label] for label in labels]))


def alphabetical(name: str) -> tuple[str, str]:
    """Key to sort names by the alphabet, whatever their case; small letters come first, as in R."""
    return name.casefold(), name.swapcase()


def _order(label: Any) -> tuple[str, Any]:
    """Numbers by their size, names by the alphabet."""
    return ("name", alphabetical(label)) if isinstance(label, str) else ("number", label)


def number_column(what: str, values: npt.ArrayLike) -> Floats:
    """A list of numbers as floats.

    Raises
    ------
    PatientDataError
        If it is empty, or holds anything but numbers.
    """
    try:
        column = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise PatientDataError(f"The column {what} must hold numbers.") from error
    if column.ndim != 1 or not len(column):
        raise PatientDataError(f"The column {what} must be a list of numbers, not empty.")
    return column


def _same_length(what: str, have: int, n: int) -> None:
    if have != n:
        raise PatientDataError(f"{have} values of {what} for {n} patients; there must be one for each.")
