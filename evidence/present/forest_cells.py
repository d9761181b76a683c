"""The texts of a forest plot's rows and heads, before anything has a place: shared by the figure and the terminal."""

import math
from dataclasses import dataclass, replace

from evidence.formulas.intervals import p_from_z
from evidence.model.results import Analysis, ArmCount, Group, Pooled
from evidence.present.forest_style import Style, load_style
from evidence.present.names import plain, sides_of
from evidence.present.scales import Scale, scale_of
from evidence.present.wording import number, percent, prediction_limits, weights_text

#: In place of what is not reported.
_ABSENT = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Texts of one row by column."""

    label: str
    arm: str = ""
    comparator: str = ""
    n: str = ""
    y: str = ""
    se: str = ""
    p: str = ""
    design: str = ""
    estimate: str = ""
    weight: str = ""


class ForestCells:
    """What stands in the rows of one analysis' forest plot."""

    def __init__(self, analysis: Analysis, style: Style | None = None) -> None:
        self.analysis = analysis
        self.style = style or load_style("default")
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
        question, style = self.analysis.question, self.style
        heads = {"label": style.head("study", question, self.scale)}
        sides = dict(zip(("arm", "comparator"), sides_of(self.analysis), strict=True))
        for name in style.columns:
            if name in sides:
                arms = [arm for arm in self._sides[name] if arm]
                if any(arm.n is not None or arm.events is not None for arm in arms):
                    heads[name] = (
                        sides[name],
                        style.heads["events"] if self._has_events(name) else style.heads["n"][1],
                    )
            elif name == "risk_of_bias":
                heads[name] = ("", "")
            elif name != "weight" or self._weights:
                heads[name] = style.head(name, question, self.scale)
        return heads

    def study(self, index: int) -> Cells:
        """Row of one study, without its footnote marks."""
        row, style = self.analysis.estimates[index], self.style
        arms = [arm for arm in (row.arm, row.comparator) if arm]
        n = [arm.n for arm in arms if arm.n is not None]
        return Cells(
            label=plain(row.label),
            arm=self._count("arm", row.arm),
            comparator=self._count("comparator", row.comparator),
            n=str(sum(n)) if len(n) == len(arms) else _ABSENT,
            y=style.decimals(number(row.y)),
            se=style.decimals(number(math.sqrt(row.v))),
            p=style.decimals(style.p_value(p_from_z(row.y / math.sqrt(row.v)))),
            design=plain(row.design or "").replace("_", " ") or _ABSENT,
            estimate=style.estimate(self.scale, row.estimate, row.ci_low, row.ci_high),
            weight=self._percent(self._weights[index]) if self._weights else "",
        )

    def pooled(self, label: str, pooled: Pooled, members: tuple[int, ...]) -> Cells:
        """Row of a diamond; totals stand only where every study reports what is summed."""
        tenths = sum(round(10 * float(self._weights[index])) for index in members) if self._weights else 0
        natural = self.scale.natural
        rows = [self.analysis.estimates[index] for index in members]
        n = [arm.n for row in rows for arm in (row.arm, row.comparator) if arm]
        return Cells(
            label=label,
            arm=self._total("arm", members),
            comparator=self._total("comparator", members),
            n="" if None in n else str(sum(one or 0 for one in n)),
            y=self.style.decimals(number(pooled.mu)),
            se=self.style.decimals(number(pooled.se)),
            p="" if self.scale.percent else self.style.decimals(self.style.p_value(pooled.p_value)),
            estimate=self.style.estimate(
                self.scale, natural(pooled.mu), natural(pooled.ci_low), natural(pooled.ci_high)
            ),
            weight=self._percent(f"{tenths / 10:.1f}") if self._weights else "",
        )

    def total(self, name: str, pooled: Pooled, members: tuple[int, ...]) -> Cells:
        """Row of the diamond called `name` in the style: "pooled" or "subtotal"."""
        return self.pooled(self.style.label(name, self.analysis.question, pooled.k), pooled, members)

    def reported_only(self) -> tuple[Cells, Pooled] | None:
        """Row of the diamond without computed estimates, which have weights of their own; None where there are none."""
        alone = self.analysis.reported_only
        if alone is None or alone.pooled is None:
            return None
        label = f"{alone.name} (k = {alone.pooled.k})"
        return replace(self.pooled(label, alone.pooled, alone.members), weight=""), alone.pooled

    def prediction(self, pooled: Pooled) -> Cells:
        """Row of the prediction interval, for an analysis that has one."""
        limits = self.style.interval(self.scale, *prediction_limits(pooled, self.scale))
        return Cells(label=f"{percent(pooled.level)} prediction interval", estimate=limits)

    def _percent(self, text: str) -> str:
        """A weight; the sign of percent stands in the head or here."""
        return self.style.decimals(text if "%" in " ".join(self.style.heads["weight"]) else f"{text}%")

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
