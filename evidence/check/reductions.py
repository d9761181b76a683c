"""Is a reduction in percent that of the ratio, or of the two percentages, in its sentence?"""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from evidence.check.doubt import Doubt, printed
from evidence.formulas.counts import half_unit
from evidence.model.codes import Measure, Severity
from evidence.model.measures import PERCENTAGES
from evidence.model.records import ArmResult, Contrast, Records, Result

_PERCENT = r"(?P<{0}>\d+(?:[.·]\d+)?)\s?%"
#: "a 36% reduction in the risk of death", "reduced the risk of death by 36%", "with a reduction of relapse of 44%".
_REDUCTION = re.compile(
    rf"{_PERCENT.format('before')}\s(?:relative\s)?(?:risk\s)?(?:reduction|decrease)\b"
    rf"|\b(?<!absolute )(?:reduc(?:ed|es|ing|tion)|lower(?:ed|s|ing)|decreas(?:ed?|es|ing))\b"
    rf"[^.;()%\d]{{0,60}}(?:\d\d?[\s-]years?\s)?\b(?:by|of)\s{_PERCENT.format('behind')}",
    re.IGNORECASE,
)
_RATIOS = (Measure.HR, Measure.SHR, Measure.OR, Measure.RR, Measure.IRR)


def reduction_mismatch(records: Records) -> Iterator[Doubt]:
    """A sentence gives a reduction in percent that is not 1 less its ratio, nor that of its two percentages.

    Points of percentage called percent are told as such. Asked only where one sentence holds the reduction once and
    the numbers it is made of.
    """
    for quote, rows in _sentences(records).items():
        said = [match["before"] or match["behind"] for match in _REDUCTION.finditer(" ".join(quote.split()))]
        ratios = [row for row in rows if isinstance(row, Contrast) and row.measure in _RATIOS and row.estimate]
        if len(said) != 1 or not ratios:
            continue
        percent = Decimal(said[0].replace("·", "."))
        pair = [row for row in rows if isinstance(row, ArmResult) and row.measure in PERCENTAGES and row.value]
        if any(_fits(percent, _of_ratio(row), row.estimate) for row in ratios):
            continue
        made_of = " and ".join(
            f"{row.measure.value} {printed(row.estimate or 0)} is one of {_of_ratio(row):.0f}%" for row in ratios
        )
        if len(pair) == 2 and (relative := _of_pair(pair)) is not None:
            if abs(relative - percent) <= 1:
                continue
            a, b = (row.value or Decimal(0) for row in pair)
            points = abs(a - b)
            shown = f"{printed(a)}% and {printed(b)}%"
            made_of += f", {shown} are one of {relative:.0f}%"
            if abs(points - percent) <= half_unit(percent) + half_unit(a) + half_unit(b):
                made_of += f" and differ by {printed(points)} points, which the document likely means"
        yield Doubt.about(
            ratios[0], Severity.WARNING, f"the sentence speaks of a reduction of {printed(percent)}%, but {made_of}."
        )


def _sentences(records: Records) -> dict[str, list[Result]]:
    """Rows of prose by their sentence."""
    found: dict[str, list[Result]] = defaultdict(list)
    for row in records.results():
        if row.source.column is None and row.source.table is None:
            found[row.source.quote].append(row)
    return found


def _of_ratio(row: Contrast) -> Decimal:
    """Percent by which a ratio reduces, of the larger side."""
    assert row.estimate  # noqa: S101  # the caller asked
    ratio = row.estimate if row.estimate < 1 else 1 / row.estimate
    return 100 * (1 - ratio)


def _of_pair(pair: list[ArmResult]) -> Decimal | None:
    low, high = sorted(row.value or Decimal(0) for row in pair)
    return 100 * (1 - low / high) if high else None


def _fits(percent: Decimal, reduction: Decimal, estimate: Decimal | None) -> bool:
    """Whether rounding explains the rest."""
    assert estimate  # noqa: S101  # the caller asked
    return abs(percent - reduction) <= half_unit(percent) + 100 * half_unit(estimate) + Decimal("0.5")
