"""Weighted least squares of many analyses at once, and the traces of its projection that estimators of tau2 need.

Analyses are columns: y and v have shape (k, m), and a study that an analysis does not have is a row with y = 0 and
v = inf, so that its weight is 0 and every sum leaves it out. The design X of shape (k, p) is one for all columns.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from evidence.errors import SynthesisError

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Studies:
    """Effects and variances of m analyses on their own scale, as `scaled` makes them.

    `y` is in units of `unit` from `origin`; both have shape (m,). `k` counts the studies of each analysis. `agree`
    marks analyses whose effects are all equal; their y is exactly 0.
    """

    y: Array
    v: Array
    X: Array
    k: Counts
    origin: Array
    unit: Array
    agree: npt.NDArray[np.bool_]

    @cached_property
    def present(self) -> npt.NDArray[np.bool_]:
        """Which studies each analysis has."""
        return np.isfinite(self.v)

    @cached_property
    def v0(self) -> Array:
        """Variances with 0 for a study that is absent."""
        return np.where(self.present, self.v, 0.0)

    @property
    def df(self) -> Counts:
        """Residual degrees of freedom."""
        return self.k - self.X.shape[1]

    @cached_property
    def intercept_only(self) -> bool:
        """Whether the design is a column of ones, which makes every matrix a number."""
        return self.X.shape[1] == 1 and bool((self.X == 1).all())

    @cached_property
    def unequal(self) -> bool:
        """Whether some analysis without moderators has variances so unequal that differences of sums lose digits."""
        return self.intercept_only and bool((self.v0.max(axis=0) > _UNEQUAL * self.v.min(axis=0)).any())

    @cached_property
    def products(self) -> Array:
        """Products of the columns of X, of shape (k, p * p)."""
        k, p = self.X.shape
        return (self.X[:, :, None] * self.X[:, None, :]).reshape(k, p * p)

    def columns(self, which: npt.NDArray[np.intp]) -> "Studies":
        """Some of the analyses."""
        return Studies(
            self.y[:, which],
            self.v[:, which],
            self.X,
            self.k[which],
            self.origin[which],
            self.unit[which],
            self.agree[which],
        )


#: Distances from the median that are no differences between studies: within rounding of y, or this small beside a
#: standard error. No document prints so many digits.
_ROUNDING = 8 * np.finfo(float).eps
_NEGLIGIBLE = 1e-7
#: Logarithm of what may lie between a variance, or a squared distance of effects, and the middle variance: 1e30.
_RANGE = 30 * np.log(10)
#: Ratio of variances beyond which sums lose digits in differences and are taken over the other studies instead.
_UNEQUAL = 1e4


def scaled(y: Array, v: Array, X: Array | None = None, *, centre: bool = True) -> Studies:
    """Effects and variances (k, m), nan where absent, centred at their median and in units of their typical error.

    So results move exactly with the origin and the unit of y. The unit is a power of 2, division by which is exact.
    Without X the design is a column of ones. A design that cannot take up an origin must not be centred.

    Raises
    ------
    SynthesisError
        If a study is so far from the others that sums over both would leave the range of numbers.
    """
    absent = np.isnan(y)
    some, k = bool(absent.any()), y.shape[0] - absent.sum(axis=0)
    origin = _middle(y, k) if centre else np.zeros(y.shape[1])
    typical = _middle(v, k)
    unit = np.exp2(np.round(np.log2(typical) / 2))
    with np.errstate(over="ignore"):
        centred = y - origin
    far, size = np.abs(centred), np.abs(y)
    if some:
        far, size = np.where(absent, 0.0, far), np.where(absent, 0.0, size)
    _refuse_disproportion(y, v, far, typical)
    agree = far.max(axis=0) <= np.maximum(_ROUNDING * size.max(axis=0), _NEGLIGIBLE * np.sqrt(typical))
    centred /= unit
    if agree.any():
        centred[:, agree] = 0.0
    variances = v / unit**2
    if some:
        centred, variances = np.where(absent, 0.0, centred), np.where(absent, np.inf, variances)
    return Studies(
        centred,
        variances,
        np.ones((len(y), 1)) if X is None else X,
        k,
        origin,
        unit,
        agree,
    )


def _refuse_disproportion(y: Array, v: Array, far: Array, typical: Array) -> None:
    with np.errstate(divide="ignore"):
        middle = np.log(typical)
        wrong = (np.abs(np.log(v) - middle) > _RANGE) | (2 * np.log(far) - middle > _RANGE)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        where = f"Study {row + 1} of {len(y)}" + (f" in analysis {column + 1}" if y.shape[1] > 1 else "")
        raise SynthesisError(
            f"{where} has effect {y[row, column]:g} and sampling variance {v[row, column]:g}, out of all proportion to "
            "the others. Check its units, or leave it out."
        )


def _middle(values: Array, k: Counts) -> Array:
    """The middle value of each column, the upper one of two; nan counts as absent."""
    middle = k // 2
    rows = np.partition(values, distinct(middle)[0], axis=0)  # nan goes last
    found: Array = rows[middle, np.arange(values.shape[1])]
    return found


def distinct(values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
    """Different values and the place of each value among them; at once where all are the same, as they mostly are."""
    if (values == values[0]).all():
        return values[:1], np.zeros(len(values), dtype=np.intp)
    found, place = np.unique(values, return_inverse=True)
    return found, place


def sums(values: Array) -> Array:
    """Sum over the studies of each analysis."""
    total: Array = values.sum(axis=0)
    return total


class Projection:
    """P = W - W X (X'WX)^-1 X'W of every analysis at weights w (k, m), by its sums; P itself is never built.

    Traces have shape (m,).
    """

    def __init__(self, studies: Studies, w: Array) -> None:
        self.studies, self.w = studies, w
        self.information = self.moment(w)
        self.covariance = _inverse(self.information)

    def moment(self, weights: Array) -> Array:
        """X' diag(weights) X, of shape (m, p, p)."""
        if self.studies.intercept_only:
            return sums(weights)[:, None, None]
        p = self.studies.X.shape[1]
        return (weights.T @ self.studies.products).reshape(-1, p, p)

    def coefficients(self, y: Array) -> Array:
        """Coefficients of the weighted regression of y (k, m), of shape (m, p)."""
        if self.studies.intercept_only:
            return sums(self.w * y)[:, None] * self.covariance[:, 0]
        return (self.covariance @ ((self.w * y).T @ self.studies.X)[:, :, None])[:, :, 0]

    def residuals(self, y: Array) -> Array:
        """What the fit leaves of y, of shape (k, m)."""
        if self.studies.unequal:
            return (y * _others(self.w) - _others(self.w * y)) / sums(self.w)
        if self.studies.intercept_only:
            return y - self.coefficients(y)[:, 0]
        residuals: Array = y - self.studies.X @ self.coefficients(y).T
        return residuals

    def trace(self) -> Array:
        """Trace of P."""
        return self.trace_with(np.ones_like(self.w))

    def trace_with(self, v: Array) -> Array:
        """Trace of PV, V = diag(v)."""
        if self.studies.unequal:
            return sums(self.w * v * _others(self.w)) / sums(self.w)
        return sums(self.w * v) - _product(self.covariance, self.moment(self.w**2 * v))

    def trace_square(self) -> Array:
        """Trace of PP, the sum of the squared elements of P."""
        one = np.ones_like(self.w)
        return self._squares(one, one)

    def trace_square_with(self, v: Array) -> Array:
        """Trace of PVP, V = diag(v)."""
        return self._squares(v, np.ones_like(v))

    def trace_square_with_twice(self, v: Array) -> Array:
        """Trace of PVPV, V = diag(v)."""
        return self._squares(v, v)

    def _squares(self, a: Array, b: Array) -> Array:
        """Sum of the squared elements of P, each times a of its row and b of its column."""
        once, twice = self.w**2 * a, self.w**2 * b
        if self.studies.unequal:
            return sums(once * (b * _others(self.w) ** 2 + _others(twice))) / sums(self.w) ** 2
        return (
            sums(once * b)
            - 2 * _product(self.covariance, self.moment(self.w * once * b))
            + _product(self.covariance @ self.moment(once), self.covariance @ self.moment(twice))
        )


def _others(values: Array) -> Array:
    """For each study the sum over the others, without the loss of digits that taking it from the whole sum has."""
    before, after = np.zeros_like(values), np.zeros_like(values)
    np.cumsum(values[:-1], axis=0, out=before[1:])
    np.cumsum(values[:0:-1], axis=0, out=after[-2::-1])
    return before + after


def _inverse(matrices: Array) -> Array:
    return 1 / matrices if matrices.shape[-1] == 1 else np.linalg.inv(matrices)


def _product(a: Array, b: Array) -> Array:
    """Trace of AB, of each pair of matrices."""
    trace: Array = (a * np.swapaxes(b, 1, 2)).sum(axis=(1, 2))
    return trace
