"""The texts of a forest plot's rows and heads, before anything has a place: shared by the figure and the terminal."""

from dataclasses import dataclass, replace

from evidence.model.results import Analysis, ArmCount, Group, Pooled
from evidence.present.names import plain, sides_of
from evidence.present.scales import Scale, scale_of
from evidence.present.wording import estimate_text, interval, percent, prediction_limits, study_text, weights_text

#: In place of the part of "events/total" that is not reported.
_ABSENT = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Texts of one row by column."""

    label: str
    arm: str = ""
    comparator: str = ""
    estimate: str = ""
    weight: str = ""


class ForestCells:
    """What stands in the rows of one analysis' forest plot."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.scale: Scale = scale_of(analysis)
        self.everyone = tuple(range(len(analysis.estimates)))
        self._weights = weights_text(analysis.pooled.weights) if analysis.pooled else ()
        self._sides: dict[str, list[ArmCount | None]] = {
            "arm": [row.arm for row in analysis.estimates],
            "comparator": [row.comparator for row in analysis.estimates],
        }

    def groups(self) -> list[Group]:
        """The subgroups; studies that belong to none stand under a heading of their own."""
        inside = {index for group in self.analysis.groups for index in group.members}
        rest = tuple(index for index in self.everyone if index not in inside)
        if not self.analysis.groups or not rest:
            return list(self.analysis.groups)
        return [*self.analysis.groups, Group(name="Not reported", members=rest, pooled=None)]

    def heads(self) -> dict[str, tuple[str, str]]:
        """Upper and lower line of each column's head, in the order of the columns; none for what nobody reports."""
        heads = {"label": ("", "Study")}
        for name, side in zip(("arm", "comparator"), sides_of(self.analysis), strict=True):
            arms = [arm for arm in self._sides[name] if arm]
            if any(arm.n is not None or arm.events is not None for arm in arms):
                heads[name] = (side, "events/total" if self._has_events(name) else "n")
        heads["plot"] = ("", "")
        heads["estimate"] = ("", f"{self.scale.short} [{percent(self.analysis.question.level)} CI]")
        if self._weights:
            heads["weight"] = ("", "Weight")
        return heads

    def study(self, index: int) -> Cells:
        """Row of one study, without its footnote marks."""
        row = self.analysis.estimates[index]
        return Cells(
            label=plain(row.label),
            arm=self._count("arm", row.arm),
            comparator=self._count("comparator", row.comparator),
            estimate=study_text(self.scale, row),
            weight=f"{self._weights[index]}%" if self._weights else "",
        )

    def pooled(self, label: str, pooled: Pooled, members: tuple[int, ...]) -> Cells:
        """Row of a diamond; totals stand only where every study reports what is summed."""
        tenths = sum(round(10 * float(self._weights[index])) for index in members) if self._weights else 0
        return Cells(
            label=f"{label} (k = {pooled.k})",
            arm=self._total("arm", members),
            comparator=self._total("comparator", members),
            estimate=estimate_text(self.scale, pooled),
            weight=f"{tenths / 10:.1f}%" if self._weights else "",
        )

    def reported_only(self) -> tuple[Cells, Pooled] | None:
        """Row of the diamond without computed estimates, which have weights of their own; None where there are none."""
        alone = self.analysis.reported_only
        if alone is None or alone.pooled is None:
            return None
        return replace(self.pooled(alone.name, alone.pooled, alone.members), weight=""), alone.pooled

    def prediction(self, pooled: Pooled) -> Cells:
        """Row of the prediction interval, for an analysis that has one."""
        limits = interval(self.scale, *prediction_limits(pooled, self.scale))
        return Cells(label=f"{percent(pooled.level)} prediction interval", estimate=limits)

    def _has_events(self, side: str) -> bool:
        return any(arm.events is not None for arm in self._sides[side] if arm)

    def _count(self, side: str, arm: ArmCount | None) -> str:
        n = _ABSENT if arm is None or arm.n is None else str(arm.n)
        if not self._has_events(side):
            return n
        return f"{_ABSENT if arm is None or arm.events is None else arm.events}/{n}"

    def _total(self, side: str, members: tuple[int, ...]) -> str:
        arms = [self._sides[side][index] for index in members]
        n = [arm.n for arm in arms if arm and arm.n is not None]
        events = [arm.events for arm in arms if arm and arm.events is not None]
        if len(n) < len(members):
            return ""
        if not self._has_events(side):
            return str(sum(n))
        return f"{sum(events)}/{sum(n)}" if len(events) == len(members) else ""
