"""Trials of a network: contrasts brought together by trial, multi-arm covariances recovered, components told apart.

A trial of n arms is kept as n arm effects that matter only by their differences. Their covariance, with row sums 0,
follows from the variances of all n (n - 1) / 2 contrasts; its pseudo-inverse is the trial's Laplacian, whose negative
off-diagonal entries are the weights of the contrasts, adjusted for the arms they share. Trials with equally many arms
are stacked, so that arithmetic runs over arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evidence.errors import SynthesisError
from evidence.formulas.patients import alphabetical

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Variances of trials may differ by this factor; beyond, the digits of standard errors would be lost in the sums.
_WIDEST = 1e9
#: Contrasts that disagree within a trial by more than this share of a standard error are mentioned.
_WORTH_A_NOTE = 1e-3


@dataclass(frozen=True, slots=True)
class Contrasts:
    """The rows as they came, treatments as places in `treatments`."""

    studies: tuple[str, ...]
    treatments: tuple[str, ...]
    a: Ints
    b: Ints
    y: Floats
    v: Floats


@dataclass(frozen=True, slots=True)
class Trials:
    """m trials of n arms each."""

    names: tuple[str, ...]
    arms: Ints  # (m, n) places of treatments
    y: Floats  # (m, n, n) row arm versus column arm
    variances: Floats  # (m, n, n) of the contrasts, sampling alone
    roots: Floats  # (m, n - 1) eigenvalues of the covariance of the arm effects
    vectors: Floats  # (m, n, n - 1)

    def laplacians(self, tau2: float) -> Floats:
        """Pseudo-inverse of the covariance of arm effects; each contrast has tau2 beside its sampling variance."""
        scaled = self.vectors / (self.roots + tau2 / 2)[:, None, :]
        return np.asarray(scaled @ np.swapaxes(self.vectors, 1, 2))


def contrasts(
    studies: Sequence[object],
    treat_a: Sequence[object],
    treat_b: Sequence[object],
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    order: Sequence[str] | None = None,
) -> Contrasts:
    """Validated rows of a network; treatments in the order given, else alphabetical.

    Raises
    ------
    SynthesisError
        If a row cannot be used (it names the trial), the lists differ in length, or the order is not one of the
        treatments.
    """
    try:
        effects, variances = np.asarray(y, dtype=float), np.asarray(v, dtype=float)
    except (TypeError, ValueError) as error:
        raise SynthesisError("Effects and variances must be numbers.") from error
    sizes = {len(studies), len(treat_a), len(treat_b), *effects.shape, *variances.shape}
    if effects.ndim != 1 or variances.ndim != 1 or len(sizes) != 1:
        raise SynthesisError(
            f"A network needs lists of one length: {len(studies)} studies, {len(treat_a)} and {len(treat_b)} "
            f"treatments, effects of shape {effects.shape}, variances of shape {variances.shape}."
        )
    if not len(effects):
        raise SynthesisError("A network needs at least one contrast.")
    rows = zip(map(str, studies), map(str, treat_a), map(str, treat_b), effects, variances, strict=True)
    for study, a, b, effect, variance in rows:
        if a == b:
            raise SynthesisError(f"{study} compares {a} with itself; give the two treatments different names.")
        if not (np.isfinite(effect) and np.isfinite(variance) and variance > 0):
            raise SynthesisError(
                f"{study}, {a} versus {b}, has effect {effect} and variance {variance}: an effect must be a number and "
                "a variance positive (the square of the standard error). Leave the trial out, or correct it."
            )
    treatments = tuple(sorted({str(name) for name in (*treat_a, *treat_b)}, key=alphabetical))
    if order is not None:
        if sorted(map(str, order)) != sorted(treatments):
            raise SynthesisError(f"The order must name each treatment once: {', '.join(treatments)}.")
        treatments = tuple(map(str, order))
    place = {name: i for i, name in enumerate(treatments)}
    return Contrasts(
        tuple(map(str, studies)),
        treatments,
        np.array([place[str(name)] for name in treat_a]),
        np.array([place[str(name)] for name in treat_b]),
        effects,
        variances,
    )


def require_connected(rows: Contrasts) -> None:
    """Every treatment can be reached from every other.

    Raises
    ------
    SynthesisError
        Names the components otherwise.
    """
    component = np.arange(len(rows.treatments))
    for a, b in zip(rows.a, rows.b, strict=True):
        component[component == component[a]] = component[b]
    parts = [[rows.treatments[i] for i in np.flatnonzero(component == own)] for own in dict.fromkeys(component)]
    if len(parts) > 1:
        named = "; ".join(f"({number}) {', '.join(part)}" for number, part in enumerate(parts, start=1))
        raise SynthesisError(
            f"The network falls into {len(parts)} parts that no trial connects: {named}. Analyse each part by itself, "
            "or add a trial that connects them."
        )


def trials(rows: Contrasts, tolerance: float) -> tuple[tuple[Trials, ...], tuple[str, ...]]:
    """Trials stacked by their number of arms, and notes on those whose contrasts do not quite fit together.

    Raises
    ------
    SynthesisError
        If a trial lacks a contrast of two of its arms or has one twice, its contrasts contradict one another by more
        than `tolerance` standard errors, or its variances cannot be those of one trial; or if variances of trials
        differ by more than a factor of 1e9. The message names them.
    """
    members: dict[str, list[int]] = {}
    for i, study in enumerate(rows.studies):
        members.setdefault(study, []).append(i)
    stacks: dict[int, list[tuple[str, Ints, Floats, Floats]]] = {}
    notes: list[str] = []
    for study, own in members.items():
        arms, y, v = _square(rows, study, own)
        _check_effects(rows, study, arms, y, v, tolerance, notes)
        stacks.setdefault(len(arms), []).append((study, arms, y, v))
    found = tuple(_stacked(stack, rows.treatments, notes) for _, stack in sorted(stacks.items()))
    both = [(name, own) for stack in found for name, own in zip(stack.names, stack.roots, strict=True)]
    low, precise = min((float(own[0]), name) for name, own in both)
    high, vague = max((float(own[-1]), name) for name, own in both)
    if high > _WIDEST * low:
        raise SynthesisError(
            f"The variances of {precise} and {vague} differ by a factor of {high / low:.1g}; no network can be "
            "computed to useful digits from both. Check their units, and that variances were given and not standard "
            "errors; or leave one out."
        )
    return found, tuple(notes)


def _square(rows: Contrasts, study: str, own: list[int]) -> tuple[Ints, Floats, Floats]:
    """Arms of one trial, and its effects and variances, row arm versus column arm."""
    arms = np.unique(np.concatenate([rows.a[own], rows.b[own]]))
    n = len(arms)
    y, v = np.zeros((n, n)), np.zeros((n, n))
    for i in own:
        a, b = np.searchsorted(arms, [rows.a[i], rows.b[i]])
        if v[a, b]:
            raise SynthesisError(
                f"{study} gives {rows.treatments[arms[a]]} versus {rows.treatments[arms[b]]} twice. Keep one row, or "
                "give the two cohorts names of their own."
            )
        y[a, b], y[b, a], v[a, b], v[b, a] = rows.y[i], -rows.y[i], rows.v[i], rows.v[i]
    lacking = [(arms[a], arms[b]) for a in range(n) for b in range(a + 1, n) if not v[a, b]]
    if lacking:
        pairs = ", ".join(f"{rows.treatments[a]} versus {rows.treatments[b]}" for a, b in lacking)
        raise SynthesisError(
            f"{study} has {n} arms, so it must give all {n * (n - 1) // 2} contrasts, but lacks {pairs}: how much its "
            "contrasts share can only be told from the variances of all of them. Add the missing ones."
        )
    return arms, y, v


def _check_effects(
    rows: Contrasts, study: str, arms: Ints, y: Floats, v: Floats, tolerance: float, notes: list[str]
) -> None:
    """Contrasts of a trial must add up: a versus b and b versus c give a versus c."""
    if len(arms) < 3:
        return
    mean = np.mean(y, axis=1)
    residual = np.abs(y - (mean[:, None] - mean)) / np.sqrt(v + np.eye(len(arms)))
    a, b = np.unravel_index(int(np.argmax(residual)), residual.shape)
    worst = float(residual[a, b])
    if worst <= _WORTH_A_NOTE:
        return
    said = (
        f"{study}: {rows.treatments[arms[a]]} versus {rows.treatments[arms[b]]} is {y[a, b]:.4g}, but its other "
        f"contrasts imply {y[a, b] - len(arms) / (len(arms) - 2) * (y[a, b] - mean[a] + mean[b]):.4g}"
    )
    if worst > tolerance:
        raise SynthesisError(
            f"{said}; the best fit is off by {worst:.2g} standard errors, more than the {tolerance:g} allowed for "
            "rounding. Correct the contrasts of this trial, or allow more with `tolerance`."
        )
    notes.append(f"{said}; within the tolerance for rounding, the weighted mean of both was used.")


def _stacked(stack: list[tuple[str, Ints, Floats, Floats]], treatments: tuple[str, ...], notes: list[str]) -> Trials:
    names, arms, y, v = zip(*stack, strict=True)
    variances = np.array(v)
    n = variances.shape[1]
    # Within the space of contrasts, so that no eigenvector is mixed up with the common level of the arms.
    basis = np.linalg.svd(np.ones((1, n)))[2][1:].T
    roots, inner = np.linalg.eigh(-basis.T @ variances @ basis / 2)
    for name, own, ends, square in zip(names, arms, roots, variances, strict=True):
        if ends[0] <= 1e-10 * ends[-1]:
            raise SynthesisError(
                f"The variances of the contrasts of {name} ({', '.join(treatments[i] for i in own)}) cannot be those "
                "of one trial: some contrast of its arms would have no variance or a negative one. Correct the "
                "standard errors of this trial."
            )
        if n > 2:
            _note_negative_arm(name, own, square, treatments, notes)
    return Trials(names, np.array(arms), np.array(y), variances, roots, basis @ inner)


def _note_negative_arm(name: str, arms: Ints, variances: Floats, treatments: tuple[str, ...], notes: list[str]) -> None:
    n = len(arms)
    rows = np.sum(variances, axis=1)
    own = (rows - np.sum(rows) / (2 * (n - 1))) / (n - 2)  # least squares of v_ab = own_a + own_b
    for i in np.flatnonzero(own < 0):
        notes.append(
            f"{name}: the variances of its contrasts imply a negative variance of the arm {treatments[arms[i]]}, as if "
            "arms were correlated. Check its standard errors."
        )
