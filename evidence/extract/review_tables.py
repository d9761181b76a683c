"""Tables that list studies, one a row: who, how many, which treatment, which results.

Those with a study in each column are read by `trial_columns`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from evidence.extract import lexicon
from evidence.extract.arm_names import treatment_phrases
from evidence.extract.arms import ArmGuess
from evidence.extract.cell_numbers import read_cell
from evidence.extract.citations import Citations, Names
from evidence.extract.grids import Column, Grid, Line, Spot, clean_text, clean_words
from evidence.extract.histories import count_in_cell, counted_history
from evidence.extract.nlp import Reading, clean_offsets
from evidence.extract.studies import ACRONYM, is_acronym
from evidence.model.codes import Role
from evidence.model.document import Cell, Table

STUDY_HEAD = re.compile(
    r"^\W*(?:reference|ref|study|studies|author|authors|trial|source|publication|first author)\b", re.IGNORECASE
)
_SIZE_HEAD = re.compile(
    r"^\W*(?:n|no\.?|n°|number)(?:\s?of)?\s?(?:pat\w*|pts|participants|subjects|cases)?\W*$"
    r"|^\W*(?:patients|sample size|participants)\b",
    re.IGNORECASE,
)
TREATMENT_HEAD = re.compile(r"treatment|intervention|regimen|\barms?\b|therapy|drug|inhibitor|dose", re.IGNORECASE)
DESCRIBES = re.compile(
    r"\bphase|design|population|status|disease(?!-free|\sfree|\sprogression)|\bage\b|median follow|\bline|country"
    r"|^\W*years?\b|year of|post\W?(?:hct|hsct)|endpoint",
    re.IGNORECASE,
)
_PHASE_HEAD = re.compile(r"(?:trial |study )?phase", re.IGNORECASE)
_LETTERED = re.compile(r"(?:^|\s)(?P<letter>[A-D]):\s")
_RESULT = re.compile(r"%|\d\s?(?:months|weeks)")
_SIZE = re.compile(r"\D{0,10}?(\d[\d,]*)")
#: Everybody in a study whose treatment a table does not tell.
EVERYBODY = "All patients"
#: What parts the arms of a study in the words of its treatment.
SIDES = re.compile(r"\s(?:vs\.?|versus|or)\s")
_VERSUS = re.compile(r"\bvs\b|versus")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCell:
    """One result of a study row; offsets in clean text. `arm` is an index into the row's arms if the cell says so."""

    start: int
    end: int
    head_start: int
    head_end: int
    row_head: str
    column_head: str
    arm: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryCell:
    """How many patients of a study had an earlier treatment; offsets of the cell in clean text."""

    treatment: str
    n: int
    start: int
    end: int
    column_head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRow:
    """One study of a table that lists studies: a row, or columns. `grids` are what is read like tables of its own."""

    start: int
    end: int
    table: str
    names: Names
    n: int | None
    arms: tuple[ArmGuess, ...]
    results: tuple[ResultCell, ...]
    histories: tuple[HistoryCell, ...] = ()
    told: str = ""  # what stands elsewhere in the table about the study
    grids: tuple[Grid, ...] = ()


def study_rows(reading: Reading, citations: Citations) -> list[StudyRow]:
    """Rows of all tables whose rows name studies; other tables give none."""
    found: list[StudyRow] = []
    for table in reading.document.tables:
        grid = table.grid()
        heads = [row for row in grid if any(cell and cell.head for cell in row)]
        body = [row for row in grid if not any(cell and cell.head for cell in row)]
        if not heads or len(body) < 2:
            continue
        head = heads[-1]
        titles = [cell.text if cell else "" for cell in head]
        if not any(STUDY_HEAD.search(title) for title in titles):
            continue
        firsts = list(_first_cells(body))
        named_first = STUDY_HEAD.search(titles[0]) is not None
        places = Counter(first.char_start for first in firsts if first is not None and named_first)
        rows = []
        for cells, first in zip(body, firsts, strict=True):
            several = first is not None and places[first.char_start] > 1
            row = _row(reading, citations, table, head, cells, first, several=several)
            if row is not None:
                rows.append(row)
        if len(rows) >= 2:
            found += rows
    return found


def _first_cells(body: Sequence[Sequence[Cell | None]]) -> Iterator[Cell | None]:
    """Of each row the first cell, where that is empty the last filled one above it."""
    carried: Cell | None = None
    for cells in body:
        carried = cells[0] if cells[0] is not None and cells[0].text.strip() else carried
        yield carried


def _row(
    reading: Reading,
    citations: Citations,
    table: Table,
    head: Sequence[Cell | None],
    cells: Sequence[Cell | None],
    carried: Cell | None,
    *,
    several: bool,
) -> StudyRow | None:
    """One body row; None where it names no study. `carried` is its first cell, or that of the row it goes on from.

    `several` rows of one study are its arms, by whatever name their cells of treatment give them.
    """
    to_clean = clean_offsets(reading.document)
    filled = [cell for cell in cells if cell is not None and cell.text.strip()]
    if not filled:
        return None
    start, end = to_clean(filled[0].char_start), to_clean(filled[-1].char_end)
    names = citations.names(start, end)
    if not names and carried is not None:
        names = _listed_names(reading, citations, to_clean(carried.char_start), to_clean(carried.char_end))
    if not names:
        return None
    n: int | None = None
    treatments: list[str] = []
    divided: dict[str, str] = {}
    results: list[tuple[Cell, Cell]] = []
    histories: list[HistoryCell] = []
    told: list[str] = []
    for cell, title in zip(cells, head, strict=True):
        if cell is None or title is None or not cell.text.strip():
            continue
        text = reading.text[to_clean(cell.char_start) : to_clean(cell.char_end)]
        told += [f"phase {text}"] if _PHASE_HEAD.fullmatch(title.text.strip()) else []
        divided |= _divisions(text) if not _RESULT.search(text) else {}
        if found := _history(title, text, to_clean(cell.char_start), to_clean(cell.char_end)):
            histories.append(found)
        elif _SIZE_HEAD.search(title.text):
            size = _SIZE.match(text)
            n = int(size[1].replace(",", "")) if size and n is None else n
        elif TREATMENT_HEAD.search(title.text):
            treatments.append(text)
        elif not (STUDY_HEAD.search(title.text) or DESCRIBES.search(title.text)):
            results.append((cell, title))
    own = [text.strip() for text in treatments if re.search(r"[A-Za-z]{2}", text)]
    if carried is not None and carried not in cells:
        treatments.insert(0, carried.text)
    arms = _arm_of_row(own, n) if several and len(own) == 1 and not divided else ()
    arms = arms or _arms(treatments, divided, n, compared=any(_VERSUS.search(cell.text) for cell, _ in results))
    row_head = carried.text if carried else ""
    whose = len(arms) == 1 or (not arms and not several)  # one of several rows may be of some of the patients
    bare = [
        (cell, title)
        for cell, title in results
        if whose and is_bare(clean_text(reading, cell.char_start, cell.char_end))
    ]
    spoken = [result for result in results if result not in bare]
    pieces = tuple(piece for cell, title in spoken for piece in _pieces(reading, cell, title, row_head, arms))
    group = f"{arms[0].label if arms else EVERYBODY}{f' (n = {n})' if n else ''}"
    return StudyRow(
        start=start,
        end=end,
        table=table.label,
        names=names,
        n=n,
        arms=arms,
        results=pieces,
        histories=tuple(histories),
        told="; ".join((*told, reading.text[start:end])) if told else "",
        grids=tuple(_grid_of(reading, table, cell, title, row_head, group) for cell, title in bare),
    )


def is_bare(text: str) -> bool:
    """Whether a cell holds a number of which only the head tells the unit ("13 (24)", "7.8")."""
    return not _RESULT.search(text) and read_cell(text) is not None


def _grid_of(reading: Reading, table: Table, cell: Cell, title: Cell, row_head: str, group: str) -> Grid:
    """One cell of a study's row as a table: its head tells the outcome, `group` whose number it is."""
    spots = tuple(Spot(cell=one, text=clean_text(reading, one.char_start, one.char_end)) for one in (title, cell))
    line = Line(spots=spots, labels=(spots[0].text.strip(),), headings=(), head=row_head, sizes={}, limits={})
    return Grid(
        label=table.label,
        caption=clean_words(table.caption),
        notes=" \n".join(clean_words(note) for note in table.footnotes),
        columns=(Column(index=1, parts=(group,), head=" ".join(title.text.split())),),
        label_heads=("",),
        lines=(line,),
    )


def _arm_of_row(treatments: Sequence[str], n: int | None) -> tuple[ArmGuess, ...]:
    """The arm that one of several rows of a study is about; none where it names two."""
    return () if SIDES.search(treatments[0]) else (arm_of_words(treatments[0], Role.SINGLE, n),)


def _listed_names(reading: Reading, citations: Citations, start: int, end: int) -> Names:
    """The names of a study in a cell that a table gives to one: an acronym needs no other mention there."""
    names = citations.names(start, end)
    text = " ".join(reading.text[start:end].split())
    begins = re.match(ACRONYM, text)
    if not names.acronyms and begins is not None and is_acronym(begins.group()) and not lexicon.outcomes().find(text):
        names = replace(names, acronyms=(begins.group(),))
    return names


def _history(title: Cell, text: str, start: int, end: int) -> HistoryCell | None:
    """What a cell says of earlier treatment, where its head asks for a number of patients with one."""
    treatment, n = counted_history(title.text), count_in_cell(text)
    if treatment is None or n is None:
        return None
    return HistoryCell(treatment=treatment, n=n, start=start, end=end, column_head=title.text)


def _divisions(text: str) -> dict[str, str]:
    """Groups that a cell defines by letter ("A: >=18 years B: >=60 years")."""
    marks = list(_LETTERED.finditer(text))
    return {
        mark["letter"]: text[mark.end() : following.start() if following else len(text)].strip()
        for mark, following in zip(marks, [*marks[1:], None], strict=False)
    }


def _arms(treatments: Sequence[str], divided: dict[str, str], n: int | None, *, compared: bool) -> tuple[ArmGuess, ...]:
    """Arms of a study row: lettered groups, else "A vs B" of its treatment cells, else the one treatment."""
    named = [text for text in treatments if lexicon.treatments().find(text)]
    drugs = tuple(
        dict.fromkeys(
            name for text in named for phrase in treatment_phrases(text, 0, len(text)) for name in phrase.names
        )
    )
    if len(divided) > 1:
        return tuple(
            ArmGuess(
                label=f"{letter}: {text}", role=Role.OTHER, treatment=drugs[:1], n=None, variants=(f"group {letter}",)
            )
            for letter, text in divided.items()
        )
    for text in reversed(named):
        sides = SIDES.split(text)
        if len(sides) == 2 and all(lexicon.treatments().find(side) for side in sides):
            return tuple(
                arm_of_words(side.strip(), role, None)
                for side, role in zip(sides, (Role.EXPERIMENTAL, Role.CONTROL), strict=True)
            )
    if not named:
        return ()
    if compared:
        experimental = arm_of_words(named[0].strip(), Role.EXPERIMENTAL, None)
        return (experimental, ArmGuess(label="control", role=Role.CONTROL, treatment=(), n=None, variants=("control",)))
    return (arm_of_words(named[-1].strip(), Role.SINGLE, n),)


def arm_of_words(label: str, role: Role, n: int | None) -> ArmGuess:
    """An arm that a table names, with the treatments in its name."""
    names = tuple(dict.fromkeys(name for phrase in treatment_phrases(label, 0, len(label)) for name in phrase.names))
    return ArmGuess(label=label, role=role, treatment=names, n=n, variants=(label, *names))


def _pieces(reading: Reading, cell: Cell, title: Cell, row_head: str, arms: Sequence[ArmGuess]) -> list[ResultCell]:
    """A result cell, cut at its lettered groups."""
    to_clean = clean_offsets(reading.document)
    start, end = to_clean(cell.char_start), to_clean(cell.char_end)
    text = reading.text[start:end]
    head = (to_clean(title.char_start), to_clean(title.char_end))
    marks = list(_LETTERED.finditer(text))
    by_letter = {arm.label[0]: index for index, arm in enumerate(arms) if re.match(r"[A-D]: ", arm.label)}
    cuts = [
        (start + mark.end(), start + (following.start() if following else len(text)), by_letter.get(mark["letter"]))
        for mark, following in zip(marks, [*marks[1:], None], strict=False)
    ] or [(start, end, None)]
    return [
        ResultCell(
            start=first,
            end=last,
            head_start=head[0],
            head_end=head[1],
            row_head=row_head,
            column_head=title.text,
            arm=arm,
        )
        for first, last, arm in cuts
    ]
