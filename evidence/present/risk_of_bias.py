"""Risk of bias as traffic lights, a row per study, and as bars that show how much of the evidence each judgement holds.

Colours are told apart by people with any colour vision, and every light also has its sign (+ low, ! some concerns or
moderate, − high or serious, × critical, ? no information) and the first letter of its judgement.
"""

from collections.abc import Iterable, Sequence

from evidence.model.risk_of_bias import Assessment, Judgement, RiskOfBias
from evidence.present import theme
from evidence.present.names import plain
from evidence.present.shapes import Cell, Circle, Line, Picture, Rectangle, Shape, Text
from evidence.present.sheet import MARGIN, WIDTH, Sheet, Symbol

#: Fill, colour of the sign, sign.
_LOOKS: dict[Judgement, tuple[str, str, str]] = {
    Judgement.LOW: ("#009e73", theme.INK, "+"),
    Judgement.SOME_CONCERNS: ("#f0e442", theme.INK, "!"),
    Judgement.MODERATE: ("#f0e442", theme.INK, "!"),
    Judgement.HIGH: ("#d55e00", theme.INK, "−"),
    Judgement.SERIOUS: ("#d55e00", theme.INK, "−"),
    Judgement.CRITICAL: ("#6a1b4d", theme.PAPER, "×"),
    Judgement.NO_INFORMATION: ("#e0e0e0", theme.INK, "?"),
}
_RADIUS = 2.1
_ROW = 5.4
_NAME_WIDTH = 62.0
_COLUMN = 13.0
_BAR_LEFT = MARGIN + 72.0
_BAR_HEIGHT = 5.0


def traffic_lights(found: RiskOfBias) -> Picture:
    """Lay out the lights of every study and domain."""
    sheet = Sheet("risk_of_bias", f"Risk of bias ({found.tool.name})")
    heads = [f"D{at}" for at in range(1, len(found.tool.domains) + 1)]
    columns = [sheet.left + _NAME_WIDTH + (at + 0.5) * _COLUMN for at in range(len(heads))]
    overall = columns[-1] + 1.4 * _COLUMN
    sheet.y += theme.line_height(theme.TEXT_SIZE)
    for x, head in (*zip(columns, heads, strict=True), (overall, "Overall")):
        sheet.text(x, sheet.y - 1.0, head, align="center", bold=True)
    sheet.text(sheet.left, sheet.y - 1.0, "Study", bold=True)
    sheet.rule()
    for row in found.assessments:
        lines = sheet.study_name(row.study, _NAME_WIDTH - 2.0)
        height = max(_ROW, theme.line_height(theme.TEXT_SIZE) * len(lines) + 1.0)
        middle = sheet.y + height / 2
        sheet.block(sheet.left, middle, lines)
        for x, judgement in zip((*columns, overall), (*row.domains, row.overall), strict=True):
            sheet.add(*_light(x, middle, judgement))
        sheet.y += height
        sheet.add(Line(x1=sheet.left, y1=sheet.y, x2=overall + _COLUMN / 2, y2=sheet.y, width=0.3, colour=theme.PALE))
    sheet.y += 1.5
    sheet.legend([(symbol(own), f"{own.value} ({own.value[0]})") for own in found.tool.judgements])
    sheet.notes(f"{head}: {words}." for head, words in zip(heads, found.tool.domains, strict=True))
    return sheet.finish(_lights_said(found), ("study", *heads, "overall", "weight"), _light_rows(found))


def summary_bars(found: RiskOfBias) -> Picture:
    """Lay out, domain by domain, the share of each judgement: by weight where every study has one, else by number."""
    sheet = Sheet("risk_of_bias_summary", f"Risk of bias ({found.tool.name}), share of the studies")
    shares = bias_shares(found)
    weighted = is_weighted(found)
    width = WIDTH - MARGIN - 8.0 - _BAR_LEFT
    sheet.y += 1.0
    top = sheet.y
    for at, (domain, own) in enumerate(shares.items()):
        if at == len(shares) - 1:
            sheet.y += 2.0
        lines = theme.wrap(domain, _BAR_LEFT - sheet.left - 3.0, theme.TEXT_SIZE, at == len(shares) - 1, lines=2)
        height = max(_BAR_HEIGHT + 2.0, theme.line_height(theme.TEXT_SIZE) * len(lines) + 1.0)
        middle = sheet.y + height / 2
        sheet.block(sheet.left, middle, lines, bold=at == len(shares) - 1)
        left = _BAR_LEFT
        for judgement, share in own.items():
            if share > 0:
                sheet.add(*_bar(left, middle, share * width, judgement, f"{100 * share:.0f}%"))
                left += share * width
        sheet.y += height
    sheet.add(Line(x1=_BAR_LEFT, y1=top, x2=_BAR_LEFT, y2=sheet.y + 1.0))
    sheet.add(Line(x1=_BAR_LEFT, y1=sheet.y + 1.0, x2=_BAR_LEFT + width, y2=sheet.y + 1.0))
    for tick in (0, 25, 50, 75, 100):
        x = _BAR_LEFT + tick / 100 * width
        sheet.add(Line(x1=x, y1=sheet.y + 1.0, x2=x, y2=sheet.y + 2.2))
        sheet.text(x, sheet.y + 4.4, f"{tick}%", size=theme.FOOT_SIZE, align="center")
    sheet.y += 7.0
    sheet.legend([(symbol(own), own.value) for own in found.tool.judgements])
    k = len(found.assessments)
    how = "weighted by the file's column Weight" if weighted else "every study counts the same"
    sheet.notes([f"{k} {'study' if k == 1 else 'studies'}, {how}."])
    said = [
        f"{domain}: {', '.join(f'{own.value} {100 * share:.0f}%' for own, share in shares_.items() if share > 0)}."
        for domain, shares_ in shares.items()
    ]
    rows: list[tuple[Cell, ...]] = [
        (domain, judgement.value, 100 * share) for domain, own in shares.items() for judgement, share in own.items()
    ]
    return sheet.finish(f"{sheet.title}. {' '.join(said)}", ("domain", "judgement", "percent"), rows)


def is_weighted(found: RiskOfBias) -> bool:
    """Whether every study has a weight, and not all of them 0."""
    weights = [row.weight for row in found.assessments]
    return None not in weights and sum(weight or 0.0 for weight in weights) > 0


def bias_shares(found: RiskOfBias) -> dict[str, dict[Judgement, float]]:
    """Share of each judgement, from 0 to 1, by domain and overall."""
    weighted = is_weighted(found)
    weights = [(row.weight or 0.0) if weighted else 1.0 for row in found.assessments]
    total = sum(weights) or 1.0

    def shares(judgements: Sequence[Judgement]) -> dict[Judgement, float]:
        return {
            own: sum(w for w, one in zip(weights, judgements, strict=True) if one is own) / total
            for own in found.tool.judgements
        }

    domains = {
        f"D{at + 1}: {words}": shares([row.domains[at] for row in found.assessments])
        for at, words in enumerate(found.tool.domains)
    }
    return domains | {"Overall": shares([row.overall for row in found.assessments])}


def _light(x: float, y: float, judgement: Judgement) -> list[Shape]:
    fill, ink, sign = _LOOKS[judgement]
    size = 9.0
    baseline = y + theme.MIDDLE * size * theme.MM_PER_POINT
    return [
        Circle(x=x, y=y, radius=_RADIUS, fill=fill, edge=theme.INK, line_width=0.4),
        Text(x=x, y=baseline, text=sign, size=size, align="center", bold=True, colour=ink),
        Text(
            x=x + _RADIUS + 0.7,
            y=y + theme.MIDDLE * theme.FOOT_SIZE * theme.MM_PER_POINT,
            text=judgement.value[0],
            size=theme.FOOT_SIZE,
            colour=theme.MUTED,
        ),
    ]


def symbol(judgement: Judgement) -> Symbol:
    """A small light with its sign: a circle of 3 mm."""
    fill, ink, sign = _LOOKS[judgement]

    def draw(x: float, y: float) -> Iterable[Shape]:
        baseline = y + theme.MIDDLE * theme.FOOT_SIZE * theme.MM_PER_POINT
        return [
            Circle(x=x, y=y, radius=1.5, fill=fill, edge=theme.INK, line_width=0.4),
            Text(x=x, y=baseline, text=sign, size=theme.FOOT_SIZE, align="center", bold=True, colour=ink),
        ]

    return draw


def _bar(left: float, middle: float, width: float, judgement: Judgement, label: str) -> list[Shape]:
    """One piece of a bar with its sign and share, as far as they have room."""
    fill, ink, sign = _LOOKS[judgement]
    parts: list[Shape] = [
        Rectangle(
            x=left,
            y=middle - _BAR_HEIGHT / 2,
            width=width,
            height=_BAR_HEIGHT,
            fill=fill,
            edge=theme.INK,
            line_width=0.4,
        )
    ]
    for text in (f"{sign} {label}", sign):
        if theme.text_width(text, theme.FOOT_SIZE) + 1.0 <= width:
            baseline = middle + theme.MIDDLE * theme.FOOT_SIZE * theme.MM_PER_POINT
            parts.append(
                Text(x=left + width / 2, y=baseline, text=text, size=theme.FOOT_SIZE, align="center", colour=ink)
            )
            break
    return parts


def _lights_said(found: RiskOfBias) -> str:
    return " ".join(
        [f"Risk of bias ({found.tool.name}) of {len(found.assessments)} studies."]
        + [f"{plain(row.study)}: {_said(row)}." for row in found.assessments]
    )


def _said(row: Assessment) -> str:
    domains = ", ".join(f"D{at} {own.value.lower()}" for at, own in enumerate(row.domains, start=1))
    return f"{domains}, overall {row.overall.value.lower()}"


def _light_rows(found: RiskOfBias) -> list[tuple[Cell, ...]]:
    return [
        (row.study, *(own.value for own in row.domains), row.overall.value, row.weight) for row in found.assessments
    ]
