"""The league table of a network: every treatment against every other.

Each cell is the treatment of its row versus that of its column. Below the diagonal stands what the network says, direct
and indirect evidence together; above it what trials of the two say alone, empty where there is none. The ranking comes
last and grey: it tells how sure an order is and nothing of how much better a treatment is.
"""

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text as RichText

from evidence.formulas.intervals import ci_from_se
from evidence.model.networks import Direct, Network, NetworkAnalysis, Part
from evidence.present import theme
from evidence.present.html_page import html_page
from evidence.present.names import plain, shortened
from evidence.present.scales import Scale, scale_of_contrasts
from evidence.present.shapes import Cell, Line, Picture, Rectangle
from evidence.present.sheet import Sheet
from evidence.present.wording import METHODS, interval, natural, network_title, number, p_text, percent

_HEAD_WIDTH = 36.0
_ROW_LINES, _HEAD_LINES = 3, 6
#: A column is as wide as the longest word of a head, up to so much.
_LONGEST_WORD = 24.0
_GAP = 2.5
#: Characters of a treatment's name in the terminal.
_TERMINAL_NAME = 24
_COLUMNS = (
    "part row column estimate ci_low ci_high pi_low pi_high p_value direct_studies direct_estimate direct_ci_low "
    "direct_ci_high"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeagueCell:
    """Row versus column on the natural scale: by the network and, with k > 0 trials, by direct evidence."""

    row: str
    column: str
    estimate: tuple[float, float, float]  # with its limits
    prediction: tuple[float, float] | None
    p_value: float
    k: int
    direct: tuple[float, float, float] | None


def league_cells(part: Part, network: Network, scale: Scale) -> dict[tuple[int, int], LeagueCell]:
    """Cells by place of row and column in `league_order`."""
    order = league_order(network)
    directly: dict[tuple[str, str], Direct] = {(own.a, own.b): own for own in part.direct}
    cells = {}
    for i, row in enumerate(order):
        for j, column in enumerate(order):
            if i == j:
                continue
            a, b = network.treatments.index(row), network.treatments.index(column)
            own = directly.get((row, column)) or directly.get((column, row))
            direct = None
            if own is not None:
                mu = own.mu if own.a == row else -own.mu
                low, high = ci_from_se(mu, own.se, network.level)
                direct = scale.natural(mu), scale.natural(low), scale.natural(high)
            cells[i, j] = LeagueCell(
                row=row,
                column=column,
                estimate=(
                    scale.natural(network.mu[a][b]),
                    scale.natural(network.ci_low[a][b]),
                    scale.natural(network.ci_high[a][b]),
                ),
                prediction=(scale.natural(network.pi_low[a][b]), scale.natural(network.pi_high[a][b]))
                if network.pi_low and network.pi_high
                else None,
                p_value=network.p_value[a][b],
                k=own.k if own else 0,
                direct=direct,
            )
    return cells


def league_order(network: Network) -> tuple[str, ...]:
    """Treatments by their P-score, the highest first; equal ones by name."""
    scores = dict(zip(network.treatments, network.p_scores, strict=True))
    return tuple(sorted(network.treatments, key=lambda name: (-scores[name], name.casefold())))


def league_picture(analysis: NetworkAnalysis) -> Picture:
    """Lay out the league table of each part, in blocks of as many columns as have room."""
    scale = scale_of_contrasts(analysis.question.measure or "")
    sheet = Sheet("league", f"League table. {network_title(analysis.question)}")
    for name, part, network in _estimated(analysis):
        if name:
            sheet.y += 1.0
            sheet.paragraph(name, theme.TEXT_SIZE, bold=True)
        for sentence in explanation(network, scale):
            sheet.paragraph(sentence, colour=theme.MUTED)
        _draw(sheet, network, league_cells(part, network, scale), scale)
        for sentence in fit_lines(network):
            sheet.paragraph(sentence)
        if analysis.ranked:
            sheet.paragraph(ranking(network), colour=theme.MUTED)
    sheet.notes(league_notes(analysis))
    return sheet.finish(_description(analysis, scale), _COLUMNS, _rows(analysis, scale))


def _draw(sheet: Sheet, network: Network, cells: dict[tuple[int, int], LeagueCell], scale: Scale) -> None:
    """Blocks of columns; the rows of a block are all treatments."""
    order = league_order(network)
    texts = {place: _lines(cell, lower=place[0] > place[1], scale=scale) for place, cell in cells.items()}
    widest = max(theme.text_width(line, theme.FOOT_SIZE, bold=True) for lines in texts.values() for line in lines)
    words = [word for at, name in enumerate(order, start=1) for word in f"{at} {plain(name)}".split()]
    longest = max(theme.text_width(word, theme.FOOT_SIZE, bold=True) for word in words)
    width = max(widest, 17.0, min(longest + 0.1, _LONGEST_WORD)) + _GAP
    left = sheet.left + _HEAD_WIDTH
    per_block = max(1, int((sheet.right - left) / width))
    step, small = theme.line_height(theme.TEXT_SIZE), theme.line_height(theme.FOOT_SIZE)
    for start in range(0, len(order), per_block):
        block = range(start, min(start + per_block, len(order)))
        heads = [
            theme.wrap(f"{j + 1} {plain(order[j])}", width - _GAP, theme.FOOT_SIZE, True, _HEAD_LINES) for j in block
        ]
        sheet.y += 1.5
        height = small * max(map(len, heads))
        for at, lines in enumerate(heads):
            sheet.block(
                left + at * width + width / 2,
                sheet.y + height / 2,
                lines,
                size=theme.FOOT_SIZE,
                align="center",
                bold=True,
            )
        sheet.y += height
        sheet.rule()
        for i, name in enumerate(order):
            label = theme.wrap(f"{i + 1} {plain(name)}", _HEAD_WIDTH - _GAP, theme.TEXT_SIZE, True, _ROW_LINES)
            height = max(step * len(label), 2 * small) + 1.2
            middle = sheet.y + height / 2
            sheet.block(sheet.left, middle, label, bold=True)
            for at, j in enumerate(block):
                x = left + at * width
                if i == j:
                    sheet.add(
                        Rectangle(x=x + 0.4, y=sheet.y + 0.3, width=width - 0.8, height=height - 0.6, fill=theme.PALE)
                    )
                    continue
                if i < j:
                    sheet.add(
                        Rectangle(x=x + 0.4, y=sheet.y + 0.3, width=width - 0.8, height=height - 0.6, fill="#f4f7fa")
                    )
                shown = cells[i, j].estimate if i > j else cells[i, j].direct
                bold = shown is not None and scale.null is not None and not shown[1] <= scale.null <= shown[2]
                sheet.block(x + width / 2, middle, texts[i, j], size=theme.FOOT_SIZE, align="center", bold=bold)
            sheet.y += height
            sheet.add(
                Line(x1=sheet.left, y1=sheet.y, x2=left + len(block) * width, y2=sheet.y, width=0.3, colour=theme.PALE)
            )
        sheet.y += 1.0


def _lines(cell: LeagueCell, *, lower: bool, scale: Scale) -> tuple[str, ...]:
    shown = cell.estimate if lower else cell.direct
    if shown is None:
        return ("–",)
    return natural(scale, shown[0]), interval(scale, shown[1], shown[2])


def explanation(network: Network, scale: Scale) -> tuple[str, str]:
    """How to read a cell, and what the two triangles are."""
    level = percent(network.level)
    return (
        f"Each cell: {scale.short} [{level} CI] of the treatment in the row versus the treatment in the column"
        + ("; bold where the interval does not hold " + f"{scale.null:g}." if scale.null is not None else "."),
        "Below the diagonal: the network, direct and indirect evidence together. Above it: direct evidence of "
        "trials that compared the two, – where there is none.",
    )


def fit_lines(network: Network) -> list[str]:
    """Model, heterogeneity and inconsistency."""
    model = (
        "Common effects"
        if network.effects == "common" or network.tau2 is None
        else f"Random effects ({METHODS.get(network.method or '', network.method)})"
    )
    lines = [
        f"{model}: {network.k} {'trial' if network.k == 1 else 'trials'}, {len(network.treatments)} treatments"
        + (f", τ² = {number(network.tau2, 3)}." if network.tau2 is not None else ".")
    ]
    parts = [
        f"{name} Q = {q:.2f}, df = {df}, {p_text(p)}"
        for name, q, df, p in (
            ("within designs", network.Q_within, network.Q_within_df, network.Q_within_p),
            ("between designs (inconsistency)", network.Q_between, network.Q_between_df, network.Q_between_p),
        )
        if p is not None
    ]
    if parts:
        lines.append(f"Differences {'; '.join(parts)}.")
    return lines


def ranking(network: Network) -> str:
    """P-scores, the highest first."""
    scores = dict(zip(network.treatments, network.p_scores, strict=True))
    listed = ", ".join(f"{plain(name)} {scores[name]:.2f}" for name in league_order(network))
    return f"P-scores (mean certainty of being better than the others, nothing of how much better): {listed}."


def league_notes(analysis: NetworkAnalysis) -> Iterator[str]:
    """What could not be estimated, and what a reader must know."""
    for part in analysis.parts:
        if part.why_not:
            yield f"Not estimated ({', '.join(map(plain, part.treatments))}): {part.why_not}"
        elif part.network is not None:
            yield from part.network.notes
    yield from analysis.notes
    if any(part.network is not None for part in analysis.parts):
        yield (
            "Indirect evidence compares patients of different trials: it holds only where these do not differ in what "
            "changes the effect."
        )


def league_rich(analysis: NetworkAnalysis, width: int = 100) -> list[Table | RichText]:
    """For a terminal so wide: columns by number and in blocks that have room, treatments by name in the rows."""
    scale = scale_of_contrasts(analysis.question.measure or "")
    shown: list[Table | RichText] = []
    for name, part, network in _estimated(analysis):
        if name:
            shown.append(RichText(name, style="bold"))
        cells = league_cells(part, network, scale)
        order = league_order(network)
        texts = {place: _lines(cell, lower=place[0] > place[1], scale=scale) for place, cell in cells.items()}
        widest = max(len(line) for lines in texts.values() for line in lines)
        per_block = max(1, (width - _TERMINAL_NAME - 4) // (widest + 2))
        for start in range(0, len(order), per_block):
            shown.append(_rich_block(order, texts, range(start, min(start + per_block, len(order)))))
        sentences = [*explanation(network, scale)[1:], *fit_lines(network)]
        shown += [RichText(sentence) for sentence in sentences]
        if analysis.ranked:
            shown.append(RichText(ranking(network), style="dim"))
    return shown + [RichText(note, style="dim") for note in league_notes(analysis)]


def _rich_block(order: Sequence[str], texts: Mapping[tuple[int, int], Sequence[str]], columns: range) -> Table:
    view = Table(box=None, header_style="bold", pad_edge=False)
    view.add_column("row versus column", no_wrap=True)
    for j in columns:
        view.add_column(f"{j + 1}", justify="center", no_wrap=True)
    for i, treatment in enumerate(order):
        name = RichText(f"{i + 1} {shortened(plain(treatment), _TERMINAL_NAME)}", style="bold")
        view.add_row(name, *(RichText("·" if i == j else "\n".join(texts[i, j])) for j in columns))
    return view


def league_html(analysis: NetworkAnalysis) -> str:
    """A page of its own; each cell names the two treatments when pointed at."""
    scale = scale_of_contrasts(analysis.question.measure or "")
    parts = []
    for name, part, network in _estimated(analysis):
        cells, order = league_cells(part, network, scale), league_order(network)
        if name:
            parts.append(f"<h2>{html.escape(name)}</h2>")
        parts += [f"<p>{html.escape(sentence)}</p>" for sentence in explanation(network, scale)]
        heads = "".join(f'<th scope="col">{html.escape(plain(column))}</th>' for column in order)
        rows = []
        for i, row in enumerate(order):
            texts = "".join("<td></td>" if i == j else _html_cell(cells[i, j], i > j, scale) for j in range(len(order)))
            rows.append(f'<tr><th scope="row">{html.escape(plain(row))}</th>{texts}</tr>')
        parts.append(f"<table><thead><tr><td></td>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>")
        sentences = fit_lines(network) + ([ranking(network)] if analysis.ranked else [])
        parts += [f"<p>{html.escape(sentence)}</p>" for sentence in sentences]
    parts += [f"<p>{html.escape(plain(note))}</p>" for note in league_notes(analysis)]
    return html_page(f"League table. {network_title(analysis.question)}", "\n".join(parts))


def _html_cell(cell: LeagueCell, lower: bool, scale: Scale) -> str:
    which = "network" if lower else f"direct evidence, {cell.k} {'trial' if cell.k == 1 else 'trials'}"
    title = html.escape(f"{plain(cell.row)} versus {plain(cell.column)}: {which}")
    text = "<br>".join(map(html.escape, _lines(cell, lower=lower, scale=scale)))
    return f'<td title="{title}">{text}</td>'


def _estimated(analysis: NetworkAnalysis) -> Iterator[tuple[str, Part, Network]]:
    """Parts that could be estimated, with a heading where there are several parts."""
    for at, part in enumerate(analysis.parts, start=1):
        if part.network is not None:
            yield f"Part {at} of {len(analysis.parts)}" if len(analysis.parts) > 1 else "", part, part.network


def _description(analysis: NetworkAnalysis, scale: Scale) -> str:
    sentences = [f"League table. {network_title(analysis.question)}."]
    for _, part, network in _estimated(analysis):
        for (i, j), cell in league_cells(part, network, scale).items():
            if i > j:
                value = f"{natural(scale, cell.estimate[0])} {interval(scale, *cell.estimate[1:])}"
                sentences.append(f"{plain(cell.row)} versus {plain(cell.column)}: {scale.short} {value}.")
        sentences += fit_lines(network)
    return " ".join([*sentences, *league_notes(analysis)])


def _rows(analysis: NetworkAnalysis, scale: Scale) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for at, part in enumerate(analysis.parts, start=1):
        if part.network is None:
            continue
        for cell in league_cells(part, part.network, scale).values():
            prediction, direct = cell.prediction or (None, None), cell.direct or (None, None, None)
            rows.append((at, cell.row, cell.column, *cell.estimate, *prediction, cell.p_value, cell.k, *direct))
    return rows
