"""A manuscript of `sources/`: what the header of the article says, and its text as blocks.

A source is a TOML file. Its `text` is a small markup: `# ` and `## ` open sections, blank lines part paragraphs,
`**bold**`, `*italic*` and `^superscript^` stand inside them, `[3]` or `^3^` cites the third reference. A table is

    Table: 1 | Caption | column
    | head | head |
    | --- |
    | cell | cell |
    Note: text under the table

where the last words of the first line say where a page puts it (`column`, `wide-top`, `wide-foot`) and whether it has
full rules (`grid`). A cell that begins with two more spaces is indented; a row with its first cell alone heads those
below it.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Heading:
    text: str
    level: int


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Table:
    """`head` and `rows` hold cells in markup; an indented cell keeps its two leading spaces."""

    number: str
    caption: str
    place: str  # column, wide-top, wide-foot
    grid: bool
    head: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"Table {self.number}"


Block = Heading | Paragraph | Table


@dataclass(frozen=True)
class Manuscript:
    name: str  # of the file, without its suffix
    format: str  # pdf or jats
    kind: str  # JATS article type
    title: str
    authors: tuple[str, ...]  # "Burchert A"; the list is cut after the first few
    more_authors: bool  # print "et al." after them
    origin: str  # where the work was done; stands for the authors where these are not known
    journal: str
    short_title: str  # the running head where no journal is known
    year: int | None
    volume: str
    pages: str
    doi: str
    registry: tuple[str, ...]
    face: str
    captions: str  # above or below the table
    references: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def byline(self) -> str:
        return ", ".join((*self.authors, "et al") if self.more_authors else self.authors) + "." if self.authors else ""

    @property
    def citation(self) -> str:
        """The line a journal prints at the head: `Lancet Oncol 2020; 21: 1201–12`."""
        if not self.journal:
            return ""
        place = f"; {self.volume}: {self.pages}" if self.pages else f"; {self.volume}" if self.volume else ""
        return f"{self.journal} {self.year}{place}"


def load(path: Path) -> Manuscript:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Manuscript(
        name=path.stem,
        format=data["format"],
        kind=data.get("kind", "research-article"),
        title=data["title"],
        authors=tuple(data["authors"]),
        more_authors=data.get("more_authors", True),
        origin=data.get("origin", ""),
        journal=data["journal"],
        short_title=data.get("short_title", ""),
        year=data.get("year"),
        volume=data.get("volume", ""),
        pages=data.get("pages", ""),
        doi=data.get("doi", ""),
        registry=tuple(data.get("registry", ())),
        face=data.get("face", "times"),
        captions=data.get("captions", "above"),
        references=tuple(data["references"]),
        blocks=tuple(_blocks(data["text"])),
    )


def _blocks(text: str) -> list[Block]:
    blocks: list[Block] = []
    for piece in text.strip().split("\n\n"):
        if piece.startswith("#"):
            mark, _, rest = piece.partition(" ")
            heading, _, after = rest.partition("\n")
            blocks.append(Heading(heading, len(mark)))
            if after:
                blocks.append(Paragraph(after))
        elif piece.startswith("Table: "):
            blocks.append(_table(piece.split("\n")))
        else:
            blocks.append(Paragraph(piece))
    return blocks


def _table(lines: list[str]) -> Table:
    number, caption, look = (part.strip() for part in lines[0].removeprefix("Table: ").split(" | "))
    rows = [_cells(line) for line in lines[1:] if line.startswith("|")]
    rule = rows.index(("---",))
    width = len(rows[0])
    for row in rows[:rule] + rows[rule + 1 :]:
        if len(row) != width:
            raise ValueError(f"table {number} ({caption}): {len(row)} cells instead of {width} in {row}")
    return Table(
        number=number,
        caption=caption,
        place=look.split()[0],
        grid="grid" in look.split(),
        head=tuple(rows[:rule]),
        rows=tuple(rows[rule + 1 :]),
        notes=tuple(line.removeprefix("Note: ") for line in lines if line.startswith("Note: ")),
    )


def _cells(line: str) -> tuple[str, ...]:
    """`| a |   b |` has the cells `a` and `  b`."""
    inner = line.strip().removeprefix("|").removesuffix("|").split("|")
    return tuple(cell.removeprefix(" ").rstrip() for cell in inner)


def is_group(row: tuple[str, ...]) -> bool:
    """A row whose first cell alone is filled heads the rows below it."""
    return len(row) > 1 and bool(row[0]) and not any(row[1:])
