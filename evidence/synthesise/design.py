"""Moderators as a design matrix: columns of numbers as they are, columns of texts as a term for each category."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evidence.errors import SynthesisError, TooFewStudies
from evidence.synthesise.weighted import Array

#: A column of which less than this share is left once the columns before it are taken out depends on them.
_COLLINEAR = 1e-10


@dataclass(frozen=True, slots=True)
class Design:
    """A design of shape (k, p), and the orthonormal basis in which it is solved: columns = basis @ inverse(turn).

    `ones` are the coefficients that give 1 for every study, by which an origin comes back; zeros if there are none, and
    then effects must not be centred.
    """

    terms: tuple[str, ...]
    columns: Array
    basis: Array
    turn: Array
    ones: Array
    centre: bool


def alphabetical(names: Iterable[str]) -> list[str]:
    """Different names as a dictionary has them, a before B, and as R orders the levels of a factor."""
    return sorted(set(names), key=lambda name: (name.casefold(), name.swapcase()))


def design_of(X: object, k: int, terms: Sequence[str] | None, intercept: bool) -> Design:
    """The design of moderators, as `regress` takes them, for k studies.

    Raises
    ------
    SynthesisError
        If a moderator is not of length k, has a missing value, is constant, or depends on those before it.
    TooFewStudies
        If there are not more studies than coefficients.
    """
    names, columns = (["intercept"], [np.ones(k)]) if intercept else ([], [])
    for name, values in _moderators(X, k, terms):
        for term, column in _terms(name, values, full=not columns):
            names.append(term)
            columns.append(column)
    if not columns:
        raise SynthesisError("A regression needs a moderator or an intercept.")
    p = len(columns)
    if k <= p:
        raise TooFewStudies(f"A regression with {p} coefficients", need=p + 1, have=k)
    matrix = np.column_stack(columns)
    length = np.sqrt((matrix**2).sum(axis=0))
    basis, triangle = np.linalg.qr(matrix / np.where(length > 0, length, 1.0))
    for place, left in enumerate(np.abs(np.diag(triangle))):
        if left <= _COLLINEAR:
            column = matrix[:, place]
            why = "is the same for all studies" if np.ptp(column) == 0 else f"follows from {', '.join(names[:place])}"
            raise SynthesisError(
                f"Moderator {names[place]} {why}, so its coefficient is not defined. Leave it out of the regression."
            )
    turn = np.linalg.inv(triangle) / length[:, None]
    ones = turn @ (basis.T @ np.ones(k))
    centre = bool(np.allclose(matrix @ ones, 1.0, rtol=0, atol=1e-9))
    return Design(tuple(names), matrix, basis, turn, ones if centre else np.zeros(p), centre)


def _moderators(X: object, k: int, terms: Sequence[str] | None) -> Iterator[tuple[str, list[Any]]]:
    """Names and values of the moderators."""
    if isinstance(X, Mapping) or hasattr(X, "keys"):
        pairs = [(str(name), list(X[name])) for name in X]  # type: ignore[index,attr-defined]
    else:
        array = np.asarray(X, dtype=object)
        if array.ndim not in (1, 2):
            raise SynthesisError(f"Moderators must be columns of length {k}, but are of shape {array.shape}.")
        table = array[:, None] if array.ndim == 1 else array
        given = list(terms) if terms is not None else [f"x{i + 1}" for i in range(table.shape[1])]
        if len(given) != table.shape[1]:
            raise SynthesisError(f"{len(given)} names for {table.shape[1]} moderators; there must be one for each.")
        pairs = list(zip(given, (list(column) for column in table.T), strict=True))
    for name, values in pairs:
        if len(values) != k:
            raise SynthesisError(f"Moderator {name} has {len(values)} values for {k} studies.")
        for place, value in enumerate(values, start=1):
            if value is None or (isinstance(value, float) and not math.isfinite(value)) or value == "":
                raise SynthesisError(
                    f"Moderator {name} is missing or infinite in study {place} of {k}. Leave the study or the "
                    "moderator out."
                )
        yield name, values


def _terms(name: str, values: list[Any], *, full: bool) -> Iterator[tuple[str, Array]]:
    """One term of a column of numbers; of a column of texts one for each category but the first, or for all."""
    if not any(isinstance(value, str) for value in values):
        try:
            yield name, np.array([float(value) for value in values])
        except (TypeError, ValueError) as error:
            raise SynthesisError(f"Moderator {name} holds something that is neither a number nor a text.") from error
        return
    texts = [str(value) for value in values]
    categories = alphabetical(texts)
    if len(categories) == 1 and not full:
        raise SynthesisError(
            f'Moderator {name} is "{categories[0]}" in all studies, so its coefficient is not defined. Leave it out of '
            "the regression."
        )
    for category in categories if full else categories[1:]:
        yield f"{name}{category}", np.array([float(text == category) for text in texts])
