"""The PRISMA 2020 flow diagram of a review that searched databases and registers, in the statement's own words.

It is that of a new review, or that of an update, which has the previous version's studies in a column of their own.

Boxes and wording: Page et al. 2021, BMJ 372:n71 (CC BY 4.0). A number that is not known is not given.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evidence.model.prisma import PrismaCounts, arithmetic_doubts
from evidence.present import theme
from evidence.present.names import plain
from evidence.present.shapes import Cell, Line, Picture, Polygon, Rectangle, Text
from evidence.present.sheet import MARGIN, WIDTH, Sheet

#: What a number that was counted in the store is marked with.
_STORE = "‡"
_STAGE_WIDTH = 7.0
_START = MARGIN + _STAGE_WIDTH + 4.0
_PADDING = 2.2
_INDENT = 3.0
_BETWEEN = 6.0
_ARROW = 1.6
_NOT_GIVEN = "not given"
#: The same in one piece, where lines are broken.
_BOUND = "not\N{NO-BREAK SPACE}given"
#: Of one entry of a box.
_MOST_LINES = 4
_FOOTNOTES = (
    "*Consider, if feasible to do so, reporting the number of records identified from each database or register "
    "searched (rather than the total number across all databases/registers).",
    "**If automation tools were used, indicate how many records were excluded by a human and how many were excluded by "
    "automation tools.",
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of a box: its words, and the number it stands for, if any."""

    words: str
    key: str | None = None
    n: int | None = None
    level: int = 0  # of indentation


@dataclass(frozen=True, slots=True)
class _Box:
    entries: tuple[_Entry, ...]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Width of a box, and the left edges of the columns: of the previous version, if it has one, and of the flow."""

    box: float
    previous: float | None
    left: float
    right: float


def _columns(counts: PrismaCounts) -> _Columns:
    if not counts.update:
        return _Columns(box=76.0, previous=None, left=_START, right=WIDTH - MARGIN - 76.0)
    box = 48.0
    return _Columns(box=box, previous=_START, left=_START + box + 8.0, right=WIDTH - MARGIN - box)


def prisma_picture(counts: PrismaCounts) -> Picture:
    """Lay out the flow; numbers that do not add up are told below it."""
    sheet = Sheet("prisma", "PRISMA 2020 flow diagram")
    columns = _columns(counts)
    if columns.previous is not None:
        _head(sheet, "Previous studies", columns.previous, columns.previous + columns.box)
    _head(
        sheet,
        f"Identification of {'new ' if counts.update else ''}studies via databases and registers",
        columns.left,
        WIDTH - MARGIN,
    )
    sheet.y += 6.0 + 4.0
    rows = _flow(counts)
    above: float | None = None
    before: float | None = None  # where the box of the previous version ends
    stages: dict[str, tuple[float, float]] = {}
    for at, (stage, left, right) in enumerate(rows):
        previous = _previous(counts) if at == 0 and columns.previous is not None else None
        heights = [_height(box, counts, columns.box) for box in (previous, left, right) if box]
        height = max(heights)
        top, middle = sheet.y, sheet.y + height / 2
        if above is not None:
            _arrow_down(sheet, columns.left + columns.box / 2, above, top)
        _draw(sheet, left, columns.left, top, height, counts, columns.box)
        if previous and columns.previous is not None:
            _draw(sheet, previous, columns.previous, top, height, counts, columns.box)
            before = top + height
        if right:
            _draw(sheet, right, columns.right, top, height, counts, columns.box)
            _arrow_right(sheet, columns.left + columns.box, columns.right, middle)
        if before is not None and columns.previous is not None and at == len(rows) - 1:
            x = columns.previous + columns.box / 2
            sheet.add(Line(x1=x, y1=before, x2=x, y2=middle, width=0.8))
            _arrow_right(sheet, x, columns.left, middle)
        start, _ = stages.get(stage, (top, top))
        stages[stage] = start, top + height
        above = top + height
        sheet.y = above + _BETWEEN
    sheet.y -= _BETWEEN
    for stage, (top, bottom) in stages.items():
        sheet.y = max(sheet.y, _stage(sheet, stage, top, bottom))
    sheet.y += 1.0
    sheet.notes([*_FOOTNOTES, *_notes(counts)])
    if counts.update:
        rows = [("Previous studies", _previous(counts), None), *rows]
    return sheet.finish(_description(rows, counts), ("stage", "box", "item", "n", "source"), _rows(rows, counts))


def _head(sheet: Sheet, words: str, left: float, right: float) -> None:
    sheet.add(Rectangle(x=left, y=sheet.y, width=right - left, height=6.0, fill="#f6d77a", edge=theme.INK))
    sheet.text((left + right) / 2, sheet.y + 3.0, words, align="center", bold=True)


def _previous(counts: PrismaCounts) -> _Box:
    return _Box(
        (
            _Entry("Studies included in previous version of review", "previous_studies", counts.previous_studies),
            _Entry(
                "Reports of studies included in previous version of review", "previous_reports", counts.previous_reports
            ),
        )
    )


def _flow(counts: PrismaCounts) -> list[tuple[str, _Box, _Box | None]]:
    """The boxes from top to bottom: stage, box on the left, box on the right."""
    excluded = [_Entry("Records excluded**", "excluded", counts.excluded)]
    if counts.excluded_by_automation is not None:
        rest = None if counts.excluded is None else counts.excluded - counts.excluded_by_automation
        by_human = rest if rest is not None and rest >= 0 else None
        excluded += [
            _Entry("by a human", None, by_human, level=1),
            _Entry("by automation tools", "excluded_by_automation", counts.excluded_by_automation, level=1),
        ]
    reasons = [_Entry(name, None, n, level=1) for name, n in counts.named.get("reasons", {}).items()]
    return [
        (
            "Identification",
            _Box(
                (
                    _Entry("Records identified from*:"),
                    *_named("Databases", "databases", counts),
                    *_named("Registers", "registers", counts),
                )
            ),
            _Box(
                (
                    _Entry("Records removed before screening:"),
                    _Entry("Duplicate records removed", "duplicates", counts.duplicates, level=1),
                    _Entry(
                        "Records marked as ineligible by automation tools", "automation", counts.automation, level=1
                    ),
                    _Entry("Records removed for other reasons", "other", counts.other, level=1),
                )
            ),
        ),
        ("Screening", _Box((_Entry("Records screened", "screened", counts.screened),)), _Box(tuple(excluded))),
        (
            "Screening",
            _Box((_Entry("Reports sought for retrieval", "sought", counts.sought),)),
            _Box((_Entry("Reports not retrieved", "not_retrieved", counts.not_retrieved),)),
        ),
        (
            "Screening",
            _Box((_Entry("Reports assessed for eligibility", "assessed", counts.assessed),)),
            _Box((_Entry("Reports excluded:", "reasons", counts.reasons), *reasons)),
        ),
        *_included(counts),
    ]


def _included(counts: PrismaCounts) -> list[tuple[str, _Box, _Box | None]]:
    words = (
        ("New studies included in review", "Reports of new included studies")
        if counts.update
        else (
            "Studies included in review",
            "Reports of included studies",
        )
    )
    own = _Box((_Entry(words[0], "studies", counts.studies), _Entry(words[1], "reports", counts.reports)))
    if not counts.update:
        return [("Included", own, None)]
    total = _Box(
        (
            _Entry("Total studies included in review", "total_studies", counts.total_studies),
            _Entry("Reports of total included studies", "total_reports", counts.total_reports),
        )
    )
    return [("Included", own, None), ("Included", total, None)]


def _named(words: str, key: str, counts: PrismaCounts) -> list[_Entry]:
    parts = [_Entry(name, None, n, level=2) for name, n in counts.named.get(key, {}).items()]
    return [_Entry(words, key, getattr(counts, key), level=1), *parts]


def _text(entry: _Entry, counts: PrismaCounts) -> str:
    if entry.key is None and entry.n is None and entry.words.endswith(":"):
        return entry.words
    mark = f" {_STORE}" if entry.key in counts.from_store else ""
    return f"{plain(entry.words)} (n = {_NOT_GIVEN if entry.n is None else entry.n}){mark}"


def _lines(box: _Box, counts: PrismaCounts, room: float) -> list[tuple[str, int]]:
    """Lines of a box with their indentation; the number of a long name stays."""
    lines = []
    for entry in box.entries:
        width = room - 2 * _PADDING - _INDENT * entry.level
        bound = _text(entry, counts).replace(_NOT_GIVEN, _BOUND)
        wrapped = [line.replace(_BOUND, _NOT_GIVEN) for line in theme.wrap(bound, width, theme.TEXT_SIZE)]
        if len(wrapped) > _MOST_LINES:
            tail = _text(_Entry("", entry.key, entry.n), counts)
            free = width - theme.text_width(tail, theme.TEXT_SIZE)
            wrapped = [*theme.wrap(plain(entry.words), free, theme.TEXT_SIZE, lines=_MOST_LINES)]
            wrapped[-1] += tail
        lines += [(line, entry.level) for line in wrapped]
    return lines


def _height(box: _Box, counts: PrismaCounts, width: float) -> float:
    return len(_lines(box, counts, width)) * theme.line_height(theme.TEXT_SIZE) + 2 * _PADDING


def _draw(sheet: Sheet, box: _Box, left: float, top: float, height: float, counts: PrismaCounts, width: float) -> None:
    sheet.add(Rectangle(x=left, y=top, width=width, height=height, fill=theme.PAPER, edge=theme.INK, line_width=0.7))
    lines = _lines(box, counts, width)
    step = theme.line_height(theme.TEXT_SIZE)
    first = top + height / 2 - step * (len(lines) - 1) / 2
    for at, (line, level) in enumerate(lines):
        sheet.text(left + _PADDING + _INDENT * level, first + at * step, line)


def _stage(sheet: Sheet, name: str, top: float, bottom: float) -> float:
    """The bar of a stage at the left, its name reading upwards; gives where it ends."""
    needed = theme.text_width(name, theme.TEXT_SIZE, True) + 3.0
    middle, half = (top + bottom) / 2, max(bottom - top, needed) / 2
    sheet.add(
        Rectangle(x=MARGIN, y=middle - half, width=_STAGE_WIDTH, height=2 * half, fill="#bfd7ea", edge=theme.INK),
        Text(
            x=MARGIN + _STAGE_WIDTH / 2 + theme.MIDDLE * theme.TEXT_SIZE * theme.MM_PER_POINT,
            y=middle,
            text=name,
            align="center",
            bold=True,
            turned=True,
        ),
    )
    return middle + half


def _arrow_down(sheet: Sheet, x: float, top: float, bottom: float) -> None:
    sheet.add(
        Line(x1=x, y1=top, x2=x, y2=bottom - _ARROW, width=0.8),
        Polygon(
            points=((x, bottom), (x - _ARROW / 2, bottom - _ARROW), (x + _ARROW / 2, bottom - _ARROW)), fill=theme.INK
        ),
    )


def _arrow_right(sheet: Sheet, left: float, right: float, y: float) -> None:
    sheet.add(
        Line(x1=left, y1=y, x2=right - _ARROW, y2=y, width=0.8),
        Polygon(
            points=((right, y), (right - _ARROW, y - _ARROW / 2), (right - _ARROW, y + _ARROW / 2)), fill=theme.INK
        ),
    )


def _notes(counts: PrismaCounts) -> list[str]:
    notes = list(arithmetic_doubts(counts))
    if counts.from_store:
        notes.append(
            f"{_STORE} Counted in the store: reports that were read; studies of patients with a report of their own "
            "among them."
        )
    return [*notes, *counts.notes]


def _description(rows: Sequence[tuple[str, _Box, _Box | None]], counts: PrismaCounts) -> str:
    sentences = ["PRISMA 2020 flow diagram."]
    for stage, left, right in rows:
        for box in (left, right):
            if box:
                sentences.append(f"{stage}: {'; '.join(_text(entry, counts) for entry in box.entries)}.")
    return " ".join([*sentences, *_notes(counts)])


def _rows(rows: Sequence[tuple[str, _Box, _Box | None]], counts: PrismaCounts) -> list[tuple[Cell, ...]]:
    found: list[tuple[Cell, ...]] = []
    for stage, left, right in rows:
        for box in (left, right):
            for entry in box.entries if box else ():
                if entry.key is None and entry.n is None:
                    continue
                source = "store" if entry.key in counts.from_store else "file" if entry.n is not None else None
                found.append((stage, box.entries[0].words.rstrip("*:") if box else None, entry.words, entry.n, source))
    return found
