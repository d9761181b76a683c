"""Two independent readings of one document: who reads, what each read, where they differ, and how often they agree.

A reading is what one reviewer says of one row, without having seen what the other says. Readings are events like
decisions, but nothing in the evidence tables follows from them before somebody adjudicates.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from evidence.model.records import Result
from evidence.model.users import name_key

#: Stands where a reviewer's name does when the rows as extracted are the second reading.
EXTRACTOR = "extractor"

Side = Literal["first", "second"]
SIDES: tuple[Side, Side] = ("first", "second")
#: What an adjudicator takes: one of the readings, other values, or that the document has no such number.
Choice = Literal["first", "second", "values", "reject"]
#: What a reading says of a row; `absent`: the reader does not have it at all.
Verdict = Literal["kept", "rejected", "absent"]

#: Columns of numbers that two readings have to give alike, digit for digit.
NUMBERS = {
    "arm_results": ("value", "ci_low", "ci_high", "ci_level", "sd", "events", "total"),
    "contrasts": ("estimate", "ci_low", "ci_high", "ci_level", "p_value"),
}
#: Columns that say what the number is about, compared as names.
CATEGORIES = {
    "arm_results": ("arm", "outcome", "measure", "timepoint_months", "subgroup", "not_reached"),
    "contrasts": (
        *("arm", "comparator", "outcome", "measure", "timepoint_months", "subgroup", "p_operator", "adjustment"),
    ),
}
#: The comparison of verdicts, a category of its own beside the columns.
STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A document given to two reviewers who do not see each other's readings."""

    assignment_id: int
    document_id: str
    first: str
    second: str  # a name, or `EXTRACTOR`
    created_by: str
    created_at: dt.datetime  # UTC
    closed_at: dt.datetime | None  # UTC; every row is adjudicated, or the review was withdrawn
    finished: tuple[str, ...]  # reviewers who have said that they are done

    @property
    def by_extractor(self) -> bool:
        """Whether the rows as extracted are the second reading, so that a person must not see them."""
        return self.second == EXTRACTOR

    @property
    def unblinded(self) -> bool:
        """Whether both readings are complete, so that they may be shown side by side."""
        return self.first in self.finished and (self.by_extractor or self.second in self.finished)

    def hides_from(self, name: str) -> bool:
        """Whether this person must not see what was extracted: they are still to read the document without it.

        Of somebody unnamed nobody knows which reader it is.
        """
        reading = self.by_extractor and self.closed_at is None and not self.unblinded
        return reading and (not name.strip() or self.side_of(name) is not None)

    def side_of(self, name: str) -> Side | None:
        """Which of the two readers this person is; None for another."""
        if same_person(name, self.first):
            return "first"
        return "second" if not self.by_extractor and same_person(name, self.second) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One thing a reviewer recorded under an assignment.

    `values` are as in a decision. `assign`, `finish` and `withdraw` are about the document as a whole, and `result_id`
    is then empty.
    """

    event_id: int  # in the order they were made
    assignment_id: int
    result_id: str
    document_id: str
    action: str  # accept, correct, reject, enter, undo; assign, finish, withdraw
    reviewer: str
    at: dt.datetime  # UTC
    reason: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one reviewer is, in extracted rows of the document; rows they entered are not told."""

    reviewer: str
    read: int
    of: int
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One reading of one row as it stood when its reader had finished."""

    reviewer: str
    verdict: Verdict
    row: Result | None  # None where absent
    reason: str | None  # given with the last thing recorded about it
    events: tuple[int, ...]  # the readings in force it rests on; none where absent or extracted
    result_id: str | None  # under which it was read; of a row entered by both these differ


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPair:
    """One column in both readings, as the tables write it; empty is "not reported"."""

    column: str
    first: str
    second: str
    agreed: bool  # numbers digit for digit, names apart from capitals and spaces
    same_number: bool  # also agreed where only the digits printed differ: 0.6 and 0.60


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One row in both readings, side by side."""

    result_id: str  # what `adjudicate` takes
    table: str  # arm_results or contrasts
    row: Result  # as extracted, else as the first of them entered it
    first: Version
    second: Version
    fields: tuple[FieldPair, ...]  # columns that one of them reports; none where one of them does not keep the row
    agreed: bool  # same verdict, and all fields agreed
    adjudicated: bool  # a decision was made from it


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How often two readings agreed on one field before adjudication.

    `agreed / n` has a Wilson interval. kappa stands for categories alone; where it is None, `reason` says why.
    """

    readers: str  # "two reviewers", or "reviewer and extractor"
    table: str
    field: str
    kind: Literal["number", "category"]
    documents: int
    n: int  # rows compared
    agreed: int  # numbers: digit for digit
    same_number: int | None  # numbers: equal apart from trailing zeros
    low: float  # fractions, 95 %
    high: float
    kappa: float | None = None
    kappa_se: float | None = None
    kappa_low: float | None = None
    kappa_high: float | None = None
    categories: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def share(self) -> float:
        """Fraction agreed."""
        return self.agreed / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How often the extractor was right where people decided: `count` of `n`, with a Wilson interval of 95 %.

    `what` is `accepted` (unchanged), `corrected`, `rejected`, `found` (of the rows that people kept or entered, those
    it had) or `right` (of the rows kept, those where the column `field` was not changed; of numbers, of the rows where
    it is reported before or after).
    """

    group: Literal["all", "extractor_version", "format", "confidence"]
    member: str  # of the group; empty for all
    table: str
    field: str  # a column; empty for the row as a whole
    what: Literal["accepted", "corrected", "rejected", "found", "right"]
    count: int
    n: int
    low: float
    high: float
    expected: float | None = None  # mean confidence of these rows, beside `accepted` by confidence

    @property
    def share(self) -> float:
        """Fraction of `n`."""
        return self.count / self.n


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, whatever their capitals, spaces and forms of a letter."""
    return name_key(one) == name_key(other)
