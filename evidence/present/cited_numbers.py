"""The numbers that a page shows, each with its words: where a number is shown leads to its words, and these lead back.

Only numbers that are shown somewhere on the page, and those they were computed from, have their words on it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from evidence.model.codes import Measure, Report, RowStatus
from evidence.model.derivations import inputs_of, is_computed
from evidence.model.records import Contrast, DocumentRecord, Patient, Records, Result
from evidence.present.compare import effect_words, p_words, result_words
from evidence.present.names import arm_text, months_text, plain
from evidence.present.wording import NOT_REPORTED, derivation_text

_Row = Result | Patient


@dataclass(frozen=True, slots=True)
class Link:
    """A place on the page, by its id, and what leads there."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberWords:
    """One number: what it is, what it was computed from, who looked at it, and where on the page it is shown."""

    anchor: str
    result_id: str
    text: str
    notes: tuple[str, ...]
    inputs: tuple[Link, ...]
    shown: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words of a document with the numbers that were read in them."""

    quote: str
    place: str
    numbers: tuple[NumberWords, ...]


class CitedNumbers:
    """Collects which numbers are shown where, while a page is made."""

    def __init__(self, records: Records) -> None:
        rows: list[_Row] = [*records.results(), *records.patients]
        self._rows = {row.result_id: row for row in rows}
        self._anchors = {name: f"n{number}" for number, name in enumerate(self._rows, start=1)}
        self._shown: dict[str, list[Link]] = {}
        self._labels = {(study.study_id, study.document_id): study.label for study in records.studies}
        self._cited = {(study.study_id, study.document_id) for study in records.studies if study.report is Report.CITED}
        self.documents = {document.document_id: document for document in records.documents}

    def links(self, result_ids: Iterable[str], shown: Link) -> tuple[Link, ...]:
        """Links to the words of these numbers, which are shown at a place; unknown ones have none."""
        found = []
        for name in result_ids:
            if row := self._rows.get(name):
                self._show(row, shown)
                found.append(Link(self._anchors[name], number_text(row)))
        return tuple(found)

    def links_with_sides(self, result_ids: Iterable[str], shown: Link) -> tuple[Link, ...]:
        """The same, each with its arms in front."""
        return self._with(sides_text, result_ids, shown)

    def links_with_studies(self, result_ids: Iterable[str], shown: Link) -> tuple[Link, ...]:
        """The same, each with the name of its study in front."""
        return self._with(self._study, result_ids, shown)

    def _with(self, front: Callable[[_Row], str], result_ids: Iterable[str], shown: Link) -> tuple[Link, ...]:
        names = [name for name in result_ids if name in self._rows]
        return tuple(
            Link(link.anchor, f"{front(self._rows[name])}: {link.text}")
            for name, link in zip(names, self.links(names, shown), strict=True)
        )

    def _show(self, row: _Row, shown: Link) -> None:
        places = self._shown.setdefault(row.result_id, [])
        if shown not in places:
            places.append(shown)
            for name in self._inputs(row):
                self._show(self._rows[name], Link(self._anchors[row.result_id], "the number computed from it"))

    def _inputs(self, row: _Row) -> list[str]:
        return [] if isinstance(row, Patient) else [name for name in inputs_of(row) if name in self._rows]

    def _study(self, row: _Row) -> str:
        return plain(self._labels.get((row.study_id, row.document_id), row.study_id))

    def passages(self) -> list[tuple[DocumentRecord, list[Passage]]]:
        """Per document the words of what was shown, in the order in which they stand in it."""
        found: dict[str, dict[tuple[int, int, str], list[_Row]]] = {}
        for name in self._shown:
            row = self._rows[name]
            where = (row.source.char_start, row.source.char_end, row.source.quote or "")
            found.setdefault(row.document_id, {}).setdefault(where, []).append(row)
        return [
            (document, [self._passage(rows) for _, rows in sorted(found[document_id].items())])
            for document_id, document in self.documents.items()
            if document_id in found
        ]

    def _passage(self, rows: list[_Row]) -> Passage:
        return Passage(
            quote=plain(rows[0].source.quote or ""),
            place=place_text(rows[0]),
            numbers=tuple(self._number(row) for row in rows),
        )

    def _number(self, row: _Row) -> NumberWords:
        notes = [] if isinstance(row, Patient) else [_status(row)]
        if not isinstance(row, Patient):
            if is_computed(row.derivation):
                notes.insert(0, f"computed {derivation_text(row.derivation)}")
            if row.confidence is not None:
                notes.append(f"confidence {row.confidence:.2f}")
        if (row.study_id, row.document_id) in self._cited:
            notes.insert(0, "restated here, not the study's own report")
        return NumberWords(
            anchor=self._anchors[row.result_id],
            result_id=row.result_id,
            text=f"{self._study(row)}, {sides_text(row)}: {number_text(row)}",
            notes=tuple(notes),
            inputs=tuple(Link(self._anchors[name], number_text(self._rows[name])) for name in self._inputs(row)),
            shown=tuple(self._shown[row.result_id]),
        )


def number_text(row: _Row) -> str:
    """A number in a few words, as printed: "OS HR 0.64 [0.49, 0.83], p = 0.04 at 24 months (2 years)"."""
    if isinstance(row, Patient):
        event = {True: "event", False: "no event", None: "not told"}[row.event]
        time = "" if row.time_months is None else f" at {months_text(row.time_months)}"
        return f"{row.outcome} of patient {plain(row.patient)}: {event}{time}"
    if isinstance(row, Contrast):
        p = p_words(row)
        words = [effect_words(row), f"p {p if p.startswith(('<', '>')) else f'= {p}'}" if p else None]
    else:
        words = [result_words(row)]
    text = f"{row.outcome} {', '.join(filter(None, words)) or NOT_REPORTED}"
    if not isinstance(row, Contrast) and row.measure in (Measure.SURVIVAL_PROBABILITY, Measure.CUMULATIVE_INCIDENCE):
        text += f", {row.measure.value.replace('_', ' ')}"
    if row.timepoint_months is not None:
        text += f" at {months_text(row.timepoint_months)}"
    return f"{text}, {plain(row.subgroup)}" if row.subgroup else text


def sides_text(row: _Row) -> str:
    """Whom a number is about: "sorafenib vs placebo"."""
    return f"{arm_text(row.arm)} vs {arm_text(row.comparator)}" if isinstance(row, Contrast) else arm_text(row.arm)


def place_text(row: _Row) -> str:
    """Where the words stand: page, section, table cell, offsets into the text of the document."""
    source = row.source
    parts = [
        "" if source.page is None else f"page {source.page}",
        f"section {plain(source.section)}" if source.section else "",
        plain(source.table or ""),
        f"row {plain(source.row)}" if source.row else "",
        f"column {plain(source.column)}" if source.column else "",
        f"characters {source.char_start} to {source.char_end} of the text" if source.quote else "",
    ]
    return ", ".join(part for part in parts if part)


def _status(row: Result) -> str:
    if row.status is RowStatus.EXTRACTED:
        return "extracted, not checked by a person"
    return f"{row.status.value} by {plain(row.reviewer or 'a person not named')}"
