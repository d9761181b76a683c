"""Tables that set studies side by side: a trial in each column, or in several columns with an arm in each.

A head that names a study owns its column, and the columns to the right of it that have no name of their own but an arm.
What is left of the head, and the rows that tell phase, size or treatment in words, describe the trial and its arms; the
rows of numbers become a table of that trial alone, which is read like any other.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evidence.extract import lexicon
from evidence.extract.arm_names import treatment_phrases
from evidence.extract.arms import ArmGuess
from evidence.extract.citations import Citations, Names, numbered_trial
from evidence.extract.grids import Column, Grid, Line, clean_text, grids_of
from evidence.extract.group_names import plain_group
from evidence.extract.meanings import hear
from evidence.extract.nlp import Reading, clean_offsets
from evidence.extract.review_tables import (
    DESCRIBES,
    EVERYBODY,
    SIDES,
    STUDY_HEAD,
    TREATMENT_HEAD,
    ResultCell,
    StudyRow,
    arm_of_words,
    is_bare,
)
from evidence.extract.studies import ACRONYM, is_acronym
from evidence.model.codes import Role
from evidence.model.document import Cell, Table

#: Studies are named in one of the first rows, if at all.
_HEAD_ROWS = 2
_STUDIES = re.compile(r"\b(?:trials|studies)\b", re.IGNORECASE)
_COUNTED = re.compile(r"(?:no\.?|number|n|patients?|participants|subjects|sample size)\b", re.IGNORECASE)
_PERCENT = re.compile(r"%|\bpercent\b|\bper cent\b|\brate\b", re.IGNORECASE)


_CONTROL_ROW = re.compile(r"\b(?:controls?|comparators?|standard)\b", re.IGNORECASE)
#: "(experimental vs control)" behind the name of an outcome.
_ORDER = re.compile(
    r"\s?\((?P<first>experimental|intervention|investigational|treatment|controls?|comparator)[\w ]*(?:vs\.?|versus|/)"
    r"[^()]*\)",
    re.IGNORECASE,
)


@dataclass(slots=True, kw_only=True)
class _Trial:
    """One study of the heads, with its columns and the words of the rows about it."""

    names: Names
    head: Cell
    columns: list[int] = field(default_factory=list)
    treatments: dict[int, str] = field(default_factory=dict)  # by column, from a row of treatments


def trial_columns(reading: Reading, citations: Citations, *, review: bool) -> list[StudyRow]:
    """The studies of all tables with studies in their columns; a paper with patients of its own must cite them."""
    found: list[StudyRow] = []
    for table in reading.document.tables:
        cells = table.grid()
        trials = _trials(reading, citations, table, cells, review=review)
        if not trials:
            continue
        for grid in grids_of(reading, table):
            found += (_read(reading, table, cells, trial, grid) for trial in trials)
    return found


# ---------------------------------------------------------------------------------------------------------------- heads


def _trials(
    reading: Reading, citations: Citations, table: Table, cells: Sequence[Sequence[Cell | None]], *, review: bool
) -> list[_Trial]:
    """The studies that the heads name, with their columns; none where fewer than two are, or the rows name studies."""
    to_clean = clean_offsets(reading.document)
    firsts = {row[0].char_start: row[0] for row in cells[1:] if row and row[0] is not None}
    if sum(bool(citations.names(to_clean(cell.char_start), to_clean(cell.char_end))) for cell in firsts.values()) > 1:
        return []
    for row in cells[:_HEAD_ROWS]:
        first = row[0].text if row and row[0] is not None else ""
        listed = bool(_STUDIES.search(table.caption) or STUDY_HEAD.search(first))
        named: dict[tuple[int, int], Names] = {}
        for cell in row[1:]:
            if cell is not None and (names := _names(reading, citations, table, cell, listed=listed, review=review)):
                named[cell.char_start, cell.char_end] = names
        if len(named) > 1:
            trials = _owners(row, named)
            return trials if len(trials) > 1 else []
    return []


def _names(
    reading: Reading, citations: Citations, table: Table, cell: Cell, *, listed: bool, review: bool
) -> Names | None:
    """The study that a head names; a citation mark alone names one only in a table that says it lists studies."""
    to_clean = clean_offsets(reading.document)
    names = citations.names(to_clean(cell.char_start), to_clean(cell.char_end))
    if not review and not (names.references or any(year for _, year in names.authors)):
        return None
    if not names.acronyms:
        text = " ".join(clean_text(reading, cell.char_start, cell.char_end).split())
        acronym = numbered_trial(text, table.caption)
        begins = re.match(ACRONYM, text) if listed and acronym is None else None
        if begins is not None and is_acronym(begins.group()) and not lexicon.outcomes().find(text):
            acronym = begins.group()
        names = replace(names, acronyms=(acronym,)) if acronym else names
    told = names.acronyms or names.registry_ids or names.authors
    return names if told or (names.references and listed) else None


def _owners(row: Sequence[Cell | None], named: Mapping[tuple[int, int], Names]) -> list[_Trial]:
    """The studies with their columns: those under the name, and those right of it without a head in its row."""
    trials: dict[Names, _Trial] = {}
    current: _Trial | None = None
    for index, cell in enumerate(row):
        if cell is not None and cell.text.strip():
            names = named.get((cell.char_start, cell.char_end))
            if names is not None:
                current = trials.setdefault(names, _Trial(names=names, head=cell))
            elif not hear(cell.text).p:
                current = None
        if current is not None and index:
            current.columns.append(index)
    return list(trials.values())


# -------------------------------------------------------------------------------------------------------------- columns


def _read(
    reading: Reading, table: Table, cells: Sequence[Sequence[Cell | None]], trial: _Trial, grid: Grid
) -> StudyRow:
    """One study of a table: its arms, and its columns as a table of its own."""
    to_clean = clean_offsets(reading.document)
    head = clean_text(reading, trial.head.char_start, trial.head.char_end).strip()
    columns = [
        replace(column, parts=_below(column.parts, head)) for column in grid.columns if column.index in trial.columns
    ]
    groups = [column for column in columns if not any(hear(part).p for part in column.parts)]
    told = [re.sub(r"\bRCT\b", "randomized", head)]
    for row in cells:
        label = row[0].text.strip() if row and row[0] is not None else ""
        for index in trial.columns:
            cell = row[index]
            if cell is None or cell is row[0] or not re.search(r"[A-Za-z]", cell.text):
                continue
            if re.search(r"\bphase\b", label, re.IGNORECASE):
                told.append(f"phase {cell.text.strip()}")
            elif re.search(r"\bdesign\b", label, re.IGNORECASE):
                told.append(re.sub(r"\bRCT\b", "randomized", cell.text.strip()))
            elif TREATMENT_HEAD.search(label):
                given = clean_text(reading, cell.char_start, cell.char_end).strip()
                other = trial.treatments.get(index)
                # a row of the arm tested, then one of its control
                trial.treatments[index] = f"{other} versus {given}" if other and _CONTROL_ROW.search(label) else given
    sizes = {column.index: _size(column, grid) for column in grid.columns if column.index in trial.columns}
    labels = [trial.treatments.get(column.index) or plain_group(" ".join(column.parts)) for column in groups]
    if len(groups) > 1 and any(map(_is_outcome, labels)):
        labels = [""] * len(groups)
    arms = _arms(trial, groups, labels, [sizes[column.index] for column in groups], f"{head} {table.caption}")
    lines = tuple(line for line in grid.lines if not _describes(line.labels[0] if line.labels else ""))
    if len(groups) == 1:
        labels = [arms[0].label if len(arms) == 1 else EVERYBODY]
    told_of = {
        column.index: f"{label} (n = {size})" if (size := sizes[column.index]) else label
        for column, label in zip(groups, labels, strict=True)
        if label
    }
    columns = [
        replace(column, parts=(told_of[column.index],)) if column.index in told_of else column for column in columns
    ]
    divided = len(groups) == 1 and len(arms) > 1
    halves = _halved(lines, groups[0], _sides(trial)) if divided else ()
    apart = [line for line in lines if line.head not in {half.head for half in halves}] if divided else []
    return StudyRow(
        start=to_clean(trial.head.char_start),
        end=to_clean(trial.head.char_end),
        table=table.label,
        names=trial.names,
        n=sizes[groups[0].index] if len(groups) == 1 else None,
        arms=arms,
        results=tuple(_compared(apart, groups[0], to_clean)) if divided else (),
        told=" ".join(told),
        grids=(
            (replace(grid, columns=_two_columns(groups[0], _sides(trial)), lines=halves),)
            if divided
            else (replace(grid, columns=tuple(columns), lines=lines),)
        ),
    )


def _below(parts: Sequence[str], head: str) -> tuple[str, ...]:
    """The parts of a head under the name of the study."""
    at = next((index for index, part in enumerate(parts) if part == head), -1)
    return tuple(parts[at + 1 :])


def _describes(label: str) -> bool:
    """Whether the label of a row announces what the study was like instead of a result."""
    counts = _COUNTED.match(label) is not None and not _PERCENT.search(label)
    return (
        bool(DESCRIBES.search(label) or STUDY_HEAD.search(label))
        or (TREATMENT_HEAD.search(label) is not None and not _PERCENT.search(label))
        or (counts and not lexicon.outcomes().find(label))
    )


def _is_outcome(label: str) -> bool:
    """Whether the column of a trial is one of its outcomes and no arm."""
    return bool(lexicon.outcomes().find(label)) and not lexicon.treatments().find(label)


def _size(column: Column, grid: Grid) -> int | None:
    """The number of people in a column, from its head or the rows."""
    said = next((size for part in column.parts if (size := hear(part).size) is not None), None)
    return said or next((line.sizes[column.index] for line in grid.lines if column.index in line.sizes), None)


# ----------------------------------------------------------------------------------------------------------------- arms


def _arms(
    trial: _Trial, groups: Sequence[Column], labels: Sequence[str], sizes: Sequence[int | None], about: str
) -> tuple[ArmGuess, ...]:
    """The arms of a trial: one a column, else those its treatment names, else the one treatment of head and caption."""
    if len(groups) != 1:
        return with_roles(labels, sizes) if all(labels) and len(set(labels)) == len(labels) else ()
    below = (part for part in groups[0].parts if lexicon.treatments().find(part))
    given = next(iter(trial.treatments.values()), "") or next(below, "")
    sides = [side.strip() for side in SIDES.split(given)]
    if len(sides) > 1 and all(sides):
        return with_roles(sides, [None] * len(sides))
    if given:
        return (arm_of_words(plain_group(given), Role.SINGLE, sizes[0]),)
    named = [about[phrase.start : phrase.end] for phrase in treatment_phrases(about, 0, len(about)) if phrase.names]
    if len({name.lower() for name in named}) == 1:
        return (arm_of_words(named[0], Role.SINGLE, sizes[0]),)
    return ()


def with_roles(labels: Sequence[str], sizes: Sequence[int | None]) -> tuple[ArmGuess, ...]:
    """Arms named by their columns; the control is the one whose words say so, or whose treatment others add to."""
    guesses = [arm_of_words(label, Role.OTHER, size) for label, size in zip(labels, sizes, strict=True)]
    shared = Counter(name for guess in guesses for name in guess.treatment)
    guesses = [
        replace(guess, variants=(guess.label, *(name for name in guess.treatment if shared[name] == 1)))
        for guess in guesses
    ]
    control = [bool(lexicon.control_words().search(label)) for label in labels]
    if sum(control) != 1:
        given = [set(guess.treatment) for guess in guesses]
        control = [bool(one) and any(one < other for other in given) for one in given]
    if sum(control) != 1:
        return tuple(guesses)
    return tuple(
        replace(guess, role=Role.CONTROL if is_control else Role.EXPERIMENTAL)
        for guess, is_control in sorted(zip(guesses, control, strict=True), key=lambda pair: pair[1])
    )


def _sides(trial: _Trial) -> list[str]:
    """The treatments that a trial compares, in the order in which its row of treatments names them."""
    return [side.strip() for side in SIDES.split(next(iter(trial.treatments.values()), ""))]


def _two_columns(column: Column, sides: Sequence[str]) -> tuple[Column, ...]:
    """The columns of a trial whose cells hold a number of each arm."""
    return tuple(replace(column, index=index, parts=(side,)) for index, side in enumerate(sides, 1))


def _halved(lines: Sequence[Line], column: Column, sides: Sequence[str]) -> tuple[Line, ...]:
    """Lines whose cell holds a bare number of each arm ("14.7 vs 9.6"), or one estimate of both, under two columns."""
    found = []
    for line in lines:
        spot, label = line.spots[column.index], line.labels[-1] if line.labels else ""
        order = _ORDER.search(label)
        if spot is None or len(sides) != 2:
            continue
        texts = [half.strip() for half in SIDES.split(spot.text.strip())]
        if order is not None and _CONTROL_ROW.search(order["first"]):
            texts = texts[::-1]
        if len(texts) == 1 and hear(label).measure is not None:
            texts *= 2
        if len(texts) == 2 and all(map(is_bare, texts)):
            spots = tuple(replace(spot, text=text) for text in texts)
            label = _ORDER.sub("", label).strip()
            found.append(replace(line, spots=(line.spots[0], *spots), labels=(label,), limits={}, sizes={}))
    return tuple(found)


def _compared(lines: Sequence[Line], column: Column, to_clean: Callable[[int], int]) -> Iterator[ResultCell]:
    """Cells with a number of each arm ("45% vs 30%"), which are read like those of a study's row."""
    for line in lines:
        spot, title = line.spots[column.index], line.spots[0]
        if spot is not None and title is not None:
            yield ResultCell(
                start=to_clean(spot.cell.char_start),
                end=to_clean(spot.cell.char_end),
                head_start=to_clean(title.cell.char_start),
                head_end=to_clean(title.cell.char_end),
                row_head=title.cell.text,
                column_head=column.head,
            )
