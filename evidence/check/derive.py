"""Numbers that the reported ones imply and the document does not print: a row each, named by its `derivation`.

A derived row stands beside the reported one, with the same source, and is used only where derived rows are asked for.
"""

from collections.abc import Iterator
from dataclasses import replace

from evidence.formulas import counts
from evidence.model.codes import REPORTED, Measure
from evidence.model.records import ArmResult, Records


def events_from_percent(records: Records) -> Iterator[ArmResult]:
    """The number of patients with the event, from a proportion and its total.

    Only where exactly one whole number of patients rounds to the printed percentage: 65.8% of 38 is 25, but 66% of
    380 could be 249 to 252 and gives no row.
    """
    for row in records.arm_results:
        if row.measure is not Measure.PROPORTION or row.derivation != REPORTED:
            continue
        if row.value is None or row.events is not None or not row.total or not 0 <= row.value <= 100:
            continue
        possible = counts.events_from_percent(row.value, row.total)
        if len(possible) == 1:
            name = "events_from_percent"
            yield replace(row, result_id=f"{row.result_id}-{name}", events=possible[0], derivation=name)
