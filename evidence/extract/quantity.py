"""What the number grammar finds: quantities with their limits and p-values, and which characters are already read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from evidence.model.codes import Adjustment, Measure


class Kind(StrEnum):
    """What sort of number it is."""

    ESTIMATE = "estimate"  # of a comparison: value, interval, p, measure
    PERCENT = "percent"  # may carry interval, events, total
    DURATION = "duration"  # value with a unit of time, may carry interval
    FRACTION = "fraction"  # events of total without a percentage
    COUNT = "count"  # a bare whole number of people or events
    SIZE = "size"  # n = 43
    MEAN = "mean"  # with its standard deviation
    NOT_REACHED = "not_reached"
    P_VALUE = "p_value"  # standing on its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Limits behind a number. Only `kind` "ci" is a confidence interval."""

    low: Decimal
    high: Decimal
    kind: str  # "ci", "range", "iqr", "unsaid"
    level: Decimal | None
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PValue:
    """A p-value as printed; `test` names an interaction, trend or heterogeneity test, which compares no two arms."""

    value: Decimal
    operator: str
    test: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One number with what belongs to it; `start` to `end` covers the number and its own brackets, in clean text."""

    kind: Kind
    start: int
    end: int
    at: int  # where the number itself begins
    value: Decimal | None = None
    unit: str | None = None
    measure: Measure | None = None
    label: str | None = None  # the words that named the measure
    adjustment: Adjustment | None = None
    spread: Spread | None = None
    p: PValue | None = None
    events: int | None = None
    total: int | None = None
    sd: Decimal | None = None

    def shifted(self, by: int) -> "Quantity":
        """The same quantity with all its offsets moved."""
        spread, p = self.spread, self.p
        return replace(
            self,
            start=self.start + by,
            end=self.end + by,
            at=self.at + by,
            spread=spread and replace(spread, start=spread.start + by, end=spread.end + by),
            p=p and replace(p, start=p.start + by, end=p.end + by),
        )


class Claims:
    """The characters of one sentence that are read already, so that no number is read twice."""

    def __init__(self, length: int, masked: Iterable[tuple[int, int]] = ()) -> None:
        self._taken = bytearray(length)
        for start, end in masked:
            self.claim(max(start, 0), max(min(end, length), 0))

    def claim(self, start: int, end: int) -> None:
        """Take the characters from `start` to `end`."""
        self._taken[start:end] = b"x" * max(end - start, 0)

    def free(self, start: int, end: int) -> bool:
        """Whether nobody took any of these characters."""
        return not any(self._taken[start:end])
