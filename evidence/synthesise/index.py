"""Records by the keys that their rows refer to. Arms are unique within a document, studies across documents."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from evidence.model.codes import Report, Severity
from evidence.model.derivations import inputs_of
from evidence.model.records import Arm, Flag, Records, Result, Study
from evidence.model.studies import merged_studies, population_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The records, found by key."""

    studies: Mapping[tuple[str, str], Study]  # document and study
    merged: Mapping[str, Study]  # what all documents say of a study, its own report first
    populations: Mapping[str, str]  # whom each study is about, in words
    arms: Mapping[tuple[str, str], Arm]  # document and arm
    arms_of: Mapping[tuple[str, str], tuple[Arm, ...]]  # document and study
    documents: Mapping[str, int]  # place
    flags: Mapping[str, tuple[Flag, ...]]  # by result
    rows: Mapping[str, Result]  # by result

    @classmethod
    def of(cls, records: Records) -> "Index":
        """Index of records."""
        arms_of: defaultdict[tuple[str, str], list[Arm]] = defaultdict(list)
        for arm in records.arms:
            arms_of[arm.document_id, arm.study_id].append(arm)
        flags: defaultdict[str, list[Flag]] = defaultdict(list)
        document_of = {row.result_id: row.document_id for row in records.results()}
        for flag in records.flags:
            for result_id in flag.result_ids:
                # An error of a document that cites a study is none of the study's own report, which it contradicts.
                if flag.severity is not Severity.ERROR or flag.document_id == document_of.get(result_id):
                    flags[result_id].append(flag)
        documents = dict.fromkeys(
            [document.document_id for document in records.documents]
            + [study.document_id for study in records.studies]
            + [row.document_id for row in records.results()]
        )
        return cls(
            studies={(study.document_id, study.study_id): study for study in records.studies},
            merged=merged_studies(records.studies),
            populations=population_texts(records),
            arms={(arm.document_id, arm.arm_id): arm for arm in records.arms},
            arms_of={key: tuple(arms) for key, arms in arms_of.items()},
            documents={document: place for place, document in enumerate(documents)},
            flags={result: tuple(found) for result, found in flags.items()},
            rows={row.result_id: row for row in records.results()},
        )

    def cited(self, row: Result) -> bool:
        """Whether the row's document restates the study."""
        study = self.studies.get((row.document_id, row.study_id))
        return study is not None and study.report is Report.CITED

    def arm(self, document_id: str, arm_id: str | None) -> Arm | None:
        """The arm a row refers to."""
        return self.arms.get((document_id, arm_id)) if arm_id else None

    def inputs(self, row: Result) -> tuple[Result, ...]:
        """The rows a computed row came from; none for a reported one."""
        return tuple(self.rows[name] for name in inputs_of(row) if name in self.rows)

    def flags_of(self, row: Result) -> tuple[Flag, ...]:
        """The doubts about a row and about those it was computed from."""
        return tuple(flag for each in (row, *self.inputs(row)) for flag in self.flags.get(each.result_id, ()))

    def place(self, row: Result) -> tuple[int, int, str]:
        """Order of reading."""
        return self.documents[row.document_id], row.source.char_start, row.result_id
