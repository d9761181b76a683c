"""Parts and wholes, limits and shares among the numbers that are no results."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, Decimal

from evidence.check.doubt import Doubt, place, printed
from evidence.formulas.counts import half_unit
from evidence.model.codes import Measure, Severity
from evidence.model.records import OVER_STUDIES, Quantity, Records

#: Rows of a table that have to add up before one that does not is doubted, and their share of all rows.
_FEWEST, _SHARE = 3, 0.6


def sum_mismatch(records: Records) -> Iterator[Doubt]:
    """The numbers of the groups do not add up to the number of all, or one of them is above it.

    In a table it is asked only where most rows do add up, so that the groups are known to divide the patients.
    """
    tables: dict[tuple[str, str], dict[tuple[str | None, str], list[Quantity]]]
    tables = defaultdict(lambda: defaultdict(list))
    sentences: dict[tuple[object, ...], list[Quantity]] = defaultdict(list)
    for quantity in records.quantities:
        if quantity.value is None or quantity.percent is not None or quantity.low is not None:
            continue
        if quantity.source.table and quantity.source.column:
            lines = tables[quantity.document_id, quantity.source.table]
            lines[quantity.source.row, quantity.what].append(quantity)
        elif not quantity.source.table:
            sentences[(quantity.document_id, quantity.source.char_start, quantity.what)].append(quantity)
    yield from _above_all(records)
    for parts in sentences.values():
        if (sums := _sums(parts)) and sums[0] != sums[1]:
            yield _sum_doubt(parts, *sums, "text")
    for (_, table), lines in tables.items():
        widest = max(len(parts) for parts in lines.values())
        told = [(parts, sums) for parts in lines.values() if len(parts) == widest and (sums := _sums(parts))]
        adding = sum(whole == total for _, (whole, total) in told)
        if adding < _FEWEST or adding < _SHARE * len(told):
            continue
        for parts, (whole, total) in told:
            if whole != total:
                yield _sum_doubt(parts, whole, total, table)


def _above_all(records: Records) -> Iterator[Doubt]:
    """More people than those they are said to be among, unless a row says so already."""
    read = {(row.document_id, row.events, row.total) for row in records.arm_results}
    told = {
        (one.document_id, int(one.value), one.total): one
        for one in reversed(records.quantities)
        if one.value is not None and one.total is not None and one.value > one.total and one.percent is None
    }
    for (document, part, everybody), one in told.items():
        if (document, part, everybody) not in read:
            yield Doubt(
                document_id=document,
                study_id=one.study_id,
                result_ids=(),
                severity=Severity.ERROR,
                message=f"{part} are said to be among {everybody} {one.what} ({place(one.source)}).",
            )


def _sums(parts: Sequence[Quantity]) -> tuple[Decimal, Decimal] | None:
    """The number of all and the sum of the groups."""
    wholes = [part.value for part in parts if part.arm is None and part.value is not None]
    groups = [part.value for part in parts if part.arm is not None and part.value is not None]
    return (wholes[0], sum(groups, Decimal(0))) if len(wholes) == 1 and len(groups) > 1 else None


def _sum_doubt(parts: Sequence[Quantity], whole: Decimal, total: Decimal, where: str) -> Doubt:
    shown = " + ".join(printed(part.value) for part in parts if part.arm is not None and part.value is not None)
    return Doubt(
        document_id=parts[0].document_id,
        study_id=parts[0].study_id,
        result_ids=(),
        severity=Severity.WARNING,
        message=f"{parts[0].what}: the groups add up to {shown} = {printed(total)}, but the number of all is "
        f"{printed(whole)} ({where}).",
    )


# -------------------------------------------------------------------------------------------------------------- limits

#: Years between the quartiles of age, beyond which the limits must be something else: half of all patients would be
#: spread over more than this.
_AGES = 40


def range_mismatch(records: Records) -> Iterator[Doubt]:
    """A median outside its range or quartiles, limits that can only be others, a study outside the range of all."""
    yield from _outside_their_range(records)
    ages: set[str] = set()
    for quantity in records.quantities:
        value, low, high = quantity.value, quantity.low, quantity.high
        if value is None or low is None or high is None or quantity.spread == "ci":
            continue
        kind = "interquartile range" if quantity.spread == "iqr" else "range"
        limits = f"{kind} {printed(low)} to {printed(high)}"
        if low > high:
            message = f"the {limits} has its limits in the wrong order"
        elif not low - half_unit(low) <= value + half_unit(value) or not value - half_unit(value) <= high + half_unit(
            high
        ):
            message = f"{printed(value)} lies outside its {limits}"
        elif quantity.document_id not in ages and _too_wide(quantity, high - low):
            ages.add(quantity.document_id)
            message = f"the {limits} spans {printed(high - low)} years, so it is more likely the whole range"
        else:
            continue
        impossible = value < low or value > high
        yield Doubt(
            document_id=quantity.document_id,
            study_id=quantity.study_id,
            result_ids=(),
            severity=Severity.ERROR if impossible or low > high else Severity.WARNING,
            message=f"{quantity.what}: {message} ({place(quantity.source)}).",
        )


def _too_wide(quantity: Quantity, width: Decimal) -> bool:
    return quantity.spread == "iqr" and width > _AGES and bool(re.search(r"\bage\b", quantity.what, re.IGNORECASE))


def _outside_their_range(records: Records) -> Iterator[Doubt]:
    """Numbers of studies in a table outside the range that the text gives over these studies.

    Asked only where one of the limits is that of a study, so that the range was made from these numbers.
    """
    rows = {row.result_id: row for row in records.arm_results}
    labels = {(study.document_id, study.study_id): study.label for study in records.studies}
    for quantity in records.quantities:
        low, high = quantity.low, quantity.high
        if quantity.spread != OVER_STUDIES or low is None or high is None:
            continue
        told = [(row, row.value) for name in quantity.result_ids if (row := rows.get(name)) and row.value is not None]
        met = any(_fits(value, limit) for _, value in told for limit in (low, high))
        outside = [
            (row, value) for row, value in told if not (low <= value <= high or _fits(value, low) or _fits(value, high))
        ]
        if not met or not outside:
            continue
        row = outside[0][0]
        shown = ", ".join(
            f"{printed(value)} ({labels[one.document_id, one.study_id]}{f', {one.arm}' if one.arm else ''})"
            for one, value in outside
        )
        unit = " months" if row.measure is Measure.MEDIAN_TIME else "%"
        yield Doubt(
            document_id=quantity.document_id,
            study_id=quantity.study_id,
            result_ids=tuple(one.result_id for one, _ in outside),
            severity=Severity.WARNING,
            message=f"{quantity.what}: over {len({one.study_id for one, _ in told})} studies the range is given as "
            f"{printed(low)} to {printed(high)}{unit} ({place(quantity.source)}), but {place(row.source)} has {shown}.",
        )


def _fits(value: Decimal, limit: Decimal) -> bool:
    """Whether a limit can be a number, rounded or cut off."""
    return limit - half_unit(limit) <= value < limit + 2 * half_unit(limit)


def p_value_impossible(records: Records) -> Iterator[Doubt]:
    """A p-value is printed above 1; its decimal point may be lost."""
    for quantity in records.quantities:
        if quantity.p_value is not None and quantity.p_value > 1:
            yield Doubt(
                document_id=quantity.document_id,
                study_id=quantity.study_id,
                result_ids=(),
                severity=Severity.ERROR,
                message=f"the p-value {printed(quantity.p_value)} is above 1; its decimal point may be lost "
                f"({place(quantity.source)}).",
            )


# -------------------------------------------------------------------------------------------------------------- shares


def share_mismatch(records: Records) -> Iterator[Doubt]:
    """A count and its percentage do not belong together, among the numbers that are no results.

    Where the total is not printed, a percentage is doubted only if it takes somewhat more patients than the group or
    the study has; in a table, only where the other percentages fit the heads.
    """
    sizes = {(study.document_id, study.study_id): study.n_total for study in records.studies}
    read = {
        (row.document_id, Decimal(row.events), row.value) for row in records.arm_results if row.events and row.total
    }
    fitting = _fitting_tables(records.quantities)
    for quantity in records.quantities:
        count, percent = quantity.value, quantity.percent
        if count is None or not percent or (quantity.document_id, count, percent) in read:
            continue
        if quantity.group and (quantity.document_id, quantity.source.table) not in fitting:
            continue
        total = quantity.total or quantity.group or sizes.get((quantity.document_id, quantity.study_id or ""))
        if not total or count > total or not (quantity.total or _too_many(quantity, count, percent, total)):
            continue
        off = abs(100 * count / total - percent)
        if off <= half_unit(percent):
            continue
        cut_off, sure = off < 2 * half_unit(percent), quantity.total is not None
        of = f"{total}" if sure else f"the {total} patients of the {'group' if quantity.group else 'study'}"
        yield Doubt(
            document_id=quantity.document_id,
            study_id=quantity.study_id,
            result_ids=(),
            severity=Severity.INFO if cut_off else Severity.ERROR if sure else Severity.WARNING,
            message=f"{quantity.what}: {printed(count)} of {of} is {100 * count / total:.1f}%, but the document says "
            f"{printed(percent)}% ({place(quantity.source)}).",
        )


#: Share of the percentages of a table that fit the heads, from which on the others are doubted.
_FITTING = 0.9


def _fitting_tables(quantities: Sequence[Quantity]) -> set[tuple[str, str | None]]:
    """Tables whose percentages are of the patients that the heads of its columns count."""
    fits: dict[tuple[str, str | None], list[bool]] = defaultdict(list)
    for quantity in quantities:
        if quantity.group and quantity.value is not None and quantity.percent is not None:
            fits[quantity.document_id, quantity.source.table].append(
                _belongs(quantity.value, quantity.percent, Decimal(quantity.group))
            )
    return {table for table, found in fits.items() if len(found) > _FEWEST and sum(found) >= _FITTING * len(found)}


def _belongs(count: Decimal, percent: Decimal, total: Decimal) -> bool:
    return total >= count and abs(100 * count / total - percent) <= half_unit(percent)


def _too_many(quantity: Quantity, count: Decimal, percent: Decimal, everybody: int) -> bool:
    """Whether a percentage without a total takes somewhat more patients than there are, and no number near by.

    A percentage that takes far more patients is of something else: cycles, events, another study.
    """
    fewest = (100 * count / (percent + half_unit(percent))).to_integral_value(ROUND_CEILING)
    if not everybody < fewest <= _SLIP * everybody:
        return False
    return not any(_belongs(count, percent, Decimal(other)) for other in _WHOLE.findall(quantity.source.quote))


_SLIP = Decimal("1.2")
_WHOLE = re.compile(r"(?<![\d.,])[1-9]\d{1,6}(?![\d,]*[\d.]\d)")
