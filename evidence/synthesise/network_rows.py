"""Which rows of the records give which contrast of which treatments, for a question about a network.

A group's treatment is its normal name; one without ("control", "no maintenance", "placebo") is a node of its own, as
the reports call it, for what such patients were given is not known to be the same. A row enters like in a pooled
analysis (`candidates.py`), but in whatever direction it was reported.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from evidence.model.matching import Side, matches_any, matches_comparator, plain
from evidence.model.networks import TrialContrast
from evidence.model.question import Question
from evidence.model.records import Arm, ArmResult, Contrast, Records, Result
from evidence.model.results import LeftOut
from evidence.model.studies import study_labels
from evidence.synthesise.candidates import Candidate, from_contrast, from_counts
from evidence.synthesise.counting import Count, count_of
from evidence.synthesise.index import Index
from evidence.synthesise.relevance import not_about
from evidence.synthesise.selection import differs, why_not

Pair = tuple[str, str]

#: No trial that is analysed has more; what a review lists as one study may.
_MOST_ARMS = 8


@dataclass(frozen=True, slots=True)
class _Offer:
    """A candidate for the contrast of two nodes, the first against the second."""

    a: str
    b: str
    candidate: Candidate


@dataclass(slots=True)
class _Found:
    """What the rows offer, study by study, and why others offer nothing."""

    index: Index
    offers: defaultdict[str, list[_Offer]] = field(default_factory=lambda: defaultdict(list))
    reasons: dict[str, tuple[Result, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # a node as it is written first, by its plain text
    treatments: set[str] = field(default_factory=set)

    def refuse(self, rows: Iterable[Result], reason: str) -> None:
        for row in rows:
            self.reasons.setdefault(row.result_id, (row, reason))

    def node(self, label: str, arm: Arm | None) -> str:
        """The node of a group; empty where nothing says which group it is."""
        text = " + ".join(sorted(arm.treatment)) if arm and arm.treatment else label
        name = self.names.setdefault(plain(text), " ".join(text.split()))
        if arm and arm.treatment:
            self.treatments.add(name)
        return name


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRows:
    """What a question about a network takes from the records."""

    contrasts: tuple[TrialContrast, ...]  # by label of the study
    treatments: frozenset[str]  # nodes that are treatments, and not named by the words of the reports alone
    left_out: tuple[LeftOut, ...]  # in the order of reading


def network_rows(question: Question, records: Records) -> NetworkRows:
    """Take one estimate for each pair of treatments of each study, as `select` does for one comparison."""
    index = Index.of(records)
    found = _found(question, records, index)
    _asked_only(question, found)
    labels = study_labels(index.merged, [row.study_id for row in records.results()])
    contrasts = _chosen(found, labels)
    used = {result_id for contrast in contrasts for result_id in contrast.result_ids}
    left_out = tuple(
        LeftOut(result_id=row.result_id, study_id=row.study_id, label=labels[row.study_id], reason=reason)
        for row, reason in sorted(found.reasons.values(), key=lambda item: index.place(item[0]))
        if row.result_id not in used
    )
    return NetworkRows(contrasts=contrasts, treatments=frozenset(found.treatments), left_out=left_out)


def _found(question: Question, records: Records, index: Index) -> _Found:
    """Go through every row of the asked outcomes once."""
    found = _Found(index)
    for arm in records.arms:
        if arm.treatment:
            found.node(arm.label, arm)
    counted: defaultdict[tuple[str, str], list[tuple[ArmResult, Count]]] = defaultdict(list)
    for row in sorted(records.results(), key=index.place):
        if row.outcome.value not in question.outcome:
            continue
        reason = not_about(question, row, index)
        if reason:
            found.refuse([row], reason)
        elif isinstance(row, Contrast):
            a = found.node(row.arm, index.arm(row.document_id, row.arm_id))
            b = found.node(row.comparator, index.arm(row.document_id, row.comparator_arm_id))
            _offer(found, a, b, (row,), from_contrast(question, row, index))
        else:
            count = count_of(question, row, index)
            if isinstance(count, str):
                found.refuse([row], count)
            else:
                counted[row.document_id, row.study_id].append((row, count))
    for rows in counted.values():
        if question.adjustment == "adjusted":
            found.refuse((row for row, _ in rows), "counts are unadjusted; an adjusted estimate is asked for")
        else:
            _from_pairs(question, rows, found)
    return found


def _from_pairs(question: Question, rows: Sequence[tuple[ArmResult, Count]], found: _Found) -> None:
    """Counts of two arms for the same outcome at the same time."""
    paired: set[str] = set()
    for (row, count), (other, other_count) in itertools.combinations(rows, 2):
        same = (row.outcome, row.timepoint_months) == (other.outcome, other.timepoint_months)
        if not same or row.arm_id is None or other.arm_id is None or row.arm_id == other.arm_id:
            continue
        paired |= {row.result_id, other.result_id}
        a = found.node(row.arm, found.index.arm(row.document_id, row.arm_id))
        b = found.node(other.arm, found.index.arm(other.document_id, other.arm_id))
        _offer(found, a, b, (row, other), from_counts(question, row, count, other, other_count, found.index))
    lonely = (row for row, _ in rows if row.result_id not in paired)
    found.refuse(lonely, "no number of another arm for the same outcome and time was found")


def _offer(found: _Found, a: str, b: str, rows: tuple[Result, ...], made: Candidate | str) -> None:
    if not a or not b:
        found.refuse(rows, "which arm was compared is not known")
    elif a == b:
        found.refuse(rows, f"both arms are {a}")
    elif not {a, b} & found.treatments:
        found.refuse(rows, f"neither {a} nor {b} is a treatment that was recognised")
    elif isinstance(made, str):
        found.refuse(rows, made)
    else:
        found.offers[rows[0].study_id].append(_Offer(a, b, made))


def _asked_only(question: Question, found: _Found) -> None:
    """Leave the trials, and with a comparator the comparisons, that were asked for."""
    if not (question.treatment or question.comparator):
        return
    both = bool(question.treatment and question.comparator)
    for study_id, offers in found.offers.items():
        meant = [[_is_meant(question, side) for side in _sides(offer)] for offer in offers]
        kept = [all(pair) if both else any(any(own) for own in meant) for pair in meant]
        for offer, keep in zip(offers, kept, strict=True):
            if not keep:
                found.refuse(offer.candidate.rows, f"not asked for: {offer.a} versus {offer.b}")
        found.offers[study_id] = [offer for offer, keep in zip(offers, kept, strict=True) if keep]


def _sides(offer: _Offer) -> Iterator[Side]:
    for name, count in ((offer.a, offer.candidate.arm), (offer.b, offer.candidate.comparator)):
        yield Side(labels=(count.label, name) if count else (name,), treatment=count.treatment if count else ())


def _is_meant(question: Question, side: Side) -> bool:
    treated = bool(question.treatment) and matches_any(question.treatment, side)
    compared = bool(question.comparator) and matches_comparator(question.comparator, side, treatment=question.treatment)
    return treated or compared


def _chosen(found: _Found, labels: Mapping[str, str]) -> tuple[TrialContrast, ...]:
    """One estimate for each pair of nodes of each study, of arms that have all their contrasts."""
    chosen: list[TrialContrast] = []
    for study_id, offers in found.offers.items():
        pairs: defaultdict[Pair, list[_Offer]] = defaultdict(list)
        for offer in offers:
            pairs[min(offer.a, offer.b), max(offer.a, offer.b)].append(offer)
        arms = _complete(pairs)
        for pair, own in pairs.items():
            if not set(pair) <= arms:
                count = len({name for names in pairs for name in names})
                reason = f"the trial has {count} arms and does not give all comparisons among them"
                found.refuse((row for offer in own for row in offer.candidate.rows), reason)
                continue
            used, *others = sorted(own, key=lambda offer: offer.candidate.rank)
            notes: list[str] = []
            for other in others:
                rows = [row for row in other.candidate.rows if row not in used.candidate.rows]
                found.refuse(rows, why_not(other.candidate, used.candidate, found.index))
                notes += differs(other.candidate, used.candidate) if (other.a, other.b) == (used.a, used.b) else ()
            chosen.append(_contrast(study_id, labels[study_id], used, notes, found.index))
    return tuple(sorted(chosen, key=lambda row: (row.label.casefold(), row.study_id, row.a, row.b)))


def _complete(pairs: Mapping[Pair, object]) -> set[str]:
    """The largest set of arms of which every two have a contrast; of equal ones that of the pair read first."""
    arms = sorted({name for pair in pairs for name in pair})
    order = list(pairs)
    for size in range(min(len(arms), _MOST_ARMS), 1, -1):
        sets = [
            chosen
            for chosen in itertools.combinations(arms, size)
            if all(pair in pairs for pair in itertools.combinations(chosen, 2))
        ]
        if sets:
            return set(min(sets, key=lambda own: min(order.index(pair) for pair in itertools.combinations(own, 2))))
    return set()


def _contrast(study_id: str, label: str, offer: _Offer, choices: Sequence[str], index: Index) -> TrialContrast:
    made = offer.candidate
    flags = [flag.message for row in made.rows for flag in index.flags.get(row.result_id, ())]
    return TrialContrast(
        study_id=study_id,
        label=label,
        a=offer.a,
        b=offer.b,
        y=made.y,
        v=made.v,
        n_a=made.arm.n,
        n_b=made.comparator.n if made.comparator else None,
        result_ids=tuple(row.result_id for row in made.rows),
        notes=tuple(dict.fromkeys((*made.notes, *choices, *flags))),
    )
