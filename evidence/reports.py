"""What became of the files and questions a person gave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from evidence.model.question import Question
from evidence.model.results import Analysis

Status = Literal["added", "unchanged", "failed", "skipped", "decided", "described"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What became of one file, or of one document in it.

    `reason` says why it failed or was skipped, what of it could not be read, or what its readers have to know.
    """

    source: str
    status: Status
    document_id: str | None = None
    reason: str | None = None
    rows: Mapping[str, int] = field(default_factory=dict)  # table -> rows added
    computed: int = 0  # results among them that the document does not print
    errors: int = 0  # flags among them that say "cannot both be true"
    partly: bool = False  # something of it could not be read
    decisions: Mapping[str, int] | None = None  # of a workbook: accepted, corrected ... -> rows
    problems: tuple[str, ...] = ()  # what of a workbook was not taken, each with its cell
    remark: str | None = None  # what a person should know although all went well


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What became of every file, in the order in which they were found."""

    files: tuple[FileReport, ...]

    def of(self, status: Status) -> tuple[FileReport, ...]:
        """The files with this status."""
        return tuple(file for file in self.files if file.status == status)

    @property
    def partial(self) -> tuple[FileReport, ...]:
        """Documents added of which something could not be read."""
        return tuple(file for file in self.of("added") if file.partly)

    @property
    def noted(self) -> tuple[FileReport, ...]:
        """Documents added that were read in full and bear a notice, such as a retraction."""
        return tuple(file for file in self.of("added") if file.reason and not file.partly)

    @property
    def complete(self) -> bool:
        """Whether there was something to take, and all of it was taken."""
        whole = not self.of("failed") and not any(file.problems for file in self.files)
        return whole and len(self.of("skipped")) < len(self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a run made: the ingested files, the analyses, and questions that could not be answered with the reason.

    `notes` say what was not written, because a program for it is not installed.
    """

    ingested: IngestReport
    analyses: tuple[Analysis, ...]
    unanswered: tuple[tuple[Question, str], ...]
    written: tuple[Path, ...]
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every file was read and every question answered."""
        return self.ingested.complete and not self.unanswered
