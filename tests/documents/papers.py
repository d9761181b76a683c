"""Small papers as PDF, built on the spot: each shows one thing a reader must cope with."""

import io
from collections.abc import Callable, Sequence

import pypdfium2 as pdfium
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
BLACK, RED, BLUE = (0, 0, 0), (1, 0, 0), (0, 0, 1)
TITLE = "Maintenance with examplinib after transplantation in acute leukaemia: a randomised trial"
LEFT = [
    "Results",
    "We screened 436 patients, of whom 335 were",
    "randomly assigned. After two years 128 of 167",
    "patients (76.6%) were alive in the examplinib",
    "group and 101 of 168 (60.1%) in the placebo",
    "group, with a hazard ratio for death of 0.64",
]
RIGHT = [
    "(95% CI 0.49 to 0.83; p=0.001). The treat-",
    "ment was well tolerated in both groups.",
    "Discussion",
    "The hazard ratio agrees with earlier work.",
]


def build(draw: Callable[[Canvas], None], **options: object) -> bytes:
    """A PDF drawn by a function."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, **options)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def lines(canvas: Canvas, x: float, top: float, texts: Sequence[str], size: float = 9, step: float = 11) -> None:
    """Lines of text; known headings in bold."""
    for i, text in enumerate(texts):
        heading = text in ("Results", "Discussion", "Methods", "Abstract", "Introduction", "References")
        canvas.setFont("Helvetica-Bold" if heading else "Times-Roman", 11 if heading else size)
        canvas.drawString(x, HEIGHT - top - i * step, text)


def running_lines(canvas: Canvas, page: int) -> None:
    """A running head, a page number and a stamp at the edge."""
    canvas.setFont("Helvetica", 7)
    canvas.drawString(40, HEIGHT - 25, "Journal of Examples")
    canvas.drawString(300, 25, str(100 + page))
    canvas.saveState()
    canvas.translate(WIDTH - 12, 300)
    canvas.rotate(90)
    canvas.drawString(0, 0, "Downloaded from example.org by a library")
    canvas.restoreState()


ROWS = [
    ["Outcome", "Examplinib (n=167)", "Placebo (n=168)", "HR (95% CI)", "p"],
    ["Overall survival", "128 (76.6)", "101 (60.1)", "0.64 (0.49 to 0.83)", "0.001"],
    ["Relapse", "21 (12.6)", "48 (28.6)", "0.39 (0.23 to 0.65)", "<0.001"],
    ["Death without relapse", "18 (10.8)", "19 (11.3)", "0.94 (0.49 to 1.79)", "0.85"],
]
COLUMNS = (60, 180, 290, 390, 510)


def unruled_table(canvas: Canvas, top: float, label: str = "Table 1. Efficacy outcomes") -> None:
    """Head and foot rules only."""
    canvas.setFont("Helvetica-Bold", 8)
    canvas.drawString(60, HEIGHT - top, label)
    canvas.setLineWidth(0.5)
    for y in (top + 6, top + 22, top + 24 + 14 * (len(ROWS) - 1)):
        canvas.line(56, HEIGHT - y, 550, HEIGHT - y)
    for r, row in enumerate(ROWS):
        canvas.setFont("Helvetica-Bold" if r == 0 else "Helvetica", 7.5)
        for x, text in zip(COLUMNS, row, strict=True):
            canvas.drawString(x, HEIGHT - top - 17 - 14 * r, text)
    canvas.setFont("Helvetica", 6.5)
    canvas.drawString(60, HEIGHT - top - 34 - 14 * (len(ROWS) - 1), "CI, confidence interval; HR, hazard ratio.")


def ruled_table(canvas: Canvas, top: float) -> None:
    """Every cell in a box; a head over two columns; estimates stacked over their intervals."""
    canvas.setFont("Helvetica-Bold", 8)
    canvas.drawString(60, HEIGHT - top, "Table 2. Safety outcomes")
    xs, ys = (56, 200, 290, 380, 500), (top + 6, top + 20, top + 34, top + 58, top + 82)
    canvas.setLineWidth(0.5)
    for y in ys:
        canvas.line(xs[0] if y != ys[1] else xs[1], HEIGHT - y, xs[-1] if y != ys[1] else xs[3], HEIGHT - y)
    for x in xs:
        first = ys[1] if x == xs[2] else ys[0]
        canvas.line(x, HEIGHT - first, x, HEIGHT - ys[-1])
    canvas.setFont("Helvetica", 7.5)

    def put(x: float, y: float, text: str) -> None:
        canvas.drawString(x + 4, HEIGHT - y, text)

    put(xs[1], top + 16, "Patients with the event")
    put(xs[0], top + 30, "Event")
    put(xs[1], top + 30, "Examplinib")
    put(xs[2], top + 30, "Placebo")
    put(xs[3], top + 30, "Odds ratio (95% CI)")
    for y, (name, a, b, estimate, interval) in zip(
        (top + 44, top + 68),
        [
            ("Any", "90 (54%)", "88 (52%)", "1.06", "(0.69 to 1.63)"),
            ("Severe", "31 (19%)", "25 (15%)", "1.30", "(0.73 to 2.32)"),
        ],
        strict=True,
    ):  # fmt: skip
        put(xs[0], y, name)
        put(xs[1], y, a)
        put(xs[2], y, b)
        put(xs[3], y, estimate)
        put(xs[3], y + 9, interval)


def filled_table(*, one_path: bool) -> bytes:
    """Cells are filled rectangles, all in one path or each for itself; a label of three lines, a value for two rows."""
    xs, ys = (56, 150, 220, 300, 380), (206, 220, 234, 262, 276)

    def draw(canvas: Canvas) -> None:
        lines(canvas, 40, 80, LEFT)
        canvas.setFont("Helvetica-Bold", 8)
        canvas.drawString(60, HEIGHT - 200, "Table 3. Success by treatment of the other site")
        boxes = [(0, 0, 1, 1), (1, 0, 2, 1), (2, 0, 3, 1), (3, 0, 4, 1), (0, 1, 1, 3), (3, 1, 4, 3)]
        boxes += [(1, 1, 2, 2), (2, 1, 3, 2), (1, 2, 2, 3), (2, 2, 3, 3), *((c, 3, c + 1, 4) for c in range(4))]
        canvas.setFillGray(0.9)
        path = canvas.beginPath()
        for x0, y0, x1, y1 in boxes:
            place = xs[x0], HEIGHT - ys[y1], xs[x1] - xs[x0], ys[y1] - ys[y0]
            if one_path:
                path.rect(*place)
            else:
                canvas.rect(*place, stroke=0, fill=1)
        if one_path:
            canvas.drawPath(path, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.setFont("Helvetica", 7)
        for x, top, texts in [
            (0, 216, ["Site"]), (1, 216, ["Arm"]), (2, 216, ["Success"]), (3, 216, ["P value"]),
            (0, 229, ["Posterior wall", "of the left", "atrium"]), (3, 238, ["0.79"]),
            (1, 230, ["Control"]), (2, 230, ["14/22 (63.6%)"]), (1, 250, ["Active"]), (2, 250, ["50/71 (70.4%)"]),
            (0, 272, ["Roof"]), (1, 272, ["Both"]), (2, 272, ["9/9 (100%)"]), (3, 272, ["0.14"]),
        ]:  # fmt: skip
            for i, text in enumerate(texts):
                canvas.drawString(xs[x] + 3, HEIGHT - top - 9 * i, text)

    return build(draw)


def banded_table() -> bytes:
    """Rows on tinted bands; names of two lines above short rules that run along the edge of a tint; notes in pieces."""
    xs = (60, 150, 190, 240, 310)

    def draw(canvas: Canvas) -> None:
        lines(canvas, 40, 80, LEFT)
        canvas.setFont("Helvetica-Bold", 8)
        canvas.drawString(60, HEIGHT - 200, "Table 4. Efficacy by treatment")
        canvas.setFillGray(0.85)
        for x0, top, bottom in ((56, 206, 246), (150, 229.2, 246), (56, 262, 276)):
            canvas.rect(x0, HEIGHT - bottom, 380 - x0, bottom - top, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.setLineWidth(0.7)
        for x0, x1, y in ((150, 222, 229), (240, 372, 229), (56, 380, 292)):
            canvas.line(x0, HEIGHT - y, x1, HEIGHT - y)
        for size, top, texts in [
            (7, 214, ["", "No. with event,", "", "Median time,"]),
            (7, 225, ["", "no. at risk", "", "months (95% CI)"]),
            (7, 241, ["Event", "Active", "Placebo", "Active", "Placebo"]),
            (7, 257, ["Relapse", "35/90", "42/106", "18 (11 to 26)", "6 (2 to 14)"]),
            (7, 271, ["Death", "1/90", "5/106", "NR", "NR"]),
            (7, 285, ["Any event", "36/90", "46/106", "17 (10 to 25)", "5 (2 to 13)"]),
            (6, 308, ["Times are medians of all patients.", "", "", "", "NR, not reached."]),
        ]:
            canvas.setFont("Helvetica", size)
            for x, text in zip(xs, texts, strict=False):
                canvas.drawString(x, HEIGHT - top, text)
        canvas.setFont("Helvetica", 4)
        canvas.drawString(56.5, HEIGHT - 306, "a")

    return build(draw)


def _printed(canvas: Canvas, xs: Sequence[float], rows: Sequence[tuple[float, Sequence[str]]], size: float = 7) -> None:
    """Texts at the heights given, one to a column."""
    canvas.setFont("Helvetica", size)
    for top, texts in rows:
        for x, text in zip(xs, texts, strict=False):
            canvas.drawString(x, HEIGHT - top, text)


def wide_heads() -> bytes:
    """A name in the head that is far wider than the figures below it and comes close to the next name."""

    def draw(canvas: Canvas) -> None:
        lines(canvas, 40, 80, LEFT)
        canvas.setFont("Helvetica-Bold", 8)
        canvas.drawString(60, HEIGHT - 200, "Table 5. Studies of maintenance")
        for y in (206, 230, 262):
            canvas.line(56, HEIGHT - y, 380, HEIGHT - y)
        _printed(
            canvas,
            (60, 150, 195, 240),
            [
                (215, ["Study", "No. of", "2-year", "2-year survival, %"]),
                (225, ["", "patients", "relapse, %", ""]),
                (243, ["Miller 2015", "27", "9", "78"]),
                (257, ["Olsen 2018", "44", "0", "92"]),
            ],
        )

    return build(draw)


def stacked_rows() -> bytes:
    """A tinted table without rules, whose labels and estimates take two lines each at the distance of rows."""

    def draw(canvas: Canvas) -> None:
        lines(canvas, 40, 80, LEFT)
        canvas.setFont("Helvetica-Bold", 8)
        canvas.drawString(60, HEIGHT - 200, "Table 6. Response at one year")
        for grey, top, bottom in ((0.7, 206, 222), (0.93, 222, 276)):
            canvas.setFillGray(grey)
            canvas.rect(56, HEIGHT - bottom, 330, bottom - top, stroke=0, fill=1)
        canvas.setFillGray(0)
        _printed(
            canvas,
            (60, 150, 220, 290),
            [
                (217, ["", "Active (n=90)", "Placebo (n=90)", "OR (95% CI)"]),
                (233, ["Complete", "45 (50%)", "30 (33%)", "2.00"]),
                (245, ["response or better", "", "", "(1.10 to 3.64)"]),
                (257, ["Sustained loss", "27 (30%)", "18 (20%)", "1.71"]),
                (269, ["of disease", "", "", "(0.86 to 3.40)"]),
            ],
        )

    return build(draw)


def over_two_pages() -> bytes:
    """A table without a rule at its foot that goes on, under its head printed again, on the next page."""
    head = ["Outcome", "Active (n=90)", "Placebo (n=90)", "OR (95% CI)"]
    xs = (60, 150, 220, 290)

    def draw(canvas: Canvas) -> None:
        lines(canvas, 40, 80, LEFT)
        canvas.setFont("Helvetica-Bold", 8)
        canvas.drawString(60, HEIGHT - 700, "Table 7. Response by age")
        for y in (706, 722):
            canvas.line(56, HEIGHT - y, 386, HEIGHT - y)
        _printed(
            canvas,
            xs,
            [
                (717, head),
                (733, ["Remission", "45 (50)", "30 (33)", "2.00 (1.10 to 3.64)"]),
                (747, ["Relapse", "9 (10)", "18 (20)", "0.44 (0.19 to 1.05)"]),
                (761, ["Older patients"]),
            ],
        )
        canvas.showPage()
        for y in (60, 76, 106):
            canvas.line(56, HEIGHT - y, 386, HEIGHT - y)
        _printed(
            canvas,
            xs,
            [
                (71, head),
                (87, ["Remission", "20 (44)", "12 (27)", "2.20 (0.91 to 5.32)"]),
                (101, ["Relapse", "5 (11)", "9 (20)", "0.50 (0.15 to 1.62)"]),
            ],
        )
        lines(canvas, 40, 140, RIGHT)

    return build(draw)


def paper() -> bytes:
    """Three pages: two columns with a table below, running heads, a ruled table, a superscript."""

    def draw(canvas: Canvas) -> None:
        running_lines(canvas, 1)
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(40, HEIGHT - 80, "Maintenance with examplinib after transplantation")
        canvas.drawString(40, HEIGHT - 100, "in acute leukaemia: a randomised trial")
        canvas.setFont("Helvetica", 9)
        canvas.drawString(40, HEIGHT - 120, "Li Xuan, Fen Huang, Bryan van der Berg, Qifa Liu")
        lines(canvas, 40, 150, ["Abstract", "Background: Relapse is common. The trial is registered as NCT01234567."])
        lines(canvas, 40, 180, ["doi: 10.1234/example.5678"])
        canvas.showPage()
        running_lines(canvas, 2)
        lines(canvas, 40, 80, LEFT)
        lines(canvas, 310, 80, RIGHT)
        unruled_table(canvas, 300)
        canvas.showPage()
        running_lines(canvas, 3)
        lines(canvas, 40, 80, ["As others found before us, the drug is safe in most patients who take it."])
        canvas.setFont("Times-Roman", 5)
        canvas.drawString(304, HEIGHT - 77, "12")
        ruled_table(canvas, 150)
        canvas.showPage()

    return build(draw)


def _picture() -> ImageReader:
    from PIL import Image

    return ImageReader(Image.new("RGB", (200, 280), "lightgrey"))


def scanned(pages: int, *, first_with_text: bool) -> bytes:
    """Pages that are pictures, the first one with text if asked for."""

    def draw(canvas: Canvas) -> None:
        for page in range(pages):
            if page == 0 and first_with_text:
                lines(canvas, 40, 80, LEFT)
            else:
                canvas.drawImage(_picture(), 0, 0, WIDTH, HEIGHT)
            canvas.showPage()

    return build(draw)


def encrypted() -> bytes:
    """Opens with a password only."""
    return build(lambda canvas: lines(canvas, 40, 80, LEFT), encrypt="secret")


def crowded(glyphs: int) -> bytes:
    """A page with text, then one with more characters than any paper has."""

    def draw(canvas: Canvas) -> None:
        lines(canvas, 40, 80, LEFT)
        canvas.showPage()
        canvas.setFont("Times-Roman", 2)
        for i in range(glyphs // 1000):
            canvas.drawString(10, 10 + i * 2, "a1 " * 334)
        canvas.showPage()

    return build(draw, pageCompression=1)


def tables_that_cannot_be_cut() -> bytes:
    """One table is a picture, one has neither rules nor white between its cells."""

    def draw(canvas: Canvas) -> None:
        lines(canvas, 40, 80, LEFT)
        canvas.setFont("Helvetica-Bold", 8)
        canvas.drawString(60, HEIGHT - 200, "Table 1. A picture")
        canvas.drawImage(_picture(), 60, HEIGHT - 420, 300, 210)
        canvas.drawString(60, HEIGHT - 500, "Table 2. No rules")
        canvas.setFont("Helvetica", 7.5)
        for r, row in enumerate(ROWS):
            canvas.drawString(60, HEIGHT - 520 - 14 * r, " ".join(row))

    return build(draw)


def white_table() -> bytes:
    """A table without rules in the left of two columns, with a note below it."""

    def draw(canvas: Canvas) -> None:
        lines(canvas, 40, 80, LEFT)
        lines(canvas, 330, 80, [*RIGHT, *LEFT] * 3)
        canvas.setFont("Helvetica-Bold", 8)
        canvas.drawString(40, HEIGHT - 200, "Table 8. Efficacy")
        _printed(
            canvas,
            (40, 130, 200),
            [
                (214, ["Outcome", "Active (n=90)", "Hazard ratio (95% CI)"]),
                (226, ["Overall survival"]),
                (238, ["All patients", "45 (50%)", "0.71 (0.40 to 1.26)"]),
                (250, ["Older", "27 (30%)", "0.63 (0.31 to 1.28)"]),
                (262, ["Younger", "18 (20%)", "0.80 (0.39 to 1.64)"]),
            ],
        )
        _printed(canvas, (40,), [(274, ["Values are numbers of patients (%) unless stated otherwise."])], size=6)
        lines(canvas, 40, 300, LEFT[1:])

    return build(draw)


def raised_letter() -> bytes:
    """A raised letter right behind a word of small letters."""

    def draw(canvas: Canvas) -> None:
        lines(canvas, 40, 80, ["The rate of recurrence"])
        end = 40 + canvas.stringWidth("The rate of recurrence", "Times-Roman", 9)
        canvas.setFont("Times-Roman", 5.5)
        canvas.drawString(end, HEIGHT - 76.5, "a")
        canvas.setFont("Times-Roman", 9)
        canvas.drawString(end + 6, HEIGHT - 80, "was 12% in this group.")

    return build(draw)


def right_column_first() -> bytes:
    """Two columns of running text, drawn the wrong way round."""

    def draw(canvas: Canvas) -> None:
        lines(
            canvas,
            310,
            80,
            ["0.64 in the whole population, which was", *["text of the second column goes on here"] * 5],
        )
        lines(
            canvas,
            40,
            80,
            [*["text of the first column is printed here"] * 5, "with a hazard ratio for death that was"],
        )

    return build(draw)


def with_references() -> bytes:
    """Raised figures that cite, one that is a power, and a list of references."""

    def draw(canvas: Canvas) -> None:
        lines(canvas, 40, 80, ["Introduction", "Relapse is common after transplantation in most of the patients,"])
        raised(canvas, "1,2", 0, 91)
        lines(canvas, 40, 102, ["and a body surface of less than 2 m"])
        raised(canvas, "2", 0, 102, after="and a body surface of less than 2 m")
        lines(canvas, 190, 102, [" is no reason for it as others found."])
        raised(canvas, "2–4", 190, 102, after=" is no reason for it as others found.")
        lines(canvas, 40, 140, ["References"])
        entries = ["Miller J, et al. J Ex 2018;19:889.", "Sommer A, et al. J Ex 2019;132:598.",
                   "Winter B. J Ex 2020;1:9.", "Jung D. J Ex 2021;1:9."]  # fmt: skip
        lines(canvas, 40, 155, [f"{n}. {entry}" for n, entry in enumerate(entries, 1)], size=8)

    def raised(canvas: Canvas, text: str, x: float, top: float, after: str = "") -> None:
        line = after or "Relapse is common after transplantation in most of the patients,"
        canvas.setFont("Times-Roman", 5)
        canvas.drawString((x or 40) + canvas.stringWidth(line, "Times-Roman", 9) + 0.2, HEIGHT - top + 4, text)

    return build(draw)


def run_in_headings() -> bytes:
    """Bold words open two paragraphs; one of them needs two lines for its heading. Two running heads differ."""

    def opened(canvas: Canvas, top: float, bold: str, text: str) -> None:
        canvas.setFont("Times-Bold", 9)
        canvas.drawString(40, HEIGHT - top, bold)
        canvas.setFont("Times-Roman", 9)
        canvas.drawString(40 + canvas.stringWidth(bold, "Times-Bold", 9) + 2.5, HEIGHT - top, text)

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 7)
        canvas.drawString(40, HEIGHT - 30, "J Examples 2020; 38: 2993-3002 · doi:10.1234/example.1")
        lines(canvas, 40, 80, ["Results"])
        opened(canvas, 92, "Overall survival.", "At 24 months the probability of survival")
        lines(canvas, 40, 103, ["was 90.5% in the treated group and 66.2% in the other group."])
        canvas.setFont("Times-Bold", 9)
        canvas.drawString(40, HEIGHT - 120, "Relapse of the disease and death of any other")
        opened(canvas, 131, "cause.", "With a follow-up of 41.8")
        lines(canvas, 40, 142, ["months in the median, relapse was seldom in this group."])
        canvas.showPage()
        canvas.setFont("Helvetica", 7)
        canvas.drawString(40, HEIGHT - 30, "Miller A et al")
        canvas.drawString(300, HEIGHT - 30, "J Examples 2020; 38: 2993-3002")
        lines(canvas, 40, 80, ["Discussion", "The hazard ratio agrees with earlier work of the group."])
        canvas.showPage()

    return build(draw)


def interrupted() -> bytes:
    """A paragraph whose second half stands behind a table, and a list of references with hanging lines."""

    def draw(canvas: Canvas) -> None:
        lines(canvas, 40, 80, ["Results", "Overall 219 of 314 patients reached the target with the drug, and it",
                               "was for this reason the best treatment in almost"])  # fmt: skip
        unruled_table(canvas, 130)
        lines(canvas, 40, 280, ["60% of patients, whatever their age and whatever their weight.", "References"])
        entries = [
            *("1. Miller J, Sommer A, et al. J Ex 2018; 19:", "   889–903.", "2. Winter B, Klein E."),
            *("   Examplinib or placebo. J Ex 2019;1:9.", "3. Jung D. J Ex doi: 10.1234/e", "4. Li S. J Ex 2021;1:9."),
        ]
        lines(canvas, 40, 310, entries, size=8)

    return build(draw)


def turned(how: str) -> bytes:
    """The same lines upright, printed sideways, or upright on a page that a viewer turns by a quarter."""
    texts = ["Results", "The hazard ratio for death was 0.64", "(95% CI 0.49 to 0.83) in the whole group."]

    def draw(canvas: Canvas) -> None:
        if how != "upright":
            canvas.rotate(90)
            canvas.translate(0, -WIDTH)
            canvas.setPageRotation(90 if how == "rotated page" else 0)
        for i, text in enumerate(texts):
            canvas.setFont("Times-Roman", 9)
            canvas.drawString(80, WIDTH - 100 - 11 * i, text)
        canvas.showPage()

    return build(draw)


def coloured(*, rotation: int = 0, crop: tuple[float, ...] | None = None, sideways: bool = False) -> bytes:
    """A sentence in black with its number in red, between others in blue; the page turned and cut as a viewer does."""
    pieces = [
        [(BLUE, "Results of the trial are given for every patient that was randomly assigned.")],
        [(BLACK, "The hazard ratio for death was "), (RED, "0.64"), (BLACK, " (95% CI 0.49")],
        [(BLACK, "to 0.83) in the whole group."), (BLUE, " Relapse was seen in others, and it was late.")],
        [(BLUE, "No other difference was found between the groups at any time of the study.")],
    ]

    def draw(canvas: Canvas) -> None:
        if sideways:
            canvas.rotate(90)
            canvas.translate(0, -WIDTH)
        canvas.setFont("Times-Roman", 11)
        for line, parts in enumerate(pieces):
            x = 150.0
            for colour, text in parts:
                canvas.setFillColorRGB(*colour)
                canvas.drawString(x, 300 - 16 * line, text)
                x += canvas.stringWidth(text, "Times-Roman", 11)

    with pdfium.PdfDocument(build(draw)) as document:
        if crop:
            document[0].set_cropbox(*crop)
        document[0].set_rotation(rotation)
        file = io.BytesIO()
        document.save(file)
        return file.getvalue()


def over_a_page_break() -> bytes:
    """A sentence whose number stands on the page behind the one it begins on."""

    def draw(canvas: Canvas) -> None:
        lines(
            canvas, 40, 80, ["Results", "Of 335 patients 167 were randomly assigned to examplinib and 168 to placebo."]
        )
        lines(
            canvas, 40, 780, ["Overall survival was longer with examplinib than with placebo, with a hazard ratio for"]
        )
        canvas.showPage()
        lines(canvas, 40, 80, ["death of 0.64 (95% CI 0.49 to 0.83; p=0.001), as the plan of the trial had foreseen."])
        canvas.showPage()

    return build(draw)


def symbols_under_wrong_codes() -> bytes:
    """Prints "1.5 (-2.3 to 3.4), p=0.01 in 25" with a font whose minus is stored as "2" and whose "=" as "5".

    The symbols come from a font of drawn shapes, so their ink and their code differ as in papers with symbol fonts.
    """
    shapes = {"2": b"600 0 d0 50 250 500 50 re f", "5": b"600 0 d0 50 150 500 60 re f 50 350 500 60 re f"}
    content = (
        b"BT /F1 10 Tf 60 700 Td (1.5 \\() Tj /F2 10 Tf (2) Tj /F1 10 Tf (2.3 to 3.4\\), p) Tj "
        b"/F2 10 Tf (5) Tj /F1 10 Tf (0.01 in 25 patients of the trial) Tj ET"
    )
    cmap = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
    cmap += b"2 beginbfchar <32> <0032> <35> <0035> endbfchar endcmap end"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>",
        stream(content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 600 700]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 50/LastChar 53"
        b"/Widths[600 600 600 600]/Encoding<</Type/Encoding/Differences[50/two 53/five]>>"
        b"/CharProcs<</two 7 0 R/five 8 0 R>>/ToUnicode 9 0 R/Resources<<>>>>",
        stream(shapes["2"]),
        stream(shapes["5"]),
        stream(cmap),
    ]
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def stream(content: bytes) -> bytes:
    """A stream object of a PDF."""
    return b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content)
