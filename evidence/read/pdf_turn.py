"""From page space to the frame in which most of a page's text runs right, and back.

pdfium measures from the bottom left corner of the page as it is stored. A table may be printed sideways on it, and the
page may be displayed turned; both are undone here, for numbers and for arrays of them.
"""

from evidence.read.pdf_page import Turn

#: Ways in which text can run, seen in page space; displaying a page turns it clockwise by as many quarters.
WAYS = ("right", "up", "left", "down")


def turn(way: str, left: float, bottom: float, right: float, top: float) -> Turn:
    """How to come from page space to the frame in which text that runs that way runs right and lines run down."""
    if way == "up":
        return lambda x0, y0, x1, y1: (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
    if way == "down":
        return lambda x0, y0, x1, y1: (top - y1, right - x1, top - y0, right - x0)
    if way == "left":
        return lambda x0, y0, x1, y1: (right - x1, y0 - bottom, right - x0, y1 - bottom)
    return lambda x0, y0, x1, y1: (x0 - left, top - y1, x1 - left, top - y0)


def turn_back(way: str, left: float, bottom: float, right: float, top: float) -> Turn:
    """The way back from that frame: x0, top, x1, bottom to left, bottom, right, top of page space."""
    if way == "up":
        return lambda x0, y0, x1, y1: (y0 + left, x0 + bottom, y1 + left, x1 + bottom)
    if way == "down":
        return lambda x0, y0, x1, y1: (right - y1, top - x1, right - y0, top - x0)
    if way == "left":
        return lambda x0, y0, x1, y1: (right - x1, y0 + bottom, right - x0, y1 + bottom)
    return lambda x0, y0, x1, y1: (x0 + left, top - y1, x1 + left, top - y0)
