"""Damaged files: good documents of every format with bytes flipped, cut, inserted, repeated or exchanged.

`mutants` gives the same ones for the same seed. Where a format packs its content, the content is damaged too, because
flips in packed bytes hardly ever get past the unpacking.
"""

import base64
import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import docx

from tests.documents.records.study import STUDY, as_bytes

DOCUMENTS = Path(__file__).parent
CORPUS = DOCUMENTS.parents[1] / "corpus"
#: What parsers stumble over, put in somewhere.
BLOCKS = (
    b"\x00" * 64, b"\xff\xfe", b"\xef\xbb\xbf", b"(" * 500, b"<" * 200, b"&" * 200, b"\t" * 300, b"|" * 300, b"\r" * 50,
    b"</p></sec></body>", b"<td rowspan='99999'>", b"<table><tr><td>", b"<![CDATA[", b"<!--", b"endstream endobj",
    b"%PDF-1.4", b"PK\x03\x04", b" Td Tj ET Q Q Q ", b"/Kids [1 0 R] /Count -1", b"9" * 400, b"0." + b"0" * 300,
    b"1e999999", b"-", b"95% CI ", b"p<0.0000000001", b"12/0 (0%)", b"[1-99999999]", b"\n\n# \n\n",
    "0\u00b764 (\u22125\u2013\u221e)".encode(), "\u202e\u0301\ufffd".encode(),
)  # fmt: skip
_STREAM = re.compile(rb"(?<=stream\n)(?P<data>.*?)(?=\r?\n?endstream)", re.DOTALL)


class Mutant(NamedTuple):
    """A damaged file: the document it was, what was done to it, and its bytes; `name` keeps the ending."""

    name: str
    document: str
    damage: str
    data: bytes


def originals() -> dict[str, bytes]:
    """The documents that are damaged, by file name: the corpus, and the test documents of the other formats."""
    paths = [*CORPUS.glob("pdf/*.pdf"), *CORPUS.glob("jats/*.xml"), *CORPUS.glob("text/*.txt")]
    paths += [
        *DOCUMENTS.glob("*.xml"),
        *DOCUMENTS.glob("*.txt"),
        *DOCUMENTS.glob("*.md"),
        *DOCUMENTS.glob("pages/*.html"),
    ]
    paths += [*DOCUMENTS.glob("records/*.nbib"), *DOCUMENTS.glob("records/*.xml")]
    return {path.name: path.read_bytes() for path in sorted(paths)} | {
        "manuscript.docx": _manuscript(),
        "study.json": as_bytes(STUDY),
    }


def mutants(number: int, seed: int = 1) -> Iterator[Mutant]:
    """So many damaged files, the documents and kinds of damage in turn."""
    chance = random.Random(seed)
    documents = sorted(originals().items())
    for n in range(number):
        document, data = documents[n % len(documents)]
        damage = chance.choice(list(DAMAGES))
        changed = data
        for _ in range(chance.choice((1, 1, 2, 5))):
            changed = DAMAGES[damage](changed, chance)
        path = Path(document)
        yield Mutant(f"{path.stem}-{n:05}{path.suffix}", document, damage, changed)


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 4, 30))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _leave_out(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.choice((1, 20, 500)) :]


def _insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(BLOCKS) + data[at:]


def _repeat(data: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data) + 1), chance.choice((5, 50, 1000))
    return data[:at] + data[at : at + length] * chance.choice((2, 10, 60)) + data[at:]


def _exchange(data: bytes, chance: random.Random) -> bytes:
    a, b, c = sorted(chance.randrange(len(data) + 1) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


_PLAIN: tuple[Callable[[bytes, random.Random], bytes], ...] = (_flip, _leave_out, _insert, _repeat, _exchange)


def _inside(data: bytes, chance: random.Random) -> bytes:
    """Damage to what is packed in a PDF or a Word document; other files are damaged as they are."""
    damage = chance.choice(_PLAIN)
    if data.startswith(b"PK"):
        return _in_archive(data, damage, chance)
    streams = [match for match in _STREAM.finditer(data) if _unpacked(match["data"]) is not None]
    if not data.startswith(b"%PDF") or not streams:
        return damage(data, chance)
    stream = chance.choice(streams)
    content = damage(_unpacked(stream["data"]) or b"", chance)
    packed = base64.a85encode(zlib.compress(content)) + b"~>"
    return data[: stream.start()] + packed + data[stream.end() :]


def _unpacked(data: bytes) -> bytes | None:
    """The content of a stream as reportlab packs it."""
    try:
        return zlib.decompress(base64.a85decode(data.strip().removesuffix(b"~>")))
    except (ValueError, zlib.error):
        return None


def _in_archive(data: bytes, damage: Callable[[bytes, random.Random], bytes], chance: random.Random) -> bytes:
    file = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
            members = {name: old.read(name) for name in old.namelist()}
            name = chance.choice([*members, "word/document.xml", "word/document.xml"])
            members[name] = damage(members.get(name, b""), chance)
            for name, content in members.items():
                new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # dated alike in every run
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        return damage(data, chance)
    return file.getvalue()


DAMAGES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "bytes flipped": _flip,
    "cut off": _cut,
    "a piece left out": _leave_out,
    "a block inserted": _insert,
    "a piece repeated": _repeat,
    "two pieces exchanged": _exchange,
    "damaged inside its packing": _inside,
}


@cache  # a Word document bears the second in which it was written
def _manuscript() -> bytes:
    document = docx.Document()
    document.add_heading("Results", 1)
    document.add_paragraph("Drug A was better than drug B (hazard ratio, 0.64; 95% CI, 0.49 to 0.83; P<0.001).")
    document.add_paragraph("Table 1. Efficacy outcomes")
    table = document.add_table(rows=2, cols=3)
    for r, row in enumerate([("Outcome", "Drug A", "Drug B"), ("Death", "39/167", "67/168")]):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
