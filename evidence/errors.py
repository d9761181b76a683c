"""Faults a user can act on. Each says what was asked, what was found, where, and what to do.

The library raises them; `cli/` prints the sentence and exits 1. A bug stays a traceback. Doubt about data is never one
of these: it is a `Flag`. A gap in a document is its status.
"""

from typing import Any


class EvidenceError(Exception):
    """Root of every fault the user can act on."""


class ReadError(EvidenceError):
    """A file could not be read at all; the message names the file, the reason and the remedy."""


class UnknownFormat(ReadError):
    """The content is none of the formats that have a reader."""


class LexiconError(EvidenceError):
    """A list of words that a person added cannot be read or does not fit."""


class StoreError(EvidenceError):
    """The store could not be opened, written or migrated."""


class StoreUnavailable(StoreError):
    """The database cannot be reached, read or written at this moment; nothing was stored."""


class ServiceError(EvidenceError):
    """The service cannot listen where it was asked to."""


class QueueFull(EvidenceError):
    """Too many jobs wait already for another to be taken."""


class Conflict(StoreError):
    """Somebody did meanwhile what makes this impossible, such as deciding about the row; nothing was recorded."""

    def __init__(self, message: str, *, current: Any = None, event: Any = None) -> None:
        super().__init__(message)
        self.current = current  # the row (a `Result`) as it stands now; None where it was taken back
        self.event = event  # the newest decision about it (`store.Event`)


class TooLarge(StoreError):
    """A document has a whole number that no store keeps."""


class FolderFull(EvidenceError):
    """The folder of uploaded files has reached its limit."""


class NotFound(EvidenceError):
    """A study, document or row was asked for by a name the store does not know."""


class LoginRefused(EvidenceError):
    """Name and password let nobody in. Which of the two it was, and whether the user is disabled, is never said."""

    def __init__(self) -> None:
        super().__init__("The name or the password is wrong, or this user is disabled.")


class Throttled(EvidenceError):
    """Too many attempts to log in failed; `retry_after` is in seconds."""

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(f"Too many attempts to log in failed; try again in {retry_after} seconds.")
        self.retry_after = retry_after


class Forbidden(EvidenceError):
    """A person asked for what their role, or their part in the work, does not allow."""


class QuestionError(EvidenceError):
    """A question file or a selection asks for something that does not exist or does not fit together."""


class PatientDataError(EvidenceError, ValueError):
    """Times, events or covariates of single patients do not allow what was asked; the message names the patient."""


class SynthesisError(EvidenceError):
    """Pooling was asked of rows that do not allow it."""


class TooFewStudies(SynthesisError):
    """A statistic was asked of fewer studies than define it."""

    def __init__(self, statistic: str, *, need: int, have: int, reason: str = "") -> None:
        super().__init__(
            f"{statistic} needs at least {need} {'study' if need == 1 else 'studies'}, but {have} remain after "
            f"selection{f': {reason}' if reason else ''}. rows.csv beside the result lists every row and what left it "
            "out."
        )
        self.need = need
        self.have = have


class NotConverged(SynthesisError):
    """A search for a parameter has no answer; the message names the study that stands out."""

    def __init__(self, parameter: str, place: int, of: int, effect: float, variance: float) -> None:
        super().__init__(
            f"The search for {parameter} did not converge. Study {place} of {of} stands out: effect {effect:g}, "
            f"sampling variance {variance:g}. Check its units, and that a variance was given and not a standard error; "
            "or leave it out."
        )


class ExportError(EvidenceError):
    """An export or figure could not be written where it was asked for."""
