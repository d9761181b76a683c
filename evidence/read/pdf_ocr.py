"""Pages that are images, read with tesseract: lines of words with their places, as of any other page.

Tesseract is a program of its own and has to be on the PATH. What it reads may be wrong in any character, so documents
say which of their pages were read by it, and marks of kind "ocr" go around their text.
"""

import csv
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from evidence.errors import ReadError
from evidence.read.pdf_page import Box, Line, PageText, Word, median
from evidence.read.pdf_raster import UNKNOWN, Picture, picture_of, rules, scale_of, signs
from evidence.read.pdf_shapes import Shapes
from evidence.read.pdf_turn import WAYS, turn

PROGRAM = "tesseract"
#: By this the notice of a document names the pages that were read so.
BY_OCR = "read by OCR"
#: What tesseract was trained on.
_DOTS_PER_INCH = 300
#: A page takes some seconds.
_SECONDS = 60
#: What OCR makes of "CI".
_LOOKS_LIKE_CI = re.compile(r"^C[l1|](?!\w)")
#: Level of words in the output.
_WORD = "5"
#: A gap wider than this share of the height of a line parts columns or cells.
_WIDE_GAP = 1.3
#: Lines of a block whose height differs by less than this share are set in one size; only their letters differ.
_ONE_SIZE = 0.3


def require_ocr() -> None:
    """Raise `ReadError` where tesseract is not there, with what to install."""
    if shutil.which(PROGRAM) is None:
        raise ReadError(
            f"OCR needs the program {PROGRAM}, which is not on the PATH. Install it (Debian and Ubuntu: apt install "
            "tesseract-ocr; macOS: brew install tesseract) and try again, or leave OCR out."
        )


def read_image(page: Any, source: str) -> tuple[PageText, Shapes]:
    """The words tesseract sees on a `pypdfium2.PdfPage`, and the lines that rule it.

    There are no words where it sees none, or needs more than a minute.

    Raises
    ------
    ReadError
        If tesseract is not there or fails.
    """
    require_ocr()
    width, height = page.get_size()
    scale = scale_of(page, _DOTS_PER_INCH)
    picture = picture_of(page, scale)
    lines = list(_lines(_table(picture, round(72 * scale), source), picture, scale))
    text = "".join(word.text for line in lines for word in line.words)
    to_frame = turn(WAYS[page.get_rotation() // 90], *page.get_bbox())
    content = PageText(width, height, lines, to_frame, lambda *box: box, len(text), text.count(UNKNOWN))
    return content, rules(picture, scale)


def _table(picture: Picture, dots_per_inch: int, source: str) -> list[dict[str, str]]:
    """The rows of tesseract's output: words with their boxes in pixels, and the lines and blocks they stand in."""
    command = [PROGRAM, "stdin", "stdout", "--dpi", str(dots_per_inch), "-l", "eng", "tsv"]
    pgm = b"P5 %d %d 255\n" % (picture.shape[1], picture.shape[0]) + picture.tobytes()
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}  # its threads only wait for each other
    try:
        done = subprocess.run(  # noqa: S603  a fixed command
            command, input=pgm, capture_output=True, env=environment, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return []
    if done.returncode != 0:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise ReadError(f"{source}: OCR failed ({PROGRAM}: {said[-200:]}). Check its installation.")
    rows = csv.DictReader(done.stdout.decode(errors="replace").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [{**row, "text": row["text"].strip()} for row in rows if row["level"] == _WORD and row["text"].strip()]
    for before, row in pairwise(words):
        if before["text"].endswith("%"):  # by which "95% Cl" is told from a name
            row["text"] = _LOOKS_LIKE_CI.sub("CI", row["text"])
    return words


def _lines(rows: Iterable[dict[str, str]], picture: Picture, scale: float) -> Iterator[Line]:
    """Lines in tesseract's reading order, cut where a wide gap parts columns or cells."""
    for _, block in groupby(rows, key=lambda row: row["block_num"]):
        found = [list(line) for _, line in groupby(block, key=lambda row: (row["par_num"], row["line_num"]))]
        frames = [[_frame(row) for row in line] for line in found]
        tops = [min(frame[1] for frame in line) for line in frames]
        heights = [max(frame[3] for frame in line) - top for line, top in zip(frames, tops, strict=True)]
        usual = median(heights)
        for line, boxes, top, own in zip(found, frames, tops, heights, strict=True):
            height = usual if abs(own - usual) < _ONE_SIZE * usual else own
            words = [
                _word(signs(row["text"], box, picture), [edge / scale for edge in (box[0], top, box[2], top + height)])
                for row, box in zip(line, boxes, strict=True)
            ]
            cuts = [i for i, (a, b) in enumerate(pairwise(words), 1) if b.x0 - a.x1 > _WIDE_GAP * height / scale]
            for start, end in pairwise([0, *cuts, len(words)]):
                yield Line(words[start:end], "")


def _frame(row: dict[str, str]) -> Box:
    """Left, top, right and bottom in pixels."""
    left, top, width, height = (float(row[name]) for name in ("left", "top", "width", "height"))
    return left, top, left + width, top + height


def _word(text: str, box: Sequence[float]) -> Word:
    """A word whose characters are taken as equally wide."""
    x0, top, x1, bottom = box
    edges = np.linspace(x0, x1, len(text) + 1)
    boxes = np.array([edges[:-1], np.full(len(text), top), edges[1:], np.full(len(text), bottom)])
    return Word(text, x0, top, x1, bottom, 0, boxes, 0, len(text))
