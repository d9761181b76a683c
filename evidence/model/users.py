"""Who may use the service, and what each may do there."""

import datetime as dt
import unicodedata
from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """One kind of thing that may be done through the service."""

    READ = "read"
    DECIDE = "decide"
    INGEST = "ingest"
    ADMIN = "admin"


class Role(StrEnum):
    """What a person is to the service; roles compare by what they may, `Role.REVIEWER >= Role.VIEWER`."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    ADJUDICATOR = "adjudicator"
    ADMIN = "admin"

    @property
    def scopes(self) -> Set[Scope]:
        """All that this role may do. An adjudicator's right to settle two readings goes with the role alone."""
        if self is Role.VIEWER:
            return frozenset({Scope.READ})
        if self is Role.ADMIN:
            return frozenset(Scope)
        return frozenset({Scope.READ, Scope.DECIDE, Scope.INGEST})

    # Texts compare by their letters, by which a viewer would be more than a reviewer.
    def __lt__(self, other: object) -> bool:
        return _rank(self) < _rank(other)

    def __le__(self, other: object) -> bool:
        return _rank(self) <= _rank(other)

    def __gt__(self, other: object) -> bool:
        return _rank(self) > _rank(other)

    def __ge__(self, other: object) -> bool:
        return _rank(self) >= _rank(other)


def _rank(role: object) -> int:
    return list(Role).index(Role(str(role)))


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who may log in, unless disabled."""

    user_id: int
    name: str
    role: Role
    sessions_from: int  # grows when all sessions end: a session made under a smaller number is over
    created_at: dt.datetime  # UTC
    created_by: str | None  # None where added at the command line
    disabled_at: dt.datetime | None  # UTC

    @property
    def disabled(self) -> bool:
        """Whether this person may neither log in nor use a token."""
        return self.disabled_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Leave for a program to act for a user, within scopes and until a day. Its secret is not kept."""

    token_id: int
    user_id: int
    name: str  # what it is for
    scopes: Set[Scope]
    created_at: dt.datetime  # UTC
    expires_at: dt.datetime  # UTC
    revoked_at: dt.datetime | None  # UTC


def name_key(name: str) -> str:
    """What two spellings of one name have in common."""
    folded = unicodedata.normalize("NFKC", " ".join(unicodedata.normalize("NFKC", name).split()).casefold())
    # Folding can bring forth what folds again (U+0345 after its letter), and a key must be its own key.
    return folded if folded == name else name_key(folded)
