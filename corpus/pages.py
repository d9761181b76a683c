"""A manuscript as a PDF like a journal's: A4, two columns, the title and some tables across both.

The bytes depend on the manuscript and the version of reportlab alone: `invariant` fixes date and id, and nothing is
compressed, so that the zlib at hand does not matter.
"""

import re
from pathlib import Path
from xml.sax.saxutils import escape

import matplotlib
from manuscript import Heading, Manuscript, Paragraph, Table, is_group
from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, NextPageTemplate, PageTemplate, Spacer
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid

MARGIN = 54.0
GUTTER = 18.0
WIDTH = A4[0] - 2 * MARGIN
COLUMN = (WIDTH - GUTTER) / 2
TOP = A4[1] - 58.0  # below the running head
FOOT = 52.0  # above the page number

#: Fonts of a face: family, size of the body in points. The core fonts cover Latin-1 and dashes; DejaVu everything.
FACES = {"times": ("Times", 10.6), "sans": ("DejaVuSans", 8.7), "serif": ("DejaVuSerif", 8.7)}
_DEJAVU = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def write(manuscript: Manuscript, path: Path) -> None:
    styles = _styles(manuscript.face)
    title = _title_block(manuscript, styles)
    title_height = _height(title)
    wide = {
        block.place: _table(block, manuscript, styles, WIDTH)
        for block in manuscript.blocks
        if isinstance(block, Table) and block.place != "column"
    }
    document = BaseDocTemplate(
        str(path), pagesize=A4, invariant=1, pageCompression=0, title=manuscript.title,
        author=manuscript.byline, leftMargin=MARGIN, rightMargin=MARGIN,
    )  # fmt: skip
    below_title = TOP - title_height
    foot = FOOT + _height(wide.get("wide-foot", []))
    second_top = TOP - _height(wide.get("wide-top", []))
    document.addPageTemplates(
        [
            _page("first", manuscript, [Frame(MARGIN, below_title, WIDTH, title_height, 0, 0, 0, 0)],
                  below_title, foot, at_foot=wide.get("wide-foot", [])),
            _page("second", manuscript, [], second_top, FOOT, at_top=wide.get("wide-top", [])),
            _page("later", manuscript, [], TOP, FOOT),
        ]
    )  # fmt: skip
    story: list[Flowable] = [NextPageTemplate(["second", "later"]), *title, *_body(manuscript, styles)]
    document.build(story)
    if "wide-top" in wide and document.page < 2:
        raise ValueError(f"{manuscript.name} fills one page: its table meant for the head of the second is lost")


def _page(name, manuscript, frames, top, bottom, at_top=(), at_foot=()):
    """A template of two columns from `top` down to `bottom`; tables across both stand above or below them."""
    columns = [Frame(x, bottom, COLUMN, top - bottom, 0, 0, 0, 0) for x in (MARGIN, MARGIN + COLUMN + GUTTER)]
    font = FACES[manuscript.face][0]

    def before(canvas, document):
        canvas.setFont(_font(font, ""), 7)
        head = manuscript.citation or manuscript.short_title
        if document.page == 1:
            canvas.drawString(MARGIN, A4[1] - 40, head if not manuscript.doi else f"{head} · doi:{manuscript.doi}")
        else:
            canvas.drawString(MARGIN, A4[1] - 40, manuscript.authors[0] + " et al" if manuscript.authors else "")
            canvas.drawRightString(A4[0] - MARGIN, A4[1] - 40, head)
        canvas.line(MARGIN, A4[1] - 45, A4[0] - MARGIN, A4[1] - 45)
        _draw(at_top, canvas, top + _height(at_top))

    def after(canvas, document):
        _draw(at_foot, canvas, bottom)
        canvas.setFont(_font(font, ""), 7)
        canvas.drawCentredString(A4[0] / 2, 32, str(document.page))

    return PageTemplate(name, [*frames, *columns], onPage=before, onPageEnd=after)


def _draw(flowables, canvas, top: float) -> None:
    for flowable in flowables:
        _, height = flowable.wrapOn(canvas, WIDTH, A4[1])
        top -= height
        flowable.drawOn(canvas, MARGIN, top)


def _height(flowables) -> float:
    """Of flowables under one another across the page, with what keeps them from the columns."""
    heights = [flowable.wrap(WIDTH, A4[1])[1] + flowable.getSpaceAfter() for flowable in flowables]
    return sum(heights) + (1.0 if heights else 0.0)


def _title_block(manuscript: Manuscript, styles) -> list[Flowable]:
    block: list[Flowable] = [Text(_markup(manuscript.title), styles["title"])]
    block.append(Text(escape(manuscript.byline or manuscript.origin), styles["authors"]))
    if manuscript.registry:
        block.append(Text("Trial registration: " + ", ".join(manuscript.registry), styles["small"]))
    block.append(Spacer(WIDTH, 10))
    return block


def _body(manuscript: Manuscript, styles) -> list[Flowable]:
    story: list[Flowable] = []
    for block in manuscript.blocks:
        if isinstance(block, Heading):
            story.append(Text(_markup(block.text), styles["heading" if block.level == 1 else "subheading"]))
        elif isinstance(block, Paragraph):
            story.append(Text(_markup(block.text), styles["body"]))
        elif block.place == "column":
            story.append(KeepTogether(_table(block, manuscript, styles, COLUMN)))
    story.append(Text("References", styles["heading"]))
    for number, reference in enumerate(manuscript.references, 1):
        story.append(Text(f"{number}. {escape(reference)}", styles["reference"]))
    return story


def _table(table: Table, manuscript: Manuscript, styles, width: float) -> list[Flowable]:
    """Caption, ruled grid and notes, in the order of this journal."""
    caption = Text(f"<b>{table.label}</b> {_markup(table.caption)}", styles["caption"])
    notes: list[Flowable] = [Text(_markup(note), styles["note"]) for note in table.notes]
    grid = _grid(table, styles, width)
    end = Spacer(width, 9)
    if manuscript.captions == "below":
        return [Spacer(width, 4), grid, *notes, caption, end]
    return [Spacer(width, 4), caption, grid, *notes, end]


def _grid(table: Table, styles, width: float) -> Grid:
    head = len(table.head)
    widths = _column_widths(table, styles, width)
    cells = [
        [Text(f"<b>{_fitted(cell, w, styles)}</b>", styles["cell"]) for cell, w in zip(row, widths, strict=True)]
        for row in table.head
    ]
    rules = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("VALIGN", (0, 0), (-1, head - 1), "BOTTOM")]
    for number, row in enumerate(table.rows, head):
        if is_group(row):
            cells.append([Text(f"<i>{_markup(row[0])}</i>", styles["cell"]), *[""] * (len(row) - 1)])
            rules.append(("SPAN", (0, number), (-1, number)))
        else:
            looks = ["indent" if cell.startswith("  ") else "cell" for cell in row]
            texts = [_fitted(cell.strip(), w, styles) for cell, w in zip(row, widths, strict=True)]
            cells.append([Text(text, styles[look]) for text, look in zip(texts, looks, strict=True)])
    if table.grid:
        rules.append(("GRID", (0, 0), (-1, -1), 0.4, colors.black))
    else:
        rules.append(("LINEABOVE", (0, 0), (-1, 0), 0.9, colors.black))
        rules.append(("LINEBELOW", (0, head - 1), (-1, head - 1), 0.4, colors.black))
        rules.append(("LINEBELOW", (0, -1), (-1, -1), 0.9, colors.black))
    padding = {"LEFTPADDING": 3, "RIGHTPADDING": 3, "TOPPADDING": 1.5, "BOTTOMPADDING": 2}
    rules += [(name, (0, 0), (-1, -1), value) for name, value in padding.items()]
    return Grid(cells, colWidths=widths, style=rules)


def _fitted(cell: str, width: float, styles) -> str:
    """Markup of a cell; one too long for its column breaks before its bracket: the estimate over its interval."""
    if " (" in cell and _natural_width(cell, styles) > width:
        before, _, bracket = cell.rpartition(" (")
        return f"{_markup(before)}<br/>({_markup(bracket)}"
    return _markup(cell)


def _natural_width(text: str, styles) -> float:
    """Of a cell on one line, in bold, with its padding."""
    head = styles["head"]
    return pdfmetrics.stringWidth(re.sub(r"[*^]", "", text), head.fontName, head.fontSize) + 8


def _column_widths(table: Table, styles, width: float) -> list[float]:
    """Every column as wide as its longest cell where there is room, else less, but never below a word or bracket."""
    longest, words = [], []
    for number in range(len(table.head[0])):
        texts = [row[number] for row in (*table.head, *table.rows) if not is_group(row)]
        parts = [part for text in texts for part in re.findall(r"\([^)]*\)|\S+", text)]
        longest.append(max(_natural_width(text, styles) for text in texts))
        words.append(max((_natural_width(part, styles) for part in parts), default=8.0))
    spare = width - sum(words)
    if spare < 0:
        raise ValueError(f"{table.label} ({table.caption}) is too wide: {-spare:.0f} points are missing")
    wish = [a - b for a, b in zip(longest, words, strict=True)]
    share = min(1.0, spare / max(sum(wish), 1e-9))
    widths = [b + share * w for b, w in zip(words, wish, strict=True)]
    return [w + (width - sum(widths)) / len(widths) for w in widths]


def _styles(face: str) -> dict[str, ParagraphStyle]:
    family, size = FACES[face]
    if family.startswith("DejaVu") and family not in pdfmetrics.getRegisteredFontNames():
        _register(family)
    plain, bold = _font(family, ""), _font(family, "Bold")

    def style(name: str, **look) -> ParagraphStyle:
        look = {"fontName": plain, "fontSize": size, "leading": size * 1.25, **look}
        return ParagraphStyle(f"{face}-{name}", **look)

    small = size * 0.84
    cell = {"fontSize": small, "leading": small * 1.22}
    names = (
        style("title", fontName=bold, fontSize=size * 1.75, leading=size * 2.1, spaceAfter=5),
        style("authors", fontSize=size * 1.05, leading=size * 1.45),
        style("small", **cell),
        style("heading", fontName=bold, fontSize=size * 1.12, leading=size * 1.4, spaceBefore=7, spaceAfter=2,
              keepWithNext=1),
        style("subheading", fontName=bold, spaceBefore=4, spaceAfter=1, keepWithNext=1),
        style("body", leading=size * 1.42, alignment=TA_JUSTIFY, spaceAfter=4),
        style("reference", leftIndent=10, firstLineIndent=-10, **cell),
        style("caption", fontSize=small, leading=small * 1.3),
        style("note", fontSize=size * 0.78, leading=size),
        style("cell", **cell),
        style("indent", leftIndent=8, **cell),
        style("head", fontName=bold, **cell),
    )  # fmt: skip
    return {each.name.removeprefix(f"{face}-"): each for each in names}


def _register(family: str) -> None:
    for weight in ("", "Bold", "Italic", "BoldItalic"):
        slant = weight.replace("Italic", "Oblique") if family == "DejaVuSans" else weight
        file = _DEJAVU / (f"{family}-{slant}.ttf" if slant else f"{family}.ttf")
        pdfmetrics.registerFont(TTFont(_font(family, weight), str(file)))
    pdfmetrics.registerFontFamily(family, *(_font(family, weight) for weight in ("", "Bold", "Italic", "BoldItalic")))


def _font(family: str, weight: str) -> str:
    if family == "Times":
        return f"Times-{weight or 'Roman'}"
    return f"{family}-{weight}" if weight else family


def _markup(text: str) -> str:
    text = escape(text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"\*(.+?)\*", r"<i>\1</i>", text)
    return re.sub(r"\^(.+?)\^", r"<super size='70%'>\1</super>", text)
