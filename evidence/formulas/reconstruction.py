"""Patient data behind a published Kaplan-Meier curve: Guyot's algorithm.

A curve read off a figure says how survival falls, the numbers at risk below it how many are left. Between two of these
numbers whoever left without an event was censored; the algorithm spreads the censored evenly over the interval and
counts the events that the falls of the curve need.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evidence.errors import PatientDataError
from evidence.formulas.patients import Floats, Ints, number_column
from evidence.formulas.survival_curves import kaplan_meier, survival_at

#: Share of the patients by which a number at risk may contradict the curve: points and numbers are read off a figure.
_SLACK = 0.05
#: Numbers of censored patients tried for one interval; the search nearly always ends after a few.
_MOST_TRIES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconstructedPatients:
    """Times and events that give back a curve, not the patients themselves; the unit of time is the user's."""

    time: tuple[float, ...]
    event: tuple[int, ...]  # 1 event, 0 censored
    n: int
    events: int
    risk_time: tuple[float, ...]
    n_risk: tuple[int, ...]  # as reconstructed; where the curve contradicts a reported number, another than that
    largest_gap: float  # largest distance of survival between the points given and these patients, as a proportion


def reconstruct_ipd(
    time: npt.ArrayLike,
    survival: npt.ArrayLike,
    risk_time: npt.ArrayLike,
    n_risk: npt.ArrayLike,
    *,
    events: int | None = None,
) -> ReconstructedPatients:
    """Patient data from points of a Kaplan-Meier curve and the numbers at risk below it.

    Parameters
    ----------
    time, survival : arrays of shape (k,)
        Points of the curve in the order of time: foot and head of every step, or many points along it. Survival is a
        proportion (0.65, not 65) and never rises. (0, 1) is added where it is absent.
    risk_time, n_risk : arrays of shape (m,)
        Times and numbers at risk as printed, from time 0 on; numbers never rise. Those beyond the last point are not
        used. Time 0 alone will do: then nobody is taken for censored before the end.
    events : int, optional
        Events in all, where they are reported: the censored after the last number at risk are chosen to agree.

    Returns
    -------
    ReconstructedPatients
        As many patients as are at risk at time 0. The censored stand in the middle between two points, whoever is left
        at the last point. `events` and `n_risk` may differ from those given where the curve does not allow them.

    Raises
    ------
    PatientDataError
        If the points or numbers cannot be a curve (survival rises or is no proportion, times go back, numbers at risk
        rise or are no whole numbers), do not begin at time 0, or contradict each other by more than reading a figure
        explains.

    Notes
    -----
    Two things differ from the published program: survival is carried forward to each time of the risk table, so that
    every interval begins with a point; and where the curve is flat there is no event.

    References
    ----------
    Guyot, Ades, Ouwens & Welton (2012) BMC Med Res Methodol 12:9, doi:10.1186/1471-2288-12-9. Compared with simulated
    patients and R's survival in tests/reference/.
    """
    points = _points(time, survival)
    table = _risk_table(risk_time, n_risk, points[0][-1])
    if events is not None and not 0 <= events <= table[1][0]:
        raise PatientDataError(f"{events} events in {table[1][0]} patients are impossible.")
    curve = _Curve(*_with_risk_times(*points, table[0]), *table)
    curve.fill_intervals()
    curve.fill_last(events)
    return curve.patients(*points)


def _points(time: npt.ArrayLike, survival: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The points, checked, from (0, 1) on."""
    times, heights = _numbers("time", time), _numbers("survival", survival)
    if len(times) != len(heights):
        raise PatientDataError(f"{len(times)} times for {len(heights)} values of survival; there must be one for each.")
    if np.any(heights > 1):
        raise PatientDataError(
            f"Survival {heights.max():g} is above 1: give proportions (0.65, not 65), so divide percent by 100."
        )
    for place in range(1, len(times)):
        if times[place] < times[place - 1]:
            raise PatientDataError(
                f"Point {place + 1} has time {times[place]:g} after {times[place - 1]:g}; sort the points by time."
            )
        if heights[place] > heights[place - 1]:
            raise PatientDataError(
                f"Survival rises from {heights[place - 1]:g} to {heights[place]:g} at time {times[place]:g}; a "
                "Kaplan-Meier curve never does. Correct the point or leave it out."
            )
    if times[0] == 0 and heights[0] != 1:
        raise PatientDataError(f"Survival is {heights[0]:g} at time 0; a curve begins at 1.")
    if times[0] > 0:
        times, heights = np.concatenate(([0.0], times)), np.concatenate(([1.0], heights))
    if times[-1] == 0:
        raise PatientDataError("All points stand at time 0; a curve needs points after it.")
    return times, heights


def _risk_table(risk_time: npt.ArrayLike, n_risk: npt.ArrayLike, last: float) -> tuple[Floats, Ints]:
    """Times and numbers at risk, checked, before the last point."""
    times, numbers = _numbers("risk_time", risk_time), _numbers("n_risk", n_risk)
    if len(times) != len(numbers):
        raise PatientDataError(f"{len(times)} times for {len(numbers)} numbers at risk; there must be one for each.")
    if times[0] != 0:
        raise PatientDataError(f"The numbers at risk begin at time {times[0]:g}; the number at time 0 is needed.")
    if np.any(numbers != np.round(numbers)) or numbers[0] < 1:
        raise PatientDataError("Numbers at risk must be whole numbers, at least 1 at time 0.")
    for place in range(1, len(times)):
        if times[place] <= times[place - 1]:
            raise PatientDataError(f"The times of the numbers at risk do not grow at {times[place]:g}.")
        if numbers[place] > numbers[place - 1]:
            raise PatientDataError(
                f"The number at risk rises from {numbers[place - 1]:g} to {numbers[place]:g} at time {times[place]:g}; "
                "nobody joins a curve later."
            )
    within = times < last
    return times[within], numbers[within].astype(np.int64)


def _numbers(what: str, values: npt.ArrayLike) -> Floats:
    column = number_column(what, values)
    if not np.all(np.isfinite(column)) or np.any(column < 0):
        raise PatientDataError(f"The column {what} must hold finite numbers from 0 on.")
    return column


def _with_risk_times(times: Floats, heights: Floats, risk_times: Floats) -> tuple[Floats, Floats]:
    """The points with one at each time of the risk table, at the height the curve has kept until then."""
    missing = np.setdiff1d(risk_times, times)
    places = np.searchsorted(times, missing)
    return np.insert(times, places, missing), np.insert(heights, places, heights[places - 1])


class _Curve:
    """The points with the events at each, and the censored up to the next, while they are being found."""

    def __init__(self, times: Floats, heights: Floats, risk_times: Floats, n_risk: Ints) -> None:
        self.times, self.heights, self.risk_times = times, heights, risk_times
        self.reported, self.n_risk = n_risk, [int(n) for n in n_risk]
        self.starts = [int(place) for place in np.searchsorted(times, risk_times)]
        self.events = np.zeros(len(times), dtype=np.int64)
        self.censored = np.zeros(len(times), dtype=np.int64)
        self.kept = 1.0  # survival after the last event so far
        self.all_censored = 0

    def fill_intervals(self) -> None:
        """Find events and censored of every interval whose end has a number at risk."""
        for place, (start, end) in enumerate(zip(self.starts, self.starts[1:], strict=False)):
            at_risk, wanted = self.n_risk[place], self.n_risk[place + 1]
            left = self.heights[end] / self.heights[start] if self.heights[start] > 0 else 0.0
            count = max(0, round(at_risk * left - wanted))
            tried: set[int] = set()
            while True:
                reached, kept = self._walk(start, end, at_risk, count)
                tried.add(count)
                following = max(0, count + reached - wanted)
                if reached == wanted or following in tried or len(tried) > _MOST_TRIES:
                    break
                count = following
            if abs(reached - wanted) > max(2.0, _SLACK * self.n_risk[0]):
                raise PatientDataError(
                    f"The curve leaves {reached} patients at time {self.risk_times[place + 1]:g}, but {wanted} are at "
                    "risk: curve and numbers are not of the same patients, or a number was misread."
                )
            self.n_risk[place + 1], self.kept = reached, kept
            self.all_censored += count

    def fill_last(self, wanted: int | None) -> None:
        """Find events and censored after the last number at risk: censored as often as before, or as the events say."""
        start, end = self.starts[-1], len(self.times)
        at_risk, before = self.n_risk[-1], int(self.events[: self.starts[-1]].sum())
        count = 0
        if start > 0:
            lasted = (self.times[-1] - self.times[start]) / self.times[start]
            count = min(round(self.all_censored * lasted), at_risk)
        self._walk(start, end, at_risk, count)
        if wanted is None:
            return
        if before >= wanted and start > 0:
            self.events[start:], self.censored[start:] = 0, 0
            return
        tried: set[int] = set()
        while (found := int(self.events.sum())) != wanted and count not in tried and len(tried) <= _MOST_TRIES:
            tried.add(count)
            count = min(max(0, count + found - wanted), at_risk)
            self._walk(start, end, at_risk, count)

    def _walk(self, start: int, end: int, at_risk: int, count: int) -> tuple[int, float]:
        """Spread `count` censored evenly from `start` to `end`, take the events the curve needs; who is left, survival.

        `end` is the first point of the next interval, or the number of points.
        """
        last = min(end, len(self.times) - 1)
        self.censored[start:end] = 0
        if count and last > start:
            steps = np.arange(1, count + 1) / (count + 1)
            when = self.times[start] + steps * (self.times[last] - self.times[start])
            gaps = np.searchsorted(self.times[start : last + 1], when, side="left") - 1
            self.censored[start:last] = np.bincount(np.clip(gaps, 0, last - start - 1), minlength=last - start)
        n, kept = at_risk, self.kept
        for point in range(start, end):
            died = 0
            falls = point > 0 and self.heights[point] < self.heights[point - 1]
            if falls and n > 0 and kept > 0:
                died = min(n, max(0, round(n * (1 - float(self.heights[point]) / kept))))
                kept *= 1 - died / n
            self.events[point] = died
            self.censored[point] = min(int(self.censored[point]), n - died)
            n -= died + int(self.censored[point])
        return n, kept

    def patients(self, times: Sequence[float] | Floats, heights: Sequence[float] | Floats) -> ReconstructedPatients:
        """One time for each patient: events at their points, censored between two, the rest at the last point."""
        n = self.n_risk[0]
        between = np.append((self.times[:-1] + self.times[1:]) / 2, self.times[-1])
        when = np.concatenate((np.repeat(self.times, self.events), np.repeat(between, self.censored)))
        when = np.concatenate((when, np.repeat(self.times[-1], n - len(when))))
        event = np.concatenate((np.ones(int(self.events.sum())), np.zeros(n - int(self.events.sum()))))
        order = np.lexsort((1 - event, when))
        curve = kaplan_meier(when, event)
        feet = [float(heights[place]) for place in _feet(times)]
        ours = survival_at(curve, [float(times[place]) for place in _feet(times)])
        gaps = [abs(foot - at.survival) for foot, at in zip(feet, ours, strict=True) if at.survival is not None]
        return ReconstructedPatients(
            time=tuple(float(one) for one in when[order]),
            event=tuple(int(one) for one in event[order]),
            n=n,
            events=int(event.sum()),
            risk_time=tuple(float(one) for one in self.risk_times),
            n_risk=tuple(self.n_risk),
            largest_gap=max(gaps),
        )


def _feet(times: Sequence[float] | Floats) -> list[int]:
    """The last point at each time: where a step has ended."""
    return [place for place in range(len(times)) if place + 1 == len(times) or times[place + 1] > times[place]]
