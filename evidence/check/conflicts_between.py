"""Two documents about one study: do they give the same numbers?

Studies are the same by their `study_id`, which the store gives across documents. A number of a citing document is
compared with the study's own report, which is taken to be right; where no report of its own gives the number, or two
do, with the first by document id. Numbers are only compared where nothing lets both be right: the same groups, outcome,
measure, time, patients and adjustment, each document giving one value, and digits that no rounding explains.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

from evidence.check.doubt import Doubt, name_of
from evidence.check.same_numbers import OF_MANY_THINGS, difference, family, number_text, rest_agrees
from evidence.check.side_by_side import Known, Telling, doubt_about, telling
from evidence.model.codes import REPORTED, Outcome, Severity
from evidence.model.matching import plain
from evidence.model.records import Contrast, Records, Result


def conflict_between_documents(records: Records) -> Iterator[Doubt]:
    """Two documents give different numbers for the same thing in the same study.

    An error where the numbers of two groups are exchanged, or where a document cites the study and the rest agrees with
    its own report (the interval, or the number of the other group), so that both speak of the same analysis; else a
    warning, because a later report may rest on longer follow-up. A number that the other document gives for another
    group, time or part of the patients is no conflict: the words around it were not understood. Exchanged groups that
    the document itself has shown are not told as a second error: what the other document says of them is info.
    """
    known = Known.of(records)
    told = {row for flag in records.flags if flag.check == "arms_swapped" for row in flag.result_ids}
    of_outcome = _same_thing(records, lambda row: (row.document_id, row.study_id, row.outcome, row.measure))
    for rows in _same_thing(records, lambda row: (row.study_id, row.outcome, *_asked(row))).values():
        by_document = _by_document(rows)
        first, *others = sorted(by_document, key=known.order)
        for other in others:
            sides = _sides(by_document[first], by_document[other], known)
            exchanged = _exchanged(sides)
            if exchanged:
                yield _exchange(exchanged, known, told=all(row.result_id in told for _, row in exchanged))
                continue
            single = [(mine, theirs[0]) for mine, theirs in sides if _one_number(theirs)]
            agreeing = any(number_text(mine) and difference(mine, theirs) is None for mine, theirs in single)
            apart = [
                (mine, theirs)
                for mine, theirs in single
                if difference(mine, theirs)
                and not any(
                    difference(row, theirs) is None
                    for row in of_outcome[mine.document_id, mine.study_id, mine.outcome, mine.measure]
                )
            ]
            if apart:
                yield _conflict(apart, known, same_analysis=agreeing or any(rest_agrees(*pair) for pair in apart))


def outcome_named_differently(records: Records) -> Iterator[Doubt]:
    """Two documents give the same numbers of one study under the names of two outcomes."""
    known = Known.of(records)
    named: defaultdict[tuple[str, Telling, Telling, Outcome, Outcome], list[tuple[Result, Result]]] = defaultdict(list)
    for rows in _same_thing(records, lambda row: (row.study_id, family(row.outcome), *_asked(row))).values():
        by_document = _by_document(rows)
        for one, other in combinations(sorted(by_document, key=known.order), 2):
            both = {row.outcome for row in by_document[one]} & {row.outcome for row in by_document[other]}
            for mine, theirs in product(by_document[one], by_document[other]):
                if mine.outcome not in both and theirs.outcome not in both and _the_very_same(mine, theirs, known):
                    named[mine.study_id, one, other, mine.outcome, theirs.outcome].append((mine, theirs))
    for pairs in named.values():
        numbers = list(dict.fromkeys(number_text(mine) for mine, _ in pairs))
        if len(numbers) < 2 and not any(
            mine.ci_low is not None and theirs.ci_low is not None for mine, theirs in pairs
        ):
            continue  # one number may be the same by chance
        mine, theirs = pairs[0]
        yield doubt_about(
            pairs,
            Severity.INFO,
            f"{known.label(mine)}: {' and '.join(numbers)} stand for {mine.outcome} in "
            f"{known.document(mine.document_id)} and for {theirs.outcome} in {known.document(theirs.document_id)}.",
        )


def measure_named_differently(records: Records) -> Iterator[Doubt]:
    """Two documents give the same estimate and interval of one comparison as two measures: HR here, RD there.

    What the row itself has shown to be mislabelled is not told again.
    """
    known = Known.of(records)
    told = {row for flag in records.flags if flag.check == "measure_mislabelled" for row in flag.result_ids}
    of_comparison = _same_thing(
        replace(records, arm_results=()),
        lambda row: (row.study_id, row.outcome, row.ci_low is not None and row.ci_high is not None, *_asked(row)[1:]),
    )
    for (_, _, with_interval, *_), rows in of_comparison.items():
        by_document = _by_document(rows)
        first, *others = sorted(by_document, key=known.order)
        for other in others if with_interval else ():
            for mine, theirs in product(by_document[first], by_document[other]):
                same = number_text(mine) == number_text(theirs) and known.same_groups(mine, theirs)
                if same and mine.measure is not theirs.measure and not told & {mine.result_id, theirs.result_id}:
                    ours, there = _places(mine, theirs, known)
                    yield doubt_about(
                        [(mine, theirs)],
                        Severity.ERROR,
                        f"{known.label(mine)}, {mine.outcome}: {number_text(mine)} is given as {mine.measure} {ours} "
                        f"and as {theirs.measure} in {there}; it cannot be both.",
                    )


def _same_thing(
    records: Records, key: Callable[[Result], tuple[object, ...]]
) -> dict[tuple[object, ...], list[Result]]:
    """Reported numbers by what they are about, whatever document and group they belong to."""
    rows: defaultdict[tuple[object, ...], list[Result]] = defaultdict(list)
    for row in records.results():
        if row.derivation == REPORTED and not (row.outcome is Outcome.OTHER and not row.outcome_text):
            rows[key(row)].append(row)
    return rows


def _asked(row: Result) -> tuple[object, ...]:
    """Measure, time and patients; of an outcome whose code stands for many things also its words."""
    words = plain(row.outcome_text) if row.outcome in OF_MANY_THINGS else ""
    return row.measure, row.timepoint_months, plain(row.subgroup or "").replace("-", " "), words


def _by_document(rows: Iterable[Result]) -> dict[Telling, list[Result]]:
    found: defaultdict[Telling, list[Result]] = defaultdict(list)
    for row in rows:
        found[telling(row)].append(row)
    return found


def _sides(mine: Sequence[Result], theirs: Sequence[Result], known: Known) -> list[tuple[Result, list[Result]]]:
    """Each number that the first document gives for a group and nothing else, and what the second gives for it."""
    sides: list[tuple[Result, list[Result]]] = []
    left = list(theirs)
    for row in mine:
        there = [other for other in left if _comparable(row, other, known)]
        if there:
            left = [other for other in left if other not in there]
            if _one_number([other for other in mine if _comparable(other, there[0], known)]):
                sides.append((row, there))
    return sides


def _one_number(rows: Sequence[Result]) -> bool:
    return all(difference(one, other) is None for one, other in combinations(rows, 2))


def _exchanged(sides: Sequence[tuple[Result, Sequence[Result]]]) -> list[tuple[Result, Result]]:
    """Numbers of two groups of the first document, each with that of the other group in the second document."""
    for (a, at_a), (b, at_b) in combinations(sides, 2):
        if difference(a, b) is None:
            continue
        crossed_a = [row for row in at_a if difference(a, row) and difference(b, row) is None]
        crossed_b = [row for row in at_b if difference(b, row) and difference(a, row) is None]
        if crossed_a and crossed_b:
            return [(a, crossed_a[0]), (b, crossed_b[0])]
    return []


def _comparable(one: Result, other: Result, known: Known) -> bool:
    if (
        isinstance(one, Contrast)
        and isinstance(other, Contrast)
        and len({one.adjustment, other.adjustment} - {None}) > 1
    ):
        return False
    return known.same_groups(one, other)


def _exchange(pairs: Sequence[tuple[Result, Result]], known: Known, *, told: bool) -> Doubt:
    (a, in_a), (b, in_b) = pairs
    ours, other = _places(a, in_a, known)
    where = f"in {other}, which cites it" if _cites(a, in_a, known) else "in one of them"
    return doubt_about(
        pairs,
        Severity.INFO if told else Severity.ERROR,
        f"{known.label(a)}, {name_of(a)}: {number_text(a)}, and {number_text(b)} for {b.arm}, {ours}, but "
        f"{number_text(in_a)} and {number_text(in_b)} in {other}; the groups are exchanged {where}.",
    )


def _conflict(pairs: Sequence[tuple[Result, Result]], known: Known, *, same_analysis: bool) -> Doubt:
    mine, theirs = pairs[0]
    ours, other = _places(mine, theirs, known)
    (one, another), *more = (difference(*pair) or ("", "") for pair in pairs)
    cites = _cites(mine, theirs, known)
    verdict = "the latter cites it and is likely wrong" if cites else "one is wrong, or follow-up differs"
    likewise = "".join(f"; {pair[0].arm}: {a} and {b}" for pair, (a, b) in zip(pairs[1:], more, strict=True))
    return doubt_about(
        pairs,
        Severity.ERROR if cites and same_analysis else Severity.WARNING,
        f"{known.label(mine)}, {name_of(mine)}: {one} {ours}, but {another} in {other}{likewise}; {verdict}.",
    )


def _places(mine: Result, theirs: Result, known: Known) -> tuple[str, str]:
    ours, other = known.document(mine.document_id), known.document(theirs.document_id)
    return f"in its own report ({ours})" if _cites(mine, theirs, known) else f"in {ours}", other


def _cites(mine: Result, theirs: Result, known: Known) -> bool:
    return known.cited(theirs) and not known.cited(mine)


def _the_very_same(one: Result, other: Result, known: Known) -> bool:
    """Whether two rows print the same number about the same groups, under the names of two outcomes."""
    numbers = number_text(one), number_text(other)
    return one.outcome != other.outcome and numbers[0] == numbers[1] != "" and known.same_groups(one, other)
