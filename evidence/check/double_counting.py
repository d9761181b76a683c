"""Are two studies that nothing links, or that documents tell apart, about the same patients?

A pooled estimate that counts patients twice is too certain. What is sure is linked by the store; here stands what is
not sure enough for that, for a person to decide. Different registry numbers or acronyms speak against it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from evidence.check.doubt import Doubt
from evidence.check.same_numbers import OF_MANY_THINGS, family, number_text
from evidence.check.side_by_side import Known, doubt_about
from evidence.model.codes import REPORTED, Design, Measure, Report, Role, Severity
from evidence.model.matching import plain
from evidence.model.records import Contrast, Records, Result, Study
from evidence.model.spelling import letters, misspelt
from evidence.model.studies import NOT_STUDIES

#: A smaller number of patients is shared by chance.
TELLING_SIZE = 10
#: Years between an abstract and its paper, and between two reports of the patients of one centre.
TO_THE_PAPER, OF_ONE_CENTRE = 2, 5
#: So many authors of one field write together.
TEAM = 3
_COHORTS = frozenset({Design.COHORT_RETROSPECTIVE, Design.COHORT_PROSPECTIVE})


def possible_same_study(records: Records) -> Iterator[Doubt]:
    """Two documents may report one study under two names: drug, patients and design agree, or drug and author.

    A person merges the two, or leaves them.
    """
    known = Known.of(records)
    for study, others in _paired(_studies(records), _signs_of_one_study):
        alike = [(other, why) for other in others if (why := _one_study(study, other))]
        if alike:
            named = "; ".join(f"{other.named(known)}: {why}" for other, why in alike)
            yield _doubt(study, Severity.INFO, f"{study.named(known)} may be the same study as {named}.")


def possible_overlap(records: Records) -> Iterator[Doubt]:
    """Two cohorts may share patients, which pooling would count twice: one drug, a few years, the same authors."""
    known = Known.of(records)
    for study, others in _paired(_studies(records), lambda one: one.names | one.team):
        shared = [other for other in others if _one_centre(study, other) and not _one_study(study, other)]
        if shared:
            named = " and ".join(other.named(known) for other in shared)
            yield _doubt(
                study,
                Severity.WARNING,
                f"{study.named(known)} may share patients with {named}: cohorts of the same authors within "
                f"{OF_ONE_CENTRE} years, given the same drug; pooling them could count patients twice.",
            )


def same_numbers_in_two_studies(records: Records) -> Iterator[Doubt]:
    """Documents give the very same numbers for two studies: patients counted twice, or a number misattributed.

    A comparison with its interval, or the numbers of two groups, are no chance; a single number may be.
    """
    known = Known.of(records)
    drugs = {study.study_id: study.drugs for study in _studies(records)}
    printed: defaultdict[tuple[object, ...], list[Result]] = defaultdict(list)
    for row in records.results():
        if row.derivation == REPORTED and _telling(row):
            printed[family(row.outcome), row.measure, row.timepoint_months, number_text(row)].append(row)
    shared: defaultdict[tuple[str, str], defaultdict[tuple[object, ...], list[tuple[Result, Result]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for (*what, _), rows in printed.items():
        for one, other in combinations(sorted(rows, key=lambda row: (row.study_id, row.result_id)), 2):
            a, b = (drugs.get(row.study_id, frozenset()) for row in (one, other))
            if one.study_id != other.study_id and one.document_id != other.document_id and (a & b or not (a and b)):
                shared[one.study_id, other.study_id][tuple(what)].append((one, other))
    for by_outcome in shared.values():
        pairs = [
            pair
            for same in by_outcome.values()
            if len({number_text(one) for one, _ in same}) > 1 or isinstance(same[0][0], Contrast)
            for pair in same
        ]
        if pairs:
            one, other = pairs[0]
            numbers = " and ".join(dict.fromkeys(number_text(mine) for mine, _ in pairs))
            yield doubt_about(
                pairs,
                Severity.WARNING,
                f"{numbers} ({one.outcome}) stand for {known.label(other)} in {known.document(other.document_id)} and "
                f"for {known.label(one)} in {known.document(one.document_id)}: the same patients under two names, or "
                "numbers given to the wrong study.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """All that documents say together about one study."""

    study_id: str
    rows: tuple[Study, ...]
    drugs: frozenset[str]
    team: frozenset[str]  # who wrote its own reports

    @property
    def names(self) -> frozenset[str]:
        return frozenset(letters(row.first_author) for row in self.rows if row.first_author) - {""}

    @property
    def years(self) -> frozenset[int]:
        return frozenset(row.year for row in self.rows if row.year)

    @property
    def sizes(self) -> frozenset[int]:
        return frozenset(row.n_total for row in self.rows if row.n_total and row.n_total >= TELLING_SIZE)

    @property
    def designs(self) -> frozenset[Design]:
        return frozenset(row.design for row in self.rows if row.design)

    @property
    def documents(self) -> frozenset[str]:
        return frozenset(row.document_id for row in self.rows)

    def named(self, known: Known) -> str:
        """Label, number of patients and document."""
        first = self.rows[0]
        size = next((f"{row.n_total} patients, " for row in self.rows if row.n_total), "")
        return f"{first.label} ({size}{known.document(first.document_id)})"

    def told_apart(self, other: "_Told") -> bool:
        """Whether registry numbers or acronyms say that these are two studies."""
        mine, theirs = (
            ({letters(number) for row in one.rows for number in row.registry_ids},
             {letters(row.acronym) for row in one.rows if row.acronym})
            for one in (self, other)
        )  # fmt: skip
        return any(a and b and not a & b for a, b in zip(mine, theirs, strict=True))


def _studies(records: Records) -> list[_Told]:
    """Studies of patients by id, the study's own reports first."""
    known = Known.of(records)
    rows: defaultdict[str, list[Study]] = defaultdict(list)
    for study in records.studies:
        if study.design not in NOT_STUDIES:
            rows[study.study_id].append(study)
    drugs: defaultdict[str, set[str]] = defaultdict(set)
    for arm in records.arms:
        if arm.role in (Role.EXPERIMENTAL, Role.SINGLE):
            drugs[arm.study_id].update(map(plain, arm.treatment))
    return [
        _Told(
            study_id=study_id,
            rows=tuple(sorted(told, key=lambda row: known.order((row.document_id, row.study_id)))),
            drugs=frozenset(drugs[study_id]),
            team=frozenset(
                person
                for row in told
                if row.report is Report.PRIMARY and row.document_id in known.documents
                for person in map(_person, known.documents[row.document_id].authors)
            ),
        )
        for study_id, told in sorted(rows.items())
    ]


def _paired(
    studies: Iterable[_Told], signs: Callable[[_Told], Iterable[object]]
) -> Iterator[tuple[_Told, list[_Told]]]:
    """Each study with those before it that share a sign."""
    sharing: defaultdict[object, list[_Told]] = defaultdict(list)
    for study in studies:
        mine = list(signs(study))
        yield study, list({other.study_id: other for sign in mine for other in sharing[sign]}.values())
        for sign in mine:
            sharing[sign].append(study)


def _signs_of_one_study(study: _Told) -> Iterator[object]:
    if study.drugs:
        yield from ((study.drugs, size) for size in study.sizes)
        yield from ((study.drugs, name[0]) for name in study.names)


def _one_study(a: _Told, b: _Told) -> str | None:
    """Why two studies may be one; None where they may not, or nothing says so."""
    if a.told_apart(b) or a.documents & b.documents or not a.drugs or a.drugs != b.drugs:
        return None
    if (a.sizes and b.sizes and not a.sizes & b.sizes) or (a.designs and b.designs and not a.designs & b.designs):
        return None
    alike = bool(a.names & b.names) or any(misspelt(name, other) for name in a.names for other in b.names)
    drugs = " and ".join(sorted(a.drugs))
    if alike and any(abs(year - other) <= TO_THE_PAPER for year in a.years for other in b.years):
        return f"the author and {drugs} agree, and the years are at most {TO_THE_PAPER} apart"
    if a.sizes & b.sizes and a.designs & b.designs and not (a.names and b.names):
        return f"both have {min(a.sizes & b.sizes)} patients given {drugs}"
    return None


def _one_centre(a: _Told, b: _Told) -> bool:
    cohorts = all(one.designs and one.designs <= _COHORTS for one in (a, b))
    near = any(abs(year - other) <= OF_ONE_CENTRE for year in a.years for other in b.years)
    written = bool(a.names & b.names) or len(a.team & b.team) >= TEAM
    return cohorts and near and written and bool(a.drugs & b.drugs) and not a.told_apart(b)


def _person(author: str) -> str:
    """Surname and first initial of an author: "smith j" of "Smith JE" and of "John E. Smith"."""
    *before, last = author.split() or [author]
    if before and last.isupper() and len(last) <= 3:
        return f"{letters(' '.join(before))} {last[0].casefold()}"
    return f"{letters(last)} {(before or [''])[0][:1].casefold()}"


def _telling(row: Result) -> bool:
    """Whether two studies will hardly share this number by chance."""
    if row.outcome in OF_MANY_THINGS or row.measure is Measure.P or not (number := number_text(row)):
        return False
    return row.ci_low is not None if isinstance(row, Contrast) else "." in number


def _doubt(study: _Told, severity: Severity, message: str) -> Doubt:
    return Doubt(
        document_id=study.rows[0].document_id,
        study_id=study.study_id,
        result_ids=(),
        severity=severity,
        message=message,
    )
