"""What a PDF packs, looked at before pdfium unpacks it: a small file can hold a content of any size."""

import re
import zlib

from evidence.errors import ReadError

#: Bytes that one part may unpack to; the largest drawings of papers take a tenth.
MOST_UNPACKED = 128 * 2**20
#: Deflate packs no tighter than this, so smaller parts need not be unpacked to know that they are harmless.
_TIGHTEST = 1032
_BYTES_AT_ONCE = 2**20
#: A dictionary of a stream is short.
_DICTIONARY = 2000
_STREAM = re.compile(rb">>\s*stream\r?\n")
_DEFLATED = re.compile(rb"/(?:FlateDecode|Fl)\b")
_IMAGE = re.compile(rb"/Subtype\s*/Image\b")


def refuse_swollen(data: bytes, source: str) -> None:
    """Refuse a PDF with a part that would fill the memory; pictures are not unpacked to read a page.

    Raises
    ------
    ReadError
        If a part would unpack to more than `MOST_UNPACKED`.
    """
    for match in _STREAM.finditer(data):
        end = data.find(b"endstream", match.end())
        packed = memoryview(data)[match.end() : end if end >= 0 else len(data)]
        if len(packed) * _TIGHTEST <= MOST_UNPACKED:
            continue
        dictionary = data[max(0, match.start() - _DICTIONARY) : match.start()].rpartition(b" obj")[2]
        if _DEFLATED.search(dictionary) and not _IMAGE.search(dictionary) and _unpacks_beyond(packed, MOST_UNPACKED):
            raise ReadError(
                f"{source}: a part of the PDF would unpack to more than {MOST_UNPACKED // 2**20} MB, so it is not "
                "opened. Print the paper to a new PDF and give that."
            )


def _unpacks_beyond(packed: memoryview, most: int) -> bool:
    """Whether these bytes unpack to more, as far as they can be unpacked."""
    unpacker = zlib.decompressobj()
    waiting: bytes | memoryview = packed
    unpacked = 0
    try:
        while unpacked <= most and not unpacker.eof:
            piece = unpacker.decompress(waiting, _BYTES_AT_ONCE)
            waiting = unpacker.unconsumed_tail
            unpacked += len(piece)
            if not piece and not waiting:
                break
    except zlib.error:
        pass
    return unpacked > most
