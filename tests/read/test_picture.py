"""Pages drawn with words highlighted: the marker lies over the very words, however the page is turned or cut."""

import io

import numpy as np
import pytest
from PIL import Image

from evidence.errors import ReadError
from evidence.read import boxes, page_picture, read
from evidence.read.pdf_picture import FAINT, STRONG

#: What is black; each piece by itself, because pdfium changes their order on pages that stand on their heads.
QUOTE = ["The hazard ratio for death was", "(95% CI 0.49", "to 0.83) in the whole group."]
#: Pixels that the marker may reach beyond the ink: a font is higher than its figures, and letters have side bearings.
MARGIN = 8


def picture(data):
    """The page with the quote and its number highlighted, and without."""
    document = read(data)

    def found(words):
        start = document.text.index(words)
        return boxes(data, document, start, start + len(words))

    strong, faint = found("0.64"), [box for words in QUOTE for box in found(words)]
    return pixels(page_picture(data, "", 1, strong=strong, faint=faint)), pixels(page_picture(data, "", 1, strong=[]))


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def of(picture, colour):
    """Which pixels have this colour."""
    return (abs(picture - np.array(colour)) < 60).all(axis=2)


def frame(mask):
    """Left, top, right and bottom."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return columns[0], rows[0], columns[-1], rows[-1]


@pytest.mark.parametrize("sideways", [False, True])
@pytest.mark.parametrize("crop", [None, (100, 100, 580, 700), (-50, 120, 700, 500)])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_marker_lies_over_the_words_however_the_page_is_displayed(papers, rotation, crop, sideways):
    marked, plain = picture(papers.coloured(rotation=rotation, crop=crop, sideways=sideways))
    red, black, blue = (
        of(plain, [255 * share for share in colour]) for colour in (papers.RED, papers.BLACK, papers.BLUE)
    )
    strong, faint = (marked == STRONG).all(axis=2), (marked == FAINT).all(axis=2)
    inked, marker = frame(red), frame(strong)
    assert marker[0] - 2 <= inked[0] and marker[1] - 2 <= inked[1] and inked[2] <= marker[2] + 2
    assert inked[3] <= marker[3] + 2
    assert np.abs(np.subtract(marker, inked)).max() <= MARGIN
    changed = (marked != plain).any(axis=2)
    assert not (changed & blue).any()
    around = frame(faint | strong)
    ink = frame(black | red)
    assert np.abs(np.subtract(around, ink)).max() <= MARGIN
    assert (of(marked, (0, 0, 0)) == black).all()  # ink keeps its colour


def test_boxes_on_other_pages_are_passed_over(papers):
    data = papers.paper()
    document = read(data)
    at = document.text.index("Discussion")
    found = boxes(data, document, at, at + 10)
    assert [box.page for box in found] == [2]
    assert page_picture(data, "", 3, strong=found) == page_picture(data, "", 3, strong=[])
    assert page_picture(data, "", 2, strong=found) != page_picture(data, "", 2, strong=[])


def test_a_file_that_cannot_be_opened_is_named(papers):
    with pytest.raises(ReadError, match=r"paper\.pdf: the PDF is encrypted"):
        page_picture(papers.encrypted(), "paper.pdf", 1, strong=[])
