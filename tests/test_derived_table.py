"""The table in docs/methods.md that sets computed against published hazard ratios is made from the corpus.

`python tests/test_derived_table.py` writes it anew after a change that alters it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from evidence.check.derive_hazards import Sides, fraction, hazard_ratios, survival_of, usable
from evidence.check.derived_rows import Comparison, Key, comparisons, same_value
from evidence.extract import extract
from evidence.formulas import hazards
from evidence.formulas.hazards import LogHazardRatio
from evidence.model.codes import Adjustment, Measure, Report
from evidence.model.records import Contrast, Records
from evidence.read import read

ROOT = Path(__file__).parent.parent
METHODS = ROOT / "docs" / "methods.md"
_TABLE = re.compile(r"(?<=<!-- computed and published hazard ratios -->\n\n).*?(?=\n\n<!-- end -->)", re.DOTALL)
#: Columns of the methods, by the name of each.
_COLUMNS = {
    "hr_from_survival_p": "survival, P",
    "hr_from_survival_p_events": "P, events implied",
    "hr_from_survival_ci": "survival, intervals",
    "hr_from_survival_n": "survival, patients",
    "hr_from_medians_approximation": "medians",
}
_HEADS = ("study", "outcome", "published", "from", *_COLUMNS.values())


def table() -> str:
    """One row for each published hazard ratio of two arms whose survival or medians are printed too."""
    lines = [f"| {' | '.join(_HEADS)} |", "|" + " --- |" * len(_HEADS)]
    for path in sorted(path for kind in ("jats", "pdf", "text") for path in (ROOT / "corpus" / kind).iterdir()):
        records = extract(read(path))
        lines += [f"| {' | '.join(cells)} |" for cells in _rows(records)]
    return "\n".join(lines)


def _rows(records: Records) -> Iterator[tuple[str, ...]]:
    labels = {study.study_id: study.label for study in records.studies if study.report is Report.PRIMARY}
    for row in records.contrasts:
        if row.measure is not Measure.HR or not usable(row) or row.subgroup or row.study_id not in labels:
            continue
        unprinted, test = _without(records, row)
        compared = next((each for each in comparisons(unprinted) if each.arm.arm_id == row.arm_id), None)
        key = Key.of(row)
        if compared is None or compared.comparator.arm_id != row.comparator_arm_id:
            continue
        found = _by_every_method(compared, key, test)
        if any(found):
            cells = [_printed(each) for each in found]
            made = [each for each in hazard_ratios(unprinted) if Key.of(each) == key and each.arm_id == row.arm_id]
            for each in made:
                column = list(_COLUMNS).index(each.derivation)
                assert cells[column].startswith(f"{each.estimate:.2f}"), (each, cells)
                cells[column] = f"**{cells[column]}**"
            label = labels[row.study_id]
            yield (
                label if len(label) < 30 else f"{label[:28]}…",
                _outcome(row),
                _published(row),
                _given(compared, key, test),
                *cells,
            )


def _without(records: Records, row: Contrast) -> tuple[Records, Contrast | None]:
    """The records as if no hazard ratio of this outcome were printed, only the p-value of this one."""
    others = [each for each in records.contrasts if not (each.measure is Measure.HR and Key.of(each) == Key.of(row))]
    if row.p_operator == "=" and row.adjustment is not Adjustment.ADJUSTED:
        test = replace(row, measure=Measure.P, estimate=None, ci_low=None, ci_high=None)
        others = [each for each in others if not (each.measure is Measure.P and Key.of(each) == Key.of(row))]
        return replace(records, contrasts=(*others, test)), test
    tests = [each for each in others if each.measure is Measure.P and Key.of(each) == Key.of(row)]
    test = next((each for each in tests if each.arm_id == row.arm_id and each.p_operator == "="), None)
    return replace(records, contrasts=tuple(others)), test


def _by_every_method(compared: Comparison, key: Key, test: Contrast | None) -> list[LogHazardRatio | float | None]:
    survival, medians = survival_of(compared, key, test), _medians(compared, key)
    found: list[LogHazardRatio | float | None] = [None] * 4
    n, m = compared.arm.n, compared.comparator.n
    if survival is not None:
        a, b = (fraction(side) for side in survival)
        if test is not None and test.p_value is not None:
            p = float(test.p_value)
            found[0] = hazards.log_hr_from_survival_and_test(a, b, p)
            if n and m:
                found[1] = hazards.log_hr_from_survival(a, b, total_a=n, total_b=m, p_value=p)
        if all(side.ci_low is not None and side.ci_high is not None for side in survival):
            limits = [(float(side.ci_low) / 100, float(side.ci_high) / 100) for side in survival]
            found[2] = hazards.log_hr_from_survival(a, b, ci_a=limits[0], ci_b=limits[1])
        if n and m:
            found[3] = hazards.log_hr_from_survival(a, b, total_a=n, total_b=m)
    return [*found, medians[1] / medians[0] if medians else None]


def _medians(compared: Comparison, key: Key) -> tuple[float, float] | None:
    sides = [same_value(rows) for rows in compared.sides(key, Measure.MEDIAN_TIME)]
    values = [float(side.value) for side in sides if side is not None and side.value]
    return (values[0], values[1]) if len(values) == 2 else None


def _printed(found: LogHazardRatio | float | None) -> str:
    if isinstance(found, LogHazardRatio):
        return f"{found.hr:.2f} ({found.interval()[0]:.2f}–{found.interval()[1]:.2f})"
    return "" if found is None else f"{found:.2f}"


def _published(row: Contrast) -> str:
    limits = f"({row.ci_low}–{row.ci_high})" if row.ci_low is not None else f"(P = {row.p_value})"
    return f"{row.estimate} {limits}" + (", adjusted" if row.adjustment is Adjustment.ADJUSTED else "")


def _outcome(row: Contrast) -> str:
    return row.outcome.value + (f", {row.timepoint_months} months" if row.timepoint_months is not None else "")


def _given(compared: Comparison, key: Key, test: Contrast | None) -> str:
    survival: Sides | None = survival_of(compared, key, test)
    medians = _medians(compared, key)
    parts = []
    if survival:
        months = survival.arm.timepoint_months
        parts.append(f"{survival.arm.value} vs {survival.comparator.value}% at {months} months")
    if survival and test:
        parts.append(f"P = {test.p_value}")
    if medians:
        parts.append(f"medians {medians[0]:g} vs {medians[1]:g}")
    return ", ".join(parts)


def test_the_table_of_computed_and_published_hazard_ratios_is_what_the_corpus_gives():
    (shown,) = _TABLE.findall(METHODS.read_text(encoding="utf-8"))
    assert shown == table()


if __name__ == "__main__":
    METHODS.write_text(_TABLE.sub(lambda _: table(), METHODS.read_text(encoding="utf-8")), encoding="utf-8")
