"""Tables that list single patients: which they are, and who stands in which row.

Such a table has a column of running numbers or names of patients ("No.", "UPN 7", "Patient 3"), one row for each; or a
row of them, one column for each. A row without a number goes on with the patient above it, or is a heading over the
patients below. Nothing here knows what the other columns mean.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from evidence.extract.grids import Spot, clean_words, distinct, spots
from evidence.extract.nlp import Reading
from evidence.model.document import Table

#: Fewer are an example rather than a list.
_FEWEST = 3
#: Columns on the left, or rows at the top, in which the patients may be named.
_WHERE = 3

_PATIENT = r"(?:patients?|pts?|pat|cases?|UPN|PID|subjects?|participants?)"
#: What stands over the names of patients; "No. of patients" and "n" stand over counts.
_HEAD = re.compile(rf"(?:unique )?{_PATIENT}\.?(?: ?(?:no|number|nr|id|code|#)\.?)?|(?:no|nr)\.?|#|ID", re.IGNORECASE)
_SAYS_PATIENT = re.compile(_PATIENT, re.IGNORECASE)
_NAME = re.compile(
    rf"(?P<word>{_PATIENT}\.?(?: ?(?:no\.?|#))?[ \u00a0-]?|#|[A-Z]{{1,5}}[ -]?)?(?P<number>\d{{1,6}}(?:-\d{{1,4}})?)"
    r"[a-z]?[*†‡§¶#]*\.?",
    re.IGNORECASE,
)
_OF_ONE = re.compile(r"(?:unique )?(?:patient|pt|pat|case|UPN|PID|subject|participant|ID)\b", re.IGNORECASE)
#: Patients of other publications.
_LITERATURE = re.compile(r"(?:references?|refs?\.?|authors?|stud(?:y|ies)|source|reports?|series|publication)\b", re.I)

_Spots = list[list[Spot | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One patient of a table: how it is called, the heading it stands under, and by column what stands there."""

    name: Spot
    heading: str
    cells: tuple[tuple[Spot, ...], ...]  # several where a cell goes on in the next row

    def text(self, column: int) -> str:
        """The words of one column on one line."""
        return " ".join(" ".join(spot.text.split()) for spot in self.cells[column])


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """A table of single patients. `heads` and `verbatim` are the heads of its columns, clean and as printed."""

    table: Table
    caption: str
    notes: str
    heads: tuple[str, ...]
    verbatim: tuple[str, ...]
    names: int  # the column the patients are named in
    persons: tuple[Person, ...]

    def texts(self, column: int) -> list[str]:
        """The words of one column, patient by patient, without empty cells."""
        return [text for person in self.persons if (text := person.text(column))]


def people(reading: Reading) -> tuple[People, ...]:
    """The tables of a document that list single patients of its own study."""
    found: list[People] = []
    for table in reading.document.tables:
        rows = spots(reading, table)
        listed = _listed(table, rows, found) or _listed(table, _turned(rows), found, turned=True)
        if listed is not None and not any(_LITERATURE.match(head) for head in listed.heads):
            found.append(listed)
    return tuple(found)


def _turned(rows: _Spots) -> _Spots:
    return [list(column) for column in zip(*rows, strict=True) if any(column)]


def _listed(table: Table, rows: _Spots, before: Sequence[People], *, turned: bool = False) -> People | None:
    """The table read with patients in its rows; None where they do not stand there."""
    for column in range(min(_WHERE, len(rows[0]) if rows else 0)):
        named = [_NAME.fullmatch(spot.text.strip()) if (spot := row[column]) is not None else None for row in rows]
        first = next((place for place, name in enumerate(named) if name), 0)
        while first > 1 and len(distinct(rows[first - 1])) == 1:
            first -= 1  # a heading over the first patients
        heads, verbatim = _heads(rows[:first], len(rows[0]))
        if not first and before and before[-1].table.label == table.label and len(before[-1].heads) == len(rows[0]):
            heads, verbatim = before[-1].heads, before[-1].verbatim  # the table goes on without its heads
        names = [name for name in named[first:] if name]
        others = [row for row, name in zip(rows[first:], named[first:], strict=True) if not name and row[column]]
        if (
            len(names) < _FEWEST
            or any(len(distinct(row)) > 1 for row in others)
            or not _are_names(heads[column], names, label=not column and not turned)
        ):
            continue
        persons = _persons(rows[first:], named[first:], column)
        if len({(person.heading, person.name.text.strip()) for person in persons}) == len(persons):
            return People(
                table=table,
                caption=clean_words(table.caption),
                notes=" ".join(clean_words(note) for note in table.footnotes),
                heads=heads,
                verbatim=verbatim,
                names=column,
                persons=persons,
            )
    return None


def _are_names(head: str, names: Sequence[re.Match[str]], *, label: bool) -> bool:
    """Whether these are names of patients: each with the word, or under a head that says so.

    Numbers alone have to run on, or could be how many there were ("Participants | 71 | 66 | 62"); those of a hospital
    need not, where they are the `label` of their row under a head that speaks of one patient.
    """
    if all(name["word"] and _SAYS_PATIENT.match(name["word"]) for name in names):
        return True
    if not _HEAD.fullmatch(head.strip(" .:")):
        return False
    numbers = [int(re.sub(r"\D.*", "", name["number"])) for name in names]
    running = sum(after in (1, before + 1) for before, after in pairwise(numbers)) >= 0.8 * (len(numbers) - 1)
    if running:
        return label or _SAYS_PATIENT.search(head) is not None
    return label and _OF_ONE.match(head.strip()) is not None


def _heads(rows: _Spots, width: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The heads of the columns, parts joined from the top down, clean and verbatim; a title over all is none."""
    over = [row for row in rows if len(distinct(row)) > 1 or width == 1]
    clean, verbatim = [], []
    for index in range(width):
        column = [spot for row in over if (spot := row[index]) is not None]
        parts = {(spot.cell.char_start, spot.cell.char_end): spot for spot in column}.values()
        clean.append(" ".join(" ".join(spot.text.split()) for spot in parts))
        verbatim.append(" ".join(" ".join(spot.cell.text.split()) for spot in parts))
    return tuple(clean), tuple(verbatim)


def _persons(rows: _Spots, named: Sequence[re.Match[str] | None], column: int) -> tuple[Person, ...]:
    """The patients with their cells; the heading over patients is a row of one cell."""
    found: list[tuple[Spot, str, list[list[Spot]]]] = []
    heading = ""
    for row, name in zip(rows, named, strict=True):
        spot = row[column]
        if name and spot is not None:
            found.append((spot, heading, [[cell] if cell is not None else [] for cell in row]))
        elif spot is not None or (len(distinct(row)) == 1 and row[0] is not None):
            heading = distinct(row)[0].text.strip()
        elif found:
            for cells, cell in zip(found[-1][2], row, strict=True):
                cells += [cell] if cell is not None else []
    return tuple(
        Person(name=spot, heading=over, cells=tuple(tuple(cell) for cell in cells)) for spot, over, cells in found
    )
