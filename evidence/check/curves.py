"""Patients listed one by one against the numbers reported of their arm.

What is computed from the patients is what the document should have reported if both describe the same people. Where the
two differ the reader has to know which was counted, because a crude fraction is often printed as a survival rate.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import median

from evidence.check.doubt import Doubt, printed
from evidence.check.patients import ArmCurve, arm_curves, is_whole, reported_of
from evidence.check.residual_disease import residual_disease_doubts
from evidence.formulas.counts import half_unit
from evidence.formulas.survival_curves import survival_quantile
from evidence.model.codes import Measure, Outcome, Severity
from evidence.model.records import ArmResult, Patient, Records

#: Months by which, and share of survival up to which, a time without an event ends early enough to be told.
EARLY_MONTHS = 12
EARLY_SHARE = Decimal("0.5")

#: Percent of the rates that could be printed, above which being a fraction of the patients says nothing.
_BY_CHANCE = 20
_PROBABILITIES = frozenset({Measure.SURVIVAL_PROBABILITY, Measure.PROPORTION})
_REMISSIONS = (Outcome.CR, Outcome.CRI, Outcome.CRH, Outcome.CRP, Outcome.CRC)


def ipd_mismatch(records: Records) -> Iterator[Doubt]:
    """Patients listed one by one imply other numbers than the document reports of their arm.

    Survival rates and medians are compared with the Kaplan-Meier estimate, the median follow-up with the reverse one,
    deaths, relapses and responses with their number in the table, claims about residual disease with the state of each
    patient before treatment. Asked only of tables that list the whole arm.
    """
    yield from residual_disease_doubts(records)
    if not records.patients:
        return
    curves = list(arm_curves(records))
    yield from _rates_and_medians(records, curves)
    yield from _follow_up(records, curves)
    yield from _counts(records)
    yield from _deaths_that_end_no_remission(records)
    yield from _times_that_end_early(records)


def _rates_and_medians(records: Records, curves: Sequence[ArmCurve]) -> Iterator[Doubt]:
    """One doubt for each curve with every rate and median that it contradicts."""
    alike: defaultdict[tuple[object, ...], list[ArmCurve]] = defaultdict(list)
    for curve in curves:
        alike[curve.first.document_id, curve.first.study_id, curve.first.arm_id, curve.first.outcome].append(curve)
    for same in alike.values():
        curve = same[0]
        rows = list(reported_of(records, curve.first, frozenset({curve.first.outcome})))
        rates = [row for row in rows if _is_rate(row) and all(_other_rate(row, one) for one in same)]
        medians = [row for row in rows if all(_other_median(row, one) for one in same)]
        if rates:
            yield _doubt(curve, rates, _worst(rates, curve), _rates_words(rates, curve))
        if medians:
            yield _doubt(curve, medians, Severity.WARNING, _median_words(medians[0], curve))


def _doubt(curve: ArmCurve, rows: Sequence[ArmResult], severity: Severity, message: str) -> Doubt:
    first = curve.first
    return Doubt(
        document_id=first.document_id,
        study_id=first.study_id,
        result_ids=tuple(row.result_id for row in rows),
        severity=severity,
        message=f"{first.arm or 'an unnamed arm'}, {first.outcome}: {message}",
    )


def _is_rate(row: ArmResult) -> bool:
    return row.measure in _PROBABILITIES and row.timepoint_months is not None and row.value is not None


def _other_rate(row: ArmResult, curve: ArmCurve) -> bool:
    """Whether a reported rate is none that the patients give, with the rounding of their times and its own digits."""
    assert row.value is not None and row.timepoint_months is not None  # noqa: S101  # the caller asked
    span = curve.range_at(float(row.timepoint_months))
    half = float(half_unit(row.value)) + 1e-9
    return span is not None and not 100 * span[0] - half <= float(row.value) <= 100 * span[1] + half


def _worst(rows: Sequence[ArmResult], curve: ArmCurve) -> Severity:
    """An error where a rate could not even be had by taking everybody no longer followed for dead, or for alive."""
    for row in rows:
        low, high = _bounds(row, curve)
        half = float(half_unit(row.value or Decimal(0)))
        if not low - half <= float(row.value or 0) <= high + half:
            return Severity.ERROR
    return Severity.WARNING


def _bounds(row: ArmResult, curve: ArmCurve) -> tuple[float, float]:
    """Percent who were followed event-free up to a time, and percent who had no event known by then."""
    months = float(row.timepoint_months or 0)
    n = curve.estimate.n
    followed = sum(float(time) >= months - curve.rounding for time in curve.times)
    return 100 * followed / n, 100 * (n - _events_by(row, curve)) / n


def _events_by(row: ArmResult, curve: ArmCurve) -> int:
    """Patients whose event certainly came by the time of a rate."""
    months = float(row.timepoint_months or 0)
    return sum(bool(one.event) and float(one.time_months or 0) <= months - curve.rounding for one in curve.patients)


def _rates_words(rows: Sequence[ArmResult], curve: ArmCurve) -> str:
    n = curve.estimate.n
    at = _listed([printed(row.timepoint_months) for row in rows if row.timepoint_months is not None])
    said = _listed([f"{printed(row.value)}%" for row in rows if row.value is not None])
    points = [curve.at(float(row.timepoint_months or 0)) for row in rows]
    ours = _listed([f"{100 * (point.survival or 0):.1f}%" for point in points])
    limits = [
        f"{100 * point.ci_low:.1f}-{100 * point.ci_high:.1f}"
        for point in points
        if point.ci_low is not None and point.ci_high is not None
    ]
    crude = [count for row in rows if (count := _crude(row, n)) is not None]
    words = (
        f"the document reports {said} at {at} months, but the {n} patients of {curve.table} give {ours} by "
        f"Kaplan-Meier" + (f" (95% CI {_listed(limits)})" if limits else "")
    )
    if len(crude) == len(rows):
        is_are = "is" if len(rows) == 1 else "are"
        words += f"; {said} {is_are} {_listed([str(count) for count in crude])} of {n} patients, "
        without = [n - _events_by(row, curve) for row in rows]
        if crude == without:
            words += "a crude fraction that counts as known what became of those no longer followed"
        else:
            shares = _listed([f"{count} ({100 * count / n:.1f}%)" for count in without])
            words += f"but {shares} of them had no event by then"
    return words + "."


def _crude(row: ArmResult, n: int) -> int | None:
    """The number of patients that a rate is as a fraction of all; None where it is none, or most rates would be one."""
    if row.value is None or 2 * n * half_unit(row.value) > _BY_CHANCE:
        return None
    count = round(float(row.value) * n / 100)
    return count if abs(Decimal(100 * count) / n - row.value) <= half_unit(row.value) else None


def _listed(parts: Sequence[str]) -> str:
    """The parts with commas and a last "and"."""
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else "".join(parts)


def _other_median(row: ArmResult, curve: ArmCurve) -> bool:
    """Whether a reported median is none that the patients give."""
    if row.measure is not Measure.MEDIAN_TIME:
        return False
    span = curve.median_range()
    if row.not_reached or row.value is None or span is None:
        return row.not_reached != (span is None) and (row.not_reached or row.value is not None)
    half = float(half_unit(row.value))
    return not span[0] - half <= float(row.value) <= span[1] + half


def _median_words(row: ArmResult, curve: ArmCurve) -> str:
    ours = survival_quantile(curve.estimate).value
    said = "was not reached" if row.not_reached or row.value is None else f"was {printed(row.value)} months"
    gives = "no median, because fewer than half had the event" if ours is None else f"{ours:g} months"
    n = curve.estimate.n
    return f"the document reports that the median {said}, but the {n} patients of {curve.table} give {gives}."


def _follow_up(records: Records, curves: Sequence[ArmCurve]) -> Iterator[Doubt]:
    """The median follow-up of the study, where one curve of survival has all its patients."""
    for study in records.studies:
        said = study.followup_median_months
        mine = [
            curve
            for curve in curves
            if (curve.first.document_id, curve.first.study_id) == (study.document_id, study.study_id)
            and curve.first.outcome is Outcome.OS
            and curve.estimate.n == study.n_total
        ]
        if said is None or len(mine) != 1 or (ours := mine[0].follow_up.value) is None:
            continue
        slack = float(half_unit(said)) + mine[0].rounding
        if abs(ours - float(said)) <= slack:
            continue
        plain = float(median(mine[0].times))
        reason = (
            "which is the middle of all observed times, those of the dead included"
            if abs(plain - float(said)) <= slack
            else f"and the middle of all observed times is {plain:g} months"
        )
        yield _doubt(
            mine[0],
            (),
            Severity.INFO,
            f"the median follow-up is reported as {printed(said)} months, {reason}; by the reverse Kaplan-Meier "
            f"estimate the patients of {mine[0].table} were followed for {ours:g} months.",
        )


def _counts(records: Records) -> Iterator[Doubt]:
    """Deaths, relapses and responses counted in a table of the whole arm, against the one number reported of each."""
    by_column: defaultdict[tuple[object, ...], list[Patient]] = defaultdict(list)
    for row in records.patients:
        by_column[row.document_id, row.study_id, row.arm_id, row.source.table, row.outcome_text].append(row)
    for rows in by_column.values():
        if not is_whole(rows, records) or any(row.event is None for row in rows):
            continue
        for outcomes, ours in _tallies(rows):
            said = [
                row
                for row in reported_of(records, rows[0], outcomes)
                if row.events is not None
                and row.timepoint_months is None
                and row.measure in (Measure.PROPORTION, Measure.COUNT)
                and row.total in (None, len(rows))
            ]
            if said and all(row.events not in ours for row in said) and len({row.events for row in said}) == 1:
                where = rows[0].source.table or "the table of single patients"
                yield Doubt.about(
                    said[0],
                    Severity.WARNING,
                    f"the document reports {said[0].events}, but {' or '.join(map(str, sorted(ours)))} of the "
                    f"{len(rows)} patients of {where} had it.",
                )


def _tallies(rows: Sequence[Patient]) -> Iterator[tuple[frozenset[Outcome], set[int]]]:
    """For the outcomes that a column tells of: the numbers of patients it may be said to count."""
    outcomes = {row.outcome for row in rows}
    happened = [row for row in rows if row.event]
    if outcomes <= {Outcome.OS, Outcome.DEATH}:
        yield frozenset({Outcome.DEATH}), {len(happened)}
    elif outcomes == {Outcome.RELAPSE}:
        yield frozenset({Outcome.RELAPSE}), {len(happened)}
    elif outcomes & {*_REMISSIONS, Outcome.PR, Outcome.ORR}:
        complete = sum(row.outcome in _REMISSIONS for row in happened)
        alone = sum(row.outcome is Outcome.CR for row in happened)
        yield frozenset({Outcome.CR}), {alone, complete}
        yield frozenset({Outcome.CRC}), {complete}
        yield frozenset({Outcome.ORR}), {len(happened)}


def _deaths_that_end_no_remission(records: Records) -> Iterator[Doubt]:
    """Patients who died without a relapse and count as free of the event."""
    for rows, survival in _with_survival(records):
        dead = [row for row in rows if row.event is False and (os := survival.get(row.patient)) and os.event]
        if dead:
            first = dead[0]
            who = _who(dead)
            yield Doubt(
                document_id=first.document_id,
                study_id=first.study_id,
                result_ids=tuple(row.result_id for row in dead),
                severity=Severity.INFO,
                message=f"{first.arm or 'an unnamed arm'}, {first.outcome}: {who} died without a relapse and "
                f"{'counts' if len(dead) == 1 else 'count'} as free of the event; usual definitions of {first.outcome} "
                "count a death, so estimates of other studies may be lower for this reason alone.",
            )


def _times_that_end_early(records: Records) -> Iterator[Doubt]:
    """Patients whose time ends without an event long before they were last known alive, or died."""
    for rows, survival in _with_survival(records):
        early = [
            (row, os.time_months)
            for row in rows
            if row.event is False
            and row.time_months is not None
            and (os := survival.get(row.patient))
            and os.time_months is not None
            and os.time_months - row.time_months >= EARLY_MONTHS
            and row.time_months <= EARLY_SHARE * os.time_months
        ]
        if early:
            first = early[0][0]
            times = _listed([f"{printed(row.time_months or 0)} of {printed(os)}" for row, os in early])
            yield Doubt(
                document_id=first.document_id,
                study_id=first.study_id,
                result_ids=tuple(row.result_id for row, _ in early),
                severity=Severity.INFO,
                message=f"{first.arm or 'an unnamed arm'}, {first.outcome}: {_who([row for row, _ in early])} "
                f"{'leaves' if len(early) == 1 else 'leave'} without an event long before survival ends "
                f"({times} months), and the table does not say why.",
            )


def _with_survival(records: Records) -> Iterator[tuple[list[Patient], dict[str, Patient]]]:
    """For each outcome that a relapse ends: its patients, and the survival of each in the same table."""
    by_table: defaultdict[tuple[object, ...], defaultdict[tuple[Outcome, str], list[Patient]]]
    by_table = defaultdict(lambda: defaultdict(list))
    for row in records.patients:
        if row.time_months is not None:
            key = (row.document_id, row.study_id, row.arm_id, row.arm, row.source.table)
            by_table[key][row.outcome, row.outcome_text].append(row)
    for columns in by_table.values():
        survival = [rows for (outcome, _), rows in columns.items() if outcome is Outcome.OS]
        if len(survival) == 1:
            by_patient = {row.patient: row for row in survival[0]}
            for (outcome, _), rows in columns.items():
                if outcome in (Outcome.RFS, Outcome.LFS, Outcome.EFS, Outcome.PFS, Outcome.DFS, Outcome.GRFS):
                    yield rows, by_patient


def _who(rows: Sequence[Patient]) -> str:
    """The patients by the names of the table: "patient 17", "patients 8, 11 and 14"."""
    names = _listed([row.patient.removeprefix("Patient ") for row in rows])
    return f"patient {names}" if len(rows) == 1 else f"patients {names}"
