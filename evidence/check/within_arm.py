"""Numbers of one arm against one another: what cannot rise, what contains what, and what adds up to everybody."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from evidence.check.beside import Patients, plain, together, topic
from evidence.check.doubt import Doubt, printed
from evidence.formulas.counts import half_unit
from evidence.model.codes import Measure, Outcome, Severity
from evidence.model.measures import PERCENTAGES
from evidence.model.records import ArmResult, Records

#: Survival without an event of several kinds, death among them: never above overall survival from the same start.
_DEATH_AMONG_EVENTS = (Outcome.EFS, Outcome.PFS, Outcome.RFS, Outcome.LFS, Outcome.DFS, Outcome.GRFS)
#: Remission or response of one kind, and the wider kinds that count it too.
_COUNTED_IN: dict[Outcome, tuple[Outcome, ...]] = {
    Outcome.CR: (Outcome.CRC, Outcome.ORR),
    Outcome.CRI: (Outcome.CRC, Outcome.ORR),
    Outcome.CRP: (Outcome.CRC, Outcome.ORR),
    Outcome.CRC: (Outcome.ORR,),
    Outcome.PR: (Outcome.ORR,),
}
_REMISSIONS = (Outcome.CR, Outcome.CRC)
_FREE_OF_RELAPSE = (Outcome.RFS, Outcome.LFS, Outcome.DFS)
#: Relapse, death without it, and survival without either are everybody; estimates may miss 100 by a little.
_OFF_SUM = 5
#: Patients analysed as treated may be a few more than those randomised to an arm.
_MORE_THAN_ALL = 1.05


def survival_rises(records: Records) -> Iterator[Doubt]:
    """A survival probability is higher at a later time, or a cumulative incidence lower."""
    for rows in _same(records, (Measure.SURVIVAL_PROBABILITY, Measure.CUMULATIVE_INCIDENCE)).values():
        in_time = sorted(
            (row for row in rows if row.timepoint_months is not None), key=lambda r: r.timepoint_months or 0
        )
        for earlier, later in combinations(in_time, 2):
            if earlier.timepoint_months == later.timepoint_months:
                continue
            falls = earlier.measure is Measure.SURVIVAL_PROBABILITY
            high, low = (later, earlier) if falls else (earlier, later)
            if _above(high, low):
                yield _both(
                    earlier,
                    later,
                    _severity(earlier, later),
                    f"{_at(earlier)} and {_at(later)}; {'survival' if falls else 'a cumulative incidence'} cannot "
                    f"{'rise' if falls else 'fall'} with time.",
                )
                break


def survival_above_overall(records: Records) -> Iterator[Doubt]:
    """Survival without progression, relapse or another event is above overall survival, at one time or as a median.

    Both cannot be true where they start together and death counts as an event; those who start in remission, or count
    relapse alone, explain a few. Where an arm has several numbers for one of them, all must say so.
    """
    for rows in _arms(records, (Measure.SURVIVAL_PROBABILITY, Measure.MEDIAN_TIME)).values():
        alike: defaultdict[tuple[object, ...], list[ArmResult]] = defaultdict(list)
        for row in rows:
            alike[row.measure, row.timepoint_months, row.outcome].append(row)
        for (measure, time, outcome), free in alike.items():
            overall = alike.get((measure, time, Outcome.OS), [])
            if outcome in _DEATH_AMONG_EVENTS and overall and all(_above(row, o) for row in free for o in overall):
                unit = "%" if measure in PERCENTAGES else " months"
                yield _both(
                    free[0],
                    overall[0],
                    Severity.WARNING,
                    f"{printed(free[0].value or 0)}{unit} is above overall survival of "
                    f"{printed(overall[0].value or 0)}{unit}; death should count in both.",
                )


def response_above_wider(records: Records) -> Iterator[Doubt]:
    """More patients have a kind of remission or response than the wider kind that counts them too."""
    for rows in _arms(records, (Measure.PROPORTION,)).values():
        for row in rows:
            for wider in _COUNTED_IN.get(row.outcome, ()):
                others = [o for o in rows if o.outcome is wider and o.timepoint_months == row.timepoint_months]
                others = [o for o in others if None in (o.total, row.total) or o.total == row.total]
                if others and all(_above(row, other) for other in others):
                    yield _both(
                        row,
                        others[0],
                        _severity(row, others[0]),
                        f"{printed(row.value or 0)}% with {row.outcome_text or row.outcome.value} is more than "
                        f"{printed(others[0].value or 0)}% with {others[0].outcome_text or wider.value}, which counts "
                        "them too.",
                    )
                    break


def competing_risks_sum(records: Records) -> Iterator[Doubt]:
    """Relapse, death without relapse and survival without either do not add up to everybody."""
    for rows in _arms(records, (Measure.SURVIVAL_PROBABILITY, Measure.CUMULATIVE_INCIDENCE)).values():
        at_time: defaultdict[Decimal, dict[Outcome, list[ArmResult]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            if row.timepoint_months is not None:
                at_time[row.timepoint_months][row.outcome].append(row)
        for found in at_time.values():
            free = [row for outcome in _FREE_OF_RELAPSE for row in found[outcome]]
            relapse, died = found[Outcome.RELAPSE], found[Outcome.NRM] + found[Outcome.TRM]
            if any(len({row.value for row in part}) != 1 for part in (free, relapse, died)):
                continue
            parts = [free[0], relapse[0], died[0]]
            total = sum((row.value or Decimal(0) for row in parts), Decimal(0))
            if abs(total - 100) > _OFF_SUM + sum((half_unit(row.value) for row in parts if row.value), Decimal(0)):
                listed = ", ".join(f"{row.outcome.value} {printed(row.value or 0)}%" for row in parts)
                doubt = Doubt.about(
                    parts[0],
                    Severity.WARNING,
                    f"{listed} add up to {total:.0f}%, but relapse, death without relapse and survival without either "
                    "are everybody.",
                )
                yield replace(doubt, result_ids=tuple(row.result_id for row in parts))


def total_above_arm(records: Records) -> Iterator[Doubt]:
    """A number is of clearly more patients than the arm has, or more of them have died. One doubt for a study.

    A few more are usual, as patients are analysed by what they were given. What has no outcome code may count visits or
    samples: it is asked in sentences, and up to the patients of the study.
    """
    patients = Patients(records)
    studies = {(study.document_id, study.study_id): study.n_total for study in records.studies}
    over: defaultdict[tuple[object, ...], list[tuple[ArmResult, int, int]]] = defaultdict(list)
    for row in records.arm_results:
        size = patients.whole(row)
        if row.arm_id is None or not size:
            continue
        most = studies.get((row.document_id, row.study_id)) if row.source.table is None else None
        died = row.events if row.outcome is Outcome.DEATH else None
        asked = max(row.total or 0, died or 0)
        if asked > _MORE_THAN_ALL * size and (row.outcome is not Outcome.OTHER or asked <= (most or 0)):
            over[row.document_id, row.study_id].append((row, asked, size))
    for found in over.values():
        row, asked, size = found[0]
        more = f", as in {len(found) - 1} more of the study" if len(found) > 1 else ""
        doubt = Doubt.about(row, Severity.WARNING, f"it is of {asked} patients, more than the {size} of its arm{more}.")
        yield replace(doubt, result_ids=tuple(row.result_id for row, _, _ in found))


def relapse_among_all(records: Records) -> Iterator[Doubt]:
    """A relapse rate counts patients who never were in remission, and so could not relapse.

    Only noted, one flag for a study: shares of all patients can be meant, but two arms with unlike remission rates are
    not compared by them.
    """
    patients = Patients(records)
    found: defaultdict[tuple[str, str], list[tuple[ArmResult, str]]] = defaultdict(list)
    for rows in _arms(records, (Measure.PROPORTION,)).values():
        counts = [(row, count) for row in rows if (count := patients.count(row)) is not None]
        remitted = max((count for row, count in counts if row.outcome in _REMISSIONS), default=None)
        for row, count in counts:
            if row.outcome is not Outcome.RELAPSE or remitted is None or count.total != remitted.total:
                continue
            if count.events <= remitted.events < count.total:
                share = Decimal(100 * count.events) / remitted.events
                said = (
                    f"{printed(row.value or 0)}% with {row.arm} is {count.events} of all {count.total} patients; of "
                    f"the {remitted.events} in remission it is {share:.1f}%"
                )
                found[row.document_id, row.study_id].append((row, said))
    for arms in found.values():
        doubt = Doubt.about(arms[0][0], Severity.INFO, f"{'; '.join(said for _, said in arms)}.")
        yield replace(doubt, result_ids=tuple(row.result_id for row, _ in arms))


def _same(records: Records, measures: tuple[Measure, ...]) -> dict[tuple[object, ...], list[ArmResult]]:
    """Numbers of one outcome, in its words, of one arm or subgroup."""
    groups: defaultdict[tuple[object, ...], list[ArmResult]] = defaultdict(list)
    for arm, rows in _arms(records, measures).items():
        for row in rows:
            groups[*arm, topic(row), plain(row.outcome_text), row.measure].append(row)
    return groups


def _arms(records: Records, measures: tuple[Measure, ...]) -> dict[tuple[object, ...], list[ArmResult]]:
    """Numbers of one arm, or of everybody, in one subgroup."""
    arms: defaultdict[tuple[object, ...], list[ArmResult]] = defaultdict(list)
    for row in records.arm_results:
        if row.measure in measures and row.value is not None and (row.arm_id or row.arm == "overall"):
            arms[row.document_id, row.study_id, row.arm_id, plain(row.subgroup or "")].append(row)
    return arms


def _above(high: ArmResult, low: ArmResult) -> bool:
    """Whether one number is above the other whatever was rounded."""
    if high.value is None or low.value is None:
        return False
    return high.value - half_unit(high.value) > low.value + half_unit(low.value)


def _at(row: ArmResult) -> str:
    return f"{printed(row.value or 0)}% at {printed(row.timepoint_months or 0)} months"


def _severity(row: ArmResult, other: ArmResult) -> Severity:
    """Numbers of one sentence or table row are of the same patients; elsewhere they may be of others."""
    return Severity.ERROR if together(row, other) else Severity.WARNING


def _both(row: ArmResult, other: ArmResult, severity: Severity, message: str) -> Doubt:
    return replace(Doubt.about(row, severity, message), result_ids=(row.result_id, other.result_id))
