"""Documents into records: which number belongs to which arm, outcome, time point and subgroup of which study.

`extract` reads a document in four steps: sentences and abbreviations (`nlp`), the studies it reports or cites
(`contexts`), the numbers of each study's sentences (`narrate`), the numbers of its tables (`tabulate`); how likely each
row is right is said last (`confidence`). The record of a registry holds its numbers as data, which become rows directly
(`registry`).
"""

from dataclasses import replace

from evidence.extract.cells import tabulate
from evidence.extract.confidence import calibrated
from evidence.extract.contexts import contexts
from evidence.extract.narrate import narrate
from evidence.extract.nlp import prepare
from evidence.extract.registry import registry_records
from evidence.extract.residual_disease import residual_disease
from evidence.extract.rows import Rows
from evidence.extract.side_numbers import side_numbers
from evidence.extract.side_tables import side_tables
from evidence.extract.study_ranges import study_ranges
from evidence.model.document import Document
from evidence.model.records import Records

__all__ = ["extract"]

STEPS = (narrate, tabulate)


def extract(document: Document) -> Records:
    """Studies, arms, numbers of arms and comparisons of one document.

    Every result's `source` gives offsets with `document.text[char_start:char_end] == quote`. Doubtful readings carry a
    low `confidence`; nothing is computed that the document does not print.
    """
    if document.format == "ctgov":
        return registry_records(document)
    return calibrated(uncalibrated(document), document)


def uncalibrated(document: Document) -> Records:
    """Rows whose `confidence` is the product of the guesses made for each: an order, no probability."""
    reading = prepare(document)
    rows = Rows(reading)
    found = contexts(reading)
    for step in STEPS:
        step(reading, found, rows)
    kept = [context for context in found if context.rows or context is found[0] or rows.tells(context)]
    records = rows.records(kept)
    beside = (
        *side_numbers(reading, kept, rows),
        *side_tables(reading, kept, rows),
        *residual_disease(reading, kept[0], rows),
        *study_ranges(reading, kept, rows, records),
    )
    return replace(records, quantities=beside)
