"""How many people each arm has by the heads of the tables, and how many there are in all.

The table of characteristics stands first and counts those who were randomized or taken in; later tables may count those
who were analysed. A table that gives one arm several sizes divides it, or counts it at several times, and tells none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evidence.extract.arms import ArmGuess
from evidence.extract.grids import Column, Grid, grids
from evidence.extract.group_names import WHOLE, Groups
from evidence.extract.meanings import hear
from evidence.extract.nlp import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSizes:
    """Sizes in the order of the tables: by the index of the arm, and of everybody."""

    arms: dict[int, tuple[int, ...]]
    divided: frozenset[int]  # arms that some table gives several sizes
    whole: tuple[int, ...]


def table_sizes(reading: Reading, arms: Sequence[ArmGuess]) -> TableSizes:
    """Sizes of the arms and of the whole population from column heads and from first rows that only count people."""
    found: dict[int, list[int]] = {}
    divided: set[int] = set()
    whole: list[int] = []
    for grid in grids(reading):
        for arm, sizes in sizes_of(reading, grid, arms).items():
            if len(sizes) == 1:
                (whole if arm is None else found.setdefault(arm, [])).append(next(iter(sizes)))
            elif arm is not None:
                divided.add(arm)
    return TableSizes(
        arms={arm: tuple(sizes) for arm, sizes in found.items()}, divided=frozenset(divided), whole=tuple(whole)
    )


def sizes_of(reading: Reading, grid: Grid, arms: Sequence[ArmGuess]) -> dict[int | None, dict[int, Column]]:
    """The sizes that one table gives each arm, by its index, and everybody, None; each with a column that gives it."""
    here: dict[int | None, dict[int, Column]] = {}
    sized = list(sized_columns(grid))
    if not sized:
        return here
    groups = Groups(reading, tuple(arms), grid.notes)
    for column, size in sized:
        who = next((who for part in reversed(column.parts) if (who := groups.who(part, loose=False)) is not None), None)
        if who is not None and (who == WHOLE or who.arm is not None):
            here.setdefault(who.arm, {}).setdefault(size, column)
    return here


def sized_columns(grid: Grid) -> Iterator[tuple[Column, int]]:
    """The head of each column with the number of people in it."""
    first = grid.lines[0].sizes
    for column in grid.columns:
        size = next((said for part in reversed(column.parts) if (said := hear(part).size) is not None), None)
        size = size if size is not None else first.get(column.index)
        if size is not None:
            yield column, size
