"""Single patients as records: one row for each outcome that a table of patients tells of one of them.

Whether a time ended with the event is told by the status of the patient: death by words of death, the end of a
remission by words of relapse. Whether a death ends a remission is told by the definition that the document prints. What
the document does not tell stays None.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from evidence.extract.contexts import Context
from evidence.extract.group_names import Groups
from evidence.extract.nlp import Reading
from evidence.extract.outcomes import find_outcomes
from evidence.extract.patient_columns import FREE_OF_RELAPSE, Columns, Time, TimeColumn, columns, read_time
from evidence.extract.patient_status import Facts, facts
from evidence.extract.people import People, Person
from evidence.extract.rows import UNKNOWN_ARM, Rows, arm_id
from evidence.model.codes import Outcome
from evidence.model.document import Document
from evidence.model.records import Patient, Source


def write_patients(reading: Reading, context: Context, listed: Sequence[People], rows: Rows) -> None:
    """Rows of the patients of the document's own study."""
    told: set[tuple[str | None, str, Outcome, str]] = set()
    for table in listed:
        groups = Groups(reading, context.arms, table.notes)
        found = columns(table, groups.outcome_words, reading.abbreviations)
        if not found:
            continue
        sheet = _Sheet(reading, context, table, found, groups)
        for person in table.persons:
            for patient in sheet.rows(person):
                key = (patient.arm_id, patient.patient, patient.outcome, patient.outcome_text)
                if key not in told:
                    told.add(key)
                    rows.add_patient(patient)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the statuses of one patient say, with the words that say it."""

    facts: Facts
    dead_in: str | None
    relapsed_in: str | None


class _Sheet:
    """One table of patients with what its columns mean."""

    def __init__(self, reading: Reading, context: Context, table: People, found: Columns, groups: Groups) -> None:
        self.document: Document = reading.document
        self.context, self.table, self.columns, self.groups = context, table, found, groups
        self.deadly = {time.outcome: _counts_death(reading, table, time.outcome) for time in found.times}
        self.tells_deaths = any(
            status.facts(text).dead for status in found.statuses for text in table.texts(status.index)
        )

    def rows(self, person: Person) -> Iterator[Patient]:
        """Times first, then statuses without a time, then responses."""
        said = self._said(person)
        timed = {time.outcome for time in self.columns.times}
        follow_up_alone = Outcome.OS not in timed
        for time in self.columns.times:
            read = read_time(person.text(time.index), time.unit)
            if read is None:
                continue
            event, words = self._event(person, time, read, said)
            outcome = time.outcome
            if outcome is Outcome.OTHER and follow_up_alone and self.tells_deaths:
                outcome, (event, words) = Outcome.OS, (said.facts.dead, said.dead_in)
            patient = self._patient(person, time.index, outcome)
            yield replace(patient, time_months=read.months, event=event, event_text=words)
        for status in self.columns.statuses:
            told = status.facts(person.text(status.index))
            missing = Outcome.OS not in timed and Outcome.OTHER not in timed
            if status.about in ("dead", "alive", "") and told.dead is not None and missing:
                yield self._without_time(person, status.index, Outcome.DEATH, told.dead)
            if told.relapsed is not None and not timed & FREE_OF_RELAPSE:
                yield self._without_time(person, status.index, Outcome.RELAPSE, told.relapsed)
        for index in self.columns.responses:
            if response := _response(person.text(index)):
                yield self._without_time(person, index, *response)

    def _without_time(self, person: Person, index: int, outcome: Outcome, event: bool | None) -> Patient:
        return replace(self._patient(person, index, outcome), event=event, event_text=person.text(index))

    def _said(self, person: Person) -> _Said:
        """The statuses of one patient together; what two columns say differently is not told."""
        dead: dict[bool, str] = {}
        relapsed: dict[bool, str] = {}
        told = [(status.facts(text), text) for status in self.columns.statuses if (text := person.text(status.index))]
        beside = [
            (facts(read.rest), person.text(time.index))
            for time in self.columns.times
            if (read := read_time(person.text(time.index), time.unit)) is not None
        ]
        for one, text in (*told, *beside):
            if one.dead is not None:
                dead.setdefault(one.dead, text)
            if one.relapsed is not None:
                relapsed.setdefault(one.relapsed, text)
        if True in relapsed:
            relapsed.pop(False, None)  # in remission again
        if not dead and relapsed == {False: relapsed.get(False)} and self.tells_deaths:
            dead = {False: relapsed[False]}  # the same column names deaths, and this patient is in remission
        return _Said(
            facts=Facts(
                dead=next(iter(dead)) if len(dead) == 1 else None,
                relapsed=next(iter(relapsed)) if len(relapsed) == 1 else None,
            ),
            dead_in=next(iter(dead.values()), None),
            relapsed_in=next(iter(relapsed.values()), None),
        )

    def _event(self, person: Person, time: TimeColumn, read: Time, said: _Said) -> tuple[bool | None, str | None]:
        """Whether this time ended with its event, and the words that say so."""
        if time.outcome is Outcome.OTHER:
            return None, None
        event, words = (
            (said.facts.dead, said.dead_in) if time.outcome is Outcome.OS else self._relapse(person, time, read, said)
        )
        if read.ongoing:
            return (None if event else False), words or person.text(time.index)
        if event is None and time.marked and not words:
            return True, person.text(time.index)  # others of this column carry the mark of who is still followed
        return event, words

    def _relapse(self, person: Person, time: TimeColumn, read: Time, said: _Said) -> tuple[bool | None, str | None]:
        dead, relapsed = said.facts.dead, said.facts.relapsed
        if relapsed:
            return True, said.relapsed_in
        deadly = False if time.outcome in (Outcome.RELAPSE, Outcome.TTP) else self.deadly[time.outcome]
        if dead and deadly and self._until_death(person, read):
            return True, said.dead_in
        if relapsed is None:
            return None, None
        if dead is False or deadly is False:
            return False, said.relapsed_in
        return None, "; ".join(dict.fromkeys(text for text in (said.relapsed_in, said.dead_in) if text))

    def _until_death(self, person: Person, read: Time) -> bool:
        """Whether a time ends when survival does: a remission no longer followed by then did not end with the death."""
        survival = next((time for time in self.columns.times if time.outcome is Outcome.OS), None)
        if survival is None:
            return True
        lived = read_time(person.text(survival.index), survival.unit)
        return lived is not None and lived.months == read.months

    def _patient(self, person: Person, index: int, outcome: Outcome) -> Patient:
        spot = person.cells[index][0]
        start, end = spot.cell.char_start, spot.cell.char_end
        arm, label = self._arm(person)
        return Patient(
            result_id="",
            document_id=self.document.document_id,
            study_id=self.context.study.study_id,
            arm_id=arm_id(self.context, arm),
            arm=label,
            patient=" ".join(person.name.cell.text.split()),
            outcome=outcome,
            outcome_text=self.table.heads[index],
            source=Source(
                char_start=start,
                char_end=end,
                quote=self.document.text[start:end],
                page=self.document.page_at(start),
                section=self.document.section_at(start),
                table=self.table.table.label or None,
                row=" ".join(person.name.cell.text.split()),
                column=self.table.verbatim[index],
            ),
        )

    def _arm(self, person: Person) -> tuple[int | None, str]:
        """The arm of a patient: by its column, its heading, the caption; the only arm where there is one."""
        arms = self.context.arms
        for index in self.columns.arms:
            if text := person.text(index):
                who = self.groups.who(text, loose=False)
                return (who.arm, arms[who.arm].label) if who is not None and who.arm is not None else (None, text)
        for text in (person.heading, self.table.caption):
            who = self.groups.who(text, loose=False) if text else None
            if who is not None and who.arm is not None:
                return who.arm, arms[who.arm].label
        if len(arms) == 1:
            return 0, arms[0].label
        everybody = len(self.table.persons) == self.context.study.n_total or not arms
        return None, "overall" if everybody else UNKNOWN_ARM


_RESPONSES = (
    (re.compile(r"CRc|CR/CRi", re.IGNORECASE), Outcome.CRC, True),
    (re.compile(r"CR-?i\b.*|complete (?:remission|response) with incomplete.*", re.IGNORECASE), Outcome.CRI, True),
    (re.compile(r"CR-?h\b.*", re.IGNORECASE), Outcome.CRH, True),
    (re.compile(r"CR-?p\b.*", re.IGNORECASE), Outcome.CRP, True),
    (re.compile(r"s?CR\b.*|(?:stringent )?complete (?:remission|response)\b.*", re.IGNORECASE), Outcome.CR, True),
    (re.compile(r"(?:VG)?PR\b.*|(?:very good )?partial (?:remission|response)\b.*", re.IGNORECASE), Outcome.PR, True),
    (
        re.compile(
            r"(?:NR|SD|PD|RD|TF)\b.*|no response|non-?respon\w+|stable disease|progressi\w+(?: disease)?"
            r"|refractory|resistant disease|treatment failure",
            re.IGNORECASE,
        ),
        Outcome.ORR,
        False,
    ),
)


def _response(text: str) -> tuple[Outcome, bool] | None:
    """Code of a best response; who did not respond has no overall response."""
    return next(
        ((code, reached) for pattern, code, reached in _RESPONSES if pattern.fullmatch(text.strip(" *†‡."))), None
    )


#: What begins and what ends a time: "from remission to relapse", "defined as relapse or death".
_DEFINES = re.compile(
    r"(?:\b(?:defined|measured|calculated|estimated|counted|time|interval|duration)\b.*\b(?:from|to|until|as)\b|^\W*(?:\w+\W+)?from\b)"
    r".*\b(?:relaps|recurr|progress|death|died|event|failure)",
    re.IGNORECASE,
)
_DEATH = re.compile(r"\bdeaths?\b|\bdied\b|\bdying\b", re.IGNORECASE)


def _counts_death(reading: Reading, table: People, outcome: Outcome) -> bool | None:
    """Whether the definition that the document prints of an outcome names death; None where it prints none, or two."""
    told = {
        bool(_DEATH.search(clause))
        for text in (table.notes, *(reading.words(sentence) for sentence in reading.sentences))
        for clause in _clauses(text, outcome)
        if _DEFINES.search(clause)
    }
    return told.pop() if len(told) == 1 else None


def _clauses(text: str, outcome: Outcome) -> Iterator[str]:
    """What a text says behind each mention of an outcome, up to the next outcome with a time or the end of it."""
    timed = [one for one in find_outcomes(text, 0, len(text)) if one.entry.kind == "time_to_event"]
    starts = [one for one in timed if not _DEATH.search(text[one.start : one.end])]
    ends = [*(one.start for one in starts[1:]), len(text)]
    for one, end in zip(starts, ends, strict=False):
        if one.code is outcome:
            clause = text[one.end : end]
            yield re.split(r"(?<=[a-z)\]])[.;]\s", clause)[0]
