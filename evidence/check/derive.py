"""Numbers that the reported ones imply and the document does not print: a row each, named by its `derivation`.

A derived row stands beside the reported one, with the same source, and is used only where derived rows are asked for.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from evidence.check.doubt import half_unit
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
        half = half_unit(row.value)
        fewest = math.ceil((row.value - half) * row.total / Decimal(100))
        most = math.floor((row.value + half) * row.total / Decimal(100))
        if fewest == most and 0 <= fewest <= row.total:
            name = "events_from_percent"
            yield replace(row, result_id=f"{row.result_id}-{name}", events=fewest, derivation=name)
