"""Users of the service, their tokens, and the secrets it signs with.

Passwords are kept as hashes, of tokens only the SHA-256. Whoever cannot log in is told the same, after the same time,
whether the name is unknown, the password wrong or the user disabled.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, select, update

from evidence.errors import Conflict, LoginRefused, NotFound, StoreError
from evidence.model.users import Role, Scope, Token, User, name_key
from evidence.store import credentials, schema, throttle, tokens
from evidence.store.database import Database

_RANDOM_BYTES = 32
#: Of what is typed as a name; more than a name may have, as a letter and its accents may come apart.
_LONGEST_TYPED = 4 * credentials.LONGEST_NAME


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Users:
    """Users of one store. One object may be used by several threads."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime] = _utc_now) -> None:
        self._database = database
        self._clock = clock

    # Users

    def any(self) -> bool:
        """Whether there is a user, be it a disabled one."""
        with self._database.reading() as connection:
            return bool(connection.scalar(select(exists().select_from(schema.users))))

    def list(self) -> tuple[User, ...]:
        """Every user, in the order of adding."""
        with self._database.reading() as connection:
            return tuple(map(_user, connection.execute(select(schema.users).order_by(schema.users.c.user_id))))

    def get(self, user_id: int) -> User | None:
        """The user of this id."""
        with self._database.reading() as connection:
            row = _row(connection, user_id)
            return None if row is None else _user(row)

    def named(self, name: str) -> User:
        """The user of this name, in whatever case.

        Raises
        ------
        NotFound
            If there is none.
        """
        with self._database.reading() as connection:
            row = _row_named(connection, name_key(name))
        if row is None:
            raise NotFound(f"There is no user {name!r}. `evidence user list` shows who there is.")
        return _user(row)

    def add(self, name: str, password: str, role: Role | str, *, by: str | None = None) -> User:
        """Add a user; `by` names who does it, and nobody where it is done at the command line.

        Raises
        ------
        StoreError
            If the name or the password may not be, or there is no such role.
        Conflict
            If there is a user of this name.
        """
        kept = credentials.proper_name(name)
        key = name_key(kept)
        values = {
            "name": kept,
            "name_key": key,
            "role": _role(role).value,
            "password_hash": credentials.hashed(password, kept),
            "sessions_from": 1,
            "created_at": self._clock(),
            "created_by": by,
        }
        with self._database.writing() as connection:
            standing = _row_named(connection, key)
            if standing is not None:
                raise Conflict(f"There is a user {standing.name!r} already; take another name.")
            connection.execute(insert(schema.users).values(values))
            return _user(_row_named(connection, key))

    def set_password(self, user_id: int, password: str) -> User:
        """Give a user another password; sessions end, and failed attempts to log in are forgotten.

        Raises
        ------
        NotFound
            If there is no such user.
        StoreError
            If the password may not be.
        """
        with self._database.reading() as connection:
            name = _standing(connection, user_id).name
        hashed = credentials.hashed(password, name)
        with self._database.writing() as connection:
            throttle.forget(connection, _standing(connection, user_id).name_key)
            return _changed(connection, user_id, password_hash=hashed, sessions_from=_next_sessions())

    def set_role(self, user_id: int, role: Role | str) -> User:
        """Give a user another role.

        Raises
        ------
        NotFound
            If there is no such user.
        StoreError
            If there is no such role, or nobody would be admin any more.
        """
        wanted = _role(role)
        with self._database.writing() as connection:
            if wanted is not Role.ADMIN:
                _keep_an_admin(connection, _standing(connection, user_id))
            return _changed(connection, user_id, role=wanted.value)

    def disable(self, user_id: int) -> User:
        """Let a user neither log in nor use tokens; sessions end.

        Raises
        ------
        NotFound
            If there is no such user.
        StoreError
            If nobody would be admin any more.
        """
        with self._database.writing() as connection:
            row = _standing(connection, user_id)
            if row.disabled_at is not None:
                return _user(row)
            _keep_an_admin(connection, row)
            return _changed(connection, user_id, disabled_at=self._clock(), sessions_from=_next_sessions())

    def enable(self, user_id: int) -> User:
        """Let a user in again, with the tokens that are still valid; failed attempts to log in are forgotten.

        Raises
        ------
        NotFound
            If there is no such user.
        """
        with self._database.writing() as connection:
            throttle.forget(connection, _standing(connection, user_id).name_key)
            return _changed(connection, user_id, disabled_at=None)

    def end_sessions(self, user_id: int) -> User:
        """Log a user out everywhere.

        Raises
        ------
        NotFound
            If there is no such user.
        """
        with self._database.writing() as connection:
            return _changed(connection, user_id, sessions_from=_next_sessions())

    def verify(self, name: str, password: str, *, address: str) -> User:
        """The user of this name and password, asked from this address.

        Raises
        ------
        LoginRefused
            If there is no such user, the password is another, or the user is disabled.
        Throttled
            If too many attempts for this name or from this address failed of late; even a right password is not
            looked at.
        """
        key = name_key(name[:_LONGEST_TYPED])
        with self._database.writing() as connection:
            throttle.begin(connection, key, address, self._clock())
            row = _row_named(connection, key)
        # Outside the transaction: hashing is slow by design, and nobody else could write meanwhile.
        right = credentials.matches(None if row is None else row.password_hash, password)
        if row is None or not right or row.disabled_at is not None:
            raise LoginRefused
        renewed = {}
        if credentials.outdated(row.password_hash):
            renewed["password_hash"] = credentials.hashed(password, row.name)
        with self._database.writing() as connection:
            now = _standing(connection, row.user_id)
            if now.password_hash != row.password_hash or now.disabled_at is not None:
                raise LoginRefused
            throttle.forget(connection, key)
            return _changed(connection, row.user_id, **renewed) if renewed else _user(now)

    # Tokens

    def issue_token(self, user_id: int, name: str, scopes: Iterable[Scope | str], days: int) -> tuple[str, Token]:
        """A new token of this user: its secret, which nothing can show again, and what is kept of it.

        Raises
        ------
        NotFound
            If there is no such user.
        StoreError
            If the user is disabled, no scope is named or one that is none, or the days are not 1 to 365.
        Forbidden
            If a scope is beyond the user's role.
        """
        with self._database.writing() as connection:
            return tokens.issue(connection, _standing(connection, user_id), name, scopes, days, self._clock())

    def tokens(self, user_id: int) -> tuple[Token, ...]:
        """Every token of this user, also those expired or revoked, in the order of issue; with what each may do now."""
        with self._database.reading() as connection:
            return tokens.of_user(connection, user_id)

    def revoke_token(self, token_id: int) -> Token:
        """End a token; one that was revoked stays so.

        Raises
        ------
        NotFound
            If there is no such token.
        """
        with self._database.writing() as connection:
            return tokens.revoke(connection, token_id, self._clock())

    def by_token(self, secret: str) -> tuple[User, Token] | None:
        """The user and the token of this secret; None where it is unknown, expired or revoked, or the user disabled.

        The token's scopes are those the user's role still allows.
        """
        with self._database.reading() as connection:
            token = tokens.find(connection, secret, self._clock())
            user = None if token is None else _user(_standing(connection, token.user_id))
        return None if token is None or user is None or user.disabled else (user, token)

    # Secrets

    def secret(self, name: str) -> bytes:
        """32 random bytes for this purpose, the same for every process; made at the first asking."""
        wanted = select(schema.secrets.c.value).where(schema.secrets.c.name == name)
        with self._database.reading() as connection:
            value = connection.scalar(wanted)
        if value is None:
            with self._database.writing() as connection:
                value = connection.scalar(wanted)  # another process may have been first
                if value is None:
                    value = secrets.token_hex(_RANDOM_BYTES)
                    connection.execute(insert(schema.secrets).values(name=name, value=value))
        return bytes.fromhex(value)


def _row(connection: Connection, user_id: int) -> Row[Any] | None:
    return connection.execute(select(schema.users).where(schema.users.c.user_id == user_id)).one_or_none()


def _row_named(connection: Connection, key: str) -> Row[Any] | None:
    if not key.isprintable():  # no user has such a name, and no database takes every such text
        return None
    return connection.execute(select(schema.users).where(schema.users.c.name_key == key)).one_or_none()


def _standing(connection: Connection, user_id: int) -> Row[Any]:
    row = _row(connection, user_id)
    if row is None:
        raise NotFound(f"There is no user {user_id}. `evidence user list` shows who there is.")
    return row


def _changed(connection: Connection, user_id: int, **values: Any) -> User:
    """The user with these columns changed."""
    connection.execute(update(schema.users).where(schema.users.c.user_id == user_id).values(values))
    return _user(_standing(connection, user_id))


def _next_sessions() -> Any:
    return schema.users.c.sessions_from + 1


def _keep_an_admin(connection: Connection, row: Row[Any]) -> None:
    """Refuse to lose the last one who may add and enable others."""
    users = schema.users
    if row.role != Role.ADMIN or row.disabled_at is not None:
        return
    admins = select(func.count()).where(users.c.role == Role.ADMIN.value, users.c.disabled_at.is_(None))
    if connection.scalar(admins) == 1:
        raise StoreError(f"{row.name!r} is the only admin; make another user admin first.")


def _role(role: Role | str) -> Role:
    try:
        return Role(role)
    except ValueError as error:
        raise StoreError(f"{str(role)!r} is no role; there are {', '.join(Role)}.") from error


def _user(row: Any) -> User:
    return User(
        user_id=row.user_id,
        name=row.name,
        role=Role(row.role),
        sessions_from=row.sessions_from,
        created_at=row.created_at,
        created_by=row.created_by,
        disabled_at=row.disabled_at,
    )
