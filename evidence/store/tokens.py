"""Tokens by which programs act for a user: random, within scopes, until a day; only their SHA-256 is kept.

A secret of 256 random bits needs no slow hash: nobody can try them all. What a token may do is what it was issued for,
as far as its user's role allows it now.
"""

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from evidence.errors import Forbidden, NotFound, StoreError
from evidence.model.users import Role, Scope, Token
from evidence.store import credentials, schema

LONGEST_DAYS = 365
#: By which a token is known where it does not belong, such as in a repository.
PREFIX = "evd_"
_RANDOM_BYTES = 32


def issue(
    connection: Connection, user: Row[Any], name: str, scopes: Iterable[Scope | str], days: int, now: dt.datetime
) -> tuple[str, Token]:
    """A new token of the user of this row: its secret, and what is kept of it.

    Raises
    ------
    StoreError
        If the user is disabled, no scope is named or one that is none, or the days are not 1 to 365.
    Forbidden
        If a scope is beyond the user's role.
    """
    what = credentials.proper_name(name, "A token's name")
    wanted = _scopes(scopes)
    if not 1 <= days <= LONGEST_DAYS:
        raise StoreError(f"A token is valid for 1 to {LONGEST_DAYS} days, not for {days}.")
    if user.disabled_at is not None:
        raise StoreError(f"The user {user.name!r} is disabled, and so would be the token.")
    beyond = wanted - Role(user.role).scopes
    if beyond:
        raise Forbidden(f"The role {user.role} of {user.name!r} does not go as far as {', '.join(sorted(beyond))}.")
    secret = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    connection.execute(
        insert(schema.tokens).values(
            user_id=user.user_id,
            name=what,
            sha256=_sha256(secret),
            scopes=tuple(sorted(wanted)),
            created_at=now,
            expires_at=now + dt.timedelta(days=days),
        )
    )
    return secret, _token(connection.execute(_with_role().where(schema.tokens.c.sha256 == _sha256(secret))).one())


def of_user(connection: Connection, user_id: int) -> tuple[Token, ...]:
    """Every token of this user, in the order of issue."""
    wanted = _with_role().where(schema.tokens.c.user_id == user_id).order_by(schema.tokens.c.token_id)
    return tuple(map(_token, connection.execute(wanted)))


def revoke(connection: Connection, token_id: int, now: dt.datetime) -> Token:
    """End a token; one that was revoked stays so.

    Raises
    ------
    NotFound
        If there is no such token.
    """
    tokens = schema.tokens
    connection.execute(
        update(tokens).where(tokens.c.token_id == token_id, tokens.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    row = connection.execute(_with_role().where(tokens.c.token_id == token_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no token {token_id}. `evidence user tokens NAME` shows those there are.")
    return _token(row)


def find(connection: Connection, secret: str, now: dt.datetime) -> Token | None:
    """The token of this secret; None where it is unknown, expired or revoked."""
    sha256 = _sha256(secret)
    row = connection.execute(_with_role().where(schema.tokens.c.sha256 == sha256)).one_or_none()
    if row is None or not hmac.compare_digest(row.sha256, sha256):
        return None
    return _token(row) if row.revoked_at is None and now < row.expires_at else None


def _with_role() -> Select[Any]:
    return select(schema.tokens, schema.users.c.role).join(schema.users)


def _scopes(scopes: Iterable[Scope | str]) -> frozenset[Scope]:
    named = [str(scope) for scope in scopes]
    unknown = [name for name in named if name not in list(Scope)]
    if unknown or not named:
        raise StoreError(
            f"A token is for one or more of {', '.join(Scope)}{f', not {unknown[0]!r}' if unknown else ''}."
        )
    return frozenset(map(Scope, named))


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _token(row: Row[Any]) -> Token:
    return Token(
        token_id=row.token_id,
        user_id=row.user_id,
        name=row.name,
        scopes=frozenset(map(Scope, row.scopes)) & Role(row.role).scopes,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
