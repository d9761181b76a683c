"""Numbers in tables: the own study's, those of cited studies set side by side, and lists of single patients.

Each cell is read by its form (`cell_numbers`), under what its row, column, headings and caption say (`meanings`,
`layouts`, `sheets`). A number whose group or outcome the table does not tell gives no row.
"""

from collections.abc import Sequence

from evidence.extract.contexts import Context
from evidence.extract.grids import grids
from evidence.extract.nlp import Reading
from evidence.extract.patients import write_patients
from evidence.extract.people import people
from evidence.extract.result_tables import is_result_table
from evidence.extract.rows import Rows
from evidence.extract.sheets import Sheet
from evidence.extract.table_contrasts import write_estimates, write_interactions, write_p_of_notes, write_p_values
from evidence.extract.table_factors import write_factor
from evidence.extract.table_groups import write_numbers
from evidence.model.codes import Design


def tabulate(reading: Reading, found: Sequence[Context], rows: Rows) -> None:
    """Rows from tables and lists of patients of the own study, the first of `found`, and from columns of cited ones."""
    for context in found[1:]:
        for shown in context.rows:
            for grid in shown.grids:
                _write(Sheet(reading, context, grid, rows))
    if not found or found[0].study.design in (Design.REVIEW, Design.PRECLINICAL):
        return
    listed = people(reading)
    write_patients(reading, found[0], listed, rows)
    for grid in grids(reading, without=[one.table for one in listed]):
        if is_result_table(grid):
            _write(Sheet(reading, found[0], grid, rows))


def _write(sheet: Sheet) -> None:
    """All rows of one table. `taken` holds the columns of a line that are already part of a row."""
    for line in sheet.grid.lines:
        row = sheet.row(line)
        if row.baseline:
            continue
        taken: set[int] = set()
        if sheet.layout.rows == "factors":
            write_factor(sheet, row, taken)
            continue
        write_estimates(sheet, row, taken)
        write_numbers(sheet, row, taken)
        write_p_values(sheet, row, taken)
        write_p_of_notes(sheet, row)
        write_interactions(sheet, row, taken)
