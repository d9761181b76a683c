"""Questions to pdfium about many characters or drawn objects of a page at once.

A page has thousands of them, and every call through ctypes that converts its arguments or creates an object for
its answer costs more than pdfium's own work. So answers are written side by side into one array, whose places are
handed over as addresses.
"""

import ctypes
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

_POINTER = ctypes.c_void_p


def _by_address(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """The same function with addresses for whatever it is given or gives by pointer."""
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(function, _POINTER).value or 0)


_loose_box = _by_address(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int, _POINTER, ctypes.c_int, _POINTER)
_ink_box = _by_address(
    pdfium.FPDFText_GetCharBox, ctypes.c_int, _POINTER, ctypes.c_int, _POINTER, _POINTER, _POINTER, _POINTER
)
_unicode = _by_address(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _POINTER, ctypes.c_int)
_text_object = _by_address(pdfium.FPDFText_GetTextObject, _POINTER, _POINTER, ctypes.c_int)
_font = _by_address(pdfium.FPDFTextObj_GetFont, _POINTER, _POINTER)
_object = _by_address(pdfium.FPDFPage_GetObject, _POINTER, _POINTER, ctypes.c_int)
_part = _by_address(pdfium.FPDFFormObj_GetObject, _POINTER, _POINTER, ctypes.c_ulong)
_kind = _by_address(pdfium.FPDFPageObj_GetType, ctypes.c_int, _POINTER)
_bounds = _by_address(pdfium.FPDFPageObj_GetBounds, ctypes.c_int, _POINTER, _POINTER, _POINTER, _POINTER, _POINTER)
_count_points = _by_address(pdfium.FPDFPath_CountSegments, ctypes.c_int, _POINTER)
_point = _by_address(pdfium.FPDFPath_GetPathSegment, _POINTER, _POINTER, ctypes.c_int)
_point_kind = _by_address(pdfium.FPDFPathSegment_GetType, ctypes.c_int, _POINTER)
_point_place = _by_address(pdfium.FPDFPathSegment_GetPoint, ctypes.c_int, _POINTER, _POINTER, _POINTER)


def text_of(text_page: Any, count: int) -> str:
    """The text of a page as pdfium puts it together; glyphs without a code are left out."""
    buffer = (ctypes.c_ushort * (count + 1))()
    length = pdfium.FPDFText_GetText(text_page, 0, count, buffer) - 1
    return bytes(buffer)[: 2 * length].decode("utf-16-le", errors="surrogatepass")


def codes(text_page: Any, places: Iterable[int]) -> list[int]:
    """The code of each of some characters."""
    return list(map(_unicode, repeat(_address(text_page)), places))


def fonts(text_page: Any, places: Iterable[int]) -> list[int | None]:
    """The font of each of some characters, as a number that is the same for the same font while the page is open."""
    return list(map(_font, map(_text_object, repeat(_address(text_page)), places)))


def loose_boxes(text_page: Any, places: Sequence[int]) -> npt.NDArray[np.float64]:
    """Left, top, right and bottom of the font's box around each of some characters, as four rows."""
    found = np.zeros((len(places), 4), dtype=np.float32)
    _ask(_loose_box, text_page, places, _addresses(found, 0))
    return np.ascontiguousarray(found.T, dtype=np.float64)


def ink_boxes(text_page: Any, places: Sequence[int]) -> npt.NDArray[np.float64]:
    """Left, right, bottom and top of the ink of each of some characters, as four rows; zeros where there is none."""
    found = np.zeros((len(places), 4), dtype=np.float64)
    _ask(_ink_box, text_page, places, *[_addresses(found, column) for column in range(4)])
    return found.T


def objects(page: Any, most: int) -> list[int]:
    """The first objects of a page."""
    count = pdfium.FPDFPage_CountObjects(page)
    return list(map(_object, repeat(_address(page)), range(min(most, count))))


def parts(form: int, most: int) -> list[int]:
    """The first objects of a form, which is an object itself."""
    count = pdfium.FPDFFormObj_CountObjects(ctypes.cast(form, pdfium.FPDF_PAGEOBJECT))
    return list(map(_part, repeat(form), range(max(0, min(most, count)))))


def kinds(items: Iterable[int]) -> list[int]:
    """The kind of each of some objects."""
    return list(map(_kind, items))


def bounds(items: Sequence[int]) -> tuple[npt.NDArray[np.float64], list[int]]:
    """Left, bottom, right and top of each of some objects, as four rows, and whether they have them."""
    found = np.zeros((len(items), 4), dtype=np.float32)
    has = list(map(_bounds, items, *[_addresses(found, column) for column in range(4)]))
    return np.ascontiguousarray(found.T, dtype=np.float64), has


def count_points(path: int) -> int:
    """How many points a path has."""
    return int(_count_points(path))


def points(path: int, count: int) -> tuple[list[int], list[list[float]]]:
    """The kind and the place of the first points of a path, before its matrix is applied."""
    found = np.zeros((count, 2), dtype=np.float32)
    items = list(map(_point, repeat(path), range(count)))
    deque(map(_point_place, items, _addresses(found, 0), _addresses(found, 1)), maxlen=0)
    return list(map(_point_kind, items)), found.tolist()


def _address(text_page: Any) -> int:
    return ctypes.cast(text_page, _POINTER).value or 0


def _addresses(answers: npt.NDArray[Any], column: int) -> range:
    """Where the answers of one column of a table go, row by row."""
    row = answers.shape[1] * answers.itemsize
    start = answers.ctypes.data + column * answers.itemsize
    return range(start, start + len(answers) * row, row)


def _ask(question: Callable[..., Any], text_page: Any, places: Iterable[int], *answers: range) -> None:
    """Call once for each place; what is found is written where the answers go."""
    deque(map(question, repeat(_address(text_page)), places, *answers), maxlen=0)
