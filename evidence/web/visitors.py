"""Who asks, and what they may do: a person with a session cookie, a program with a token, or the one person at home.

While a store has no users, the service answers this computer alone (`evidence serve` sees to it), and whoever asks may
do everything under a name they give. From the first user on, everybody logs in.

A session is a signed cookie. What changes something needs the token of the session as well, in a field of the form or
in a header, so that a page elsewhere cannot act in a person's name (CSRF); a program with a token of its own has no
cookie that could be misused.
"""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from evidence.errors import Forbidden
from evidence.model.users import Role, Scope, User

if TYPE_CHECKING:
    from evidence.store import Store

COOKIE = "evidence_session"
#: Field of a form and header of a request that hold the token of the session.
CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"
#: A working day; after it a person logs in again.
SESSION_SECONDS = 12 * 60 * 60
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Fields and files of one form; a review form has some twenty.
MOST_FIELDS = 200

#: For the OpenAPI description alone: `visitor_of` reads both.
_BEARER = HTTPBearer(auto_error=False, description="A token made by `evidence user token` or on the account page.")
_SESSION = APIKeyCookie(name=COOKIE, auto_error=False, description="The session of a person who logged in.")


class LoginNeeded(Forbidden):
    """Nobody is known by this request; a page leads to the login, the API says 401."""


class Asked(Protocol):
    """What of the service (`service.Service`) tells who asks."""

    @property
    def store(self) -> "Store":
        """Has the users."""

    @property
    def local_name(self) -> str | None:
        """Who decides while there are no users."""

    @property
    def secure(self) -> bool:
        """Whether cookies travel by HTTPS alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who asks."""

    name: str  # under which decisions are recorded; empty for one who has not said it yet
    role: Role
    user: User | None  # None for the one person at home
    scopes: frozenset[Scope] | None  # of a token; None for a person
    csrf: str  # token of the session; empty with a token of a program
    via: Literal["session", "token", "home"]

    def may(self, role: Role) -> bool:
        """Whether the visitor has this role or a higher one."""
        return self.role >= role

    def named(self) -> str:
        """The name under which a decision is recorded.

        Raises
        ------
        Forbidden
            If the person at home has not said one.
        """
        if not self.name:
            raise Forbidden("A decision needs the name of the person who makes it; say yours on /login first.")
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the cookie holds."""

    csrf: str
    user_id: int | None = None
    since: int | None = None  # `sessions_from` of the user when they logged in
    name: str | None = None  # of the one person at home


def session_of(request: Request, service: Asked) -> Session | None:
    """The session of the request's cookie; None without one, or where it was altered or is too old."""
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    try:
        return Session(**_signer(service).loads(cookie, max_age=SESSION_SECONDS))
    except (BadData, TypeError):
        return None


def new_session(user: User | None = None, *, name: str | None = None) -> Session:
    """A session with a token of its own, so that none made before a login is good after it."""
    return Session(
        csrf=secrets.token_urlsafe(24),
        user_id=user.user_id if user else None,
        since=user.sessions_from if user else None,
        name=name,
    )


def keep_session(response: Response, service: Asked, session: Session) -> None:
    """Send the session back as a cookie that no script can read."""
    told = {"csrf": session.csrf, "user_id": session.user_id, "since": session.since, "name": session.name}
    response.set_cookie(
        COOKIE,
        _signer(service).dumps(told),
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="lax",
        secure=service.secure,
    )


def end_session(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")


def ask_name(request: Request, service: Asked, visitor: Visitor) -> Response | None:
    """The one person at home, before anything can be recorded under a name: asked for it, where it was not told."""
    if visitor.via != "home" or visitor.csrf:
        return None
    if not visitor.name:
        return RedirectResponse(f"/login?next={quote(request.url.path)}", status_code=HTTPStatus.SEE_OTHER)
    again = RedirectResponse(str(request.url.replace(scheme="", netloc="")), status_code=HTTPStatus.SEE_OTHER)
    keep_session(again, service, new_session(name=visitor.name))
    return again


def recognised(
    request: Request,
    _bearer: Annotated[Any, Depends(_BEARER)] = None,
    _session: Annotated[Any, Depends(_SESSION)] = None,
) -> Visitor | None:
    """Who asks; None where the store has users and the request is of none of them.

    Raises
    ------
    LoginNeeded
        If it comes with a token that lets nobody in.
    """
    service: Asked = request.app.state.service
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.casefold() == "bearer":
        found = service.store.users.by_token(secret.strip())
        if found is None:
            raise LoginNeeded("This token is not known, has expired or was revoked; make a new one.")
        user, token = found
        scopes = frozenset(token.scopes)
        return Visitor(name=user.name, role=user.role, user=user, scopes=scopes, csrf="", via="token")
    session = session_of(request, service)
    if not service.store.users.any():
        name = (session.name if session else None) or service.local_name or ""
        csrf = session.csrf if session else ""
        return Visitor(name=name, role=Role.ADMIN, user=None, scopes=None, csrf=csrf, via="home")
    known = service.store.users.get(session.user_id) if session and session.user_id is not None else None
    if session is None or known is None or known.disabled_at or known.sessions_from != session.since:
        return None
    return Visitor(name=known.name, role=known.role, user=known, scopes=None, csrf=session.csrf, via="session")


Recognised = Annotated[Visitor | None, Depends(recognised)]


def visitor_of(visitor: Recognised) -> Visitor:
    """Who asks.

    Raises
    ------
    LoginNeeded
        If nobody is recognised.
    """
    if visitor is None:
        raise LoginNeeded("Log in to see this page.")
    return visitor


Visiting = Annotated[Visitor, Depends(visitor_of)]


def needs(role: Role, scope: Scope) -> Callable[[Request, Visitor], Visitor]:
    """A dependency: who asks has this role, and with a token this scope.

    Raises, when called, `Forbidden`, or `LoginNeeded` where nobody is known.
    """

    def allowed(request: Request, visitor: Visiting) -> Visitor:
        if not visitor.may(role):
            raise Forbidden(f"This needs the role {role.value}; {visitor.name} is {visitor.role.value}.")
        if visitor.scopes is not None and scope not in visitor.scopes:
            raise Forbidden(f"This needs a token with the scope {scope.value}.")
        if request.method not in _SAFE and visitor.via != "token" and request.url.path.startswith("/api/"):
            _same_origin(request)
            _check(request.headers.get(CSRF_HEADER), visitor.csrf)
        return visitor

    return allowed


#: May look.
Viewer = Annotated[Visitor, Depends(needs(Role.VIEWER, Scope.READ))]
#: May decide about numbers.
Reviewer = Annotated[Visitor, Depends(needs(Role.REVIEWER, Scope.DECIDE))]
#: May upload documents.
Ingester = Annotated[Visitor, Depends(needs(Role.REVIEWER, Scope.INGEST))]
#: May settle what two reviewers read differently.
Adjudicator = Annotated[Visitor, Depends(needs(Role.ADJUDICATOR, Scope.DECIDE))]
#: May manage users.
Admin = Annotated[Visitor, Depends(needs(Role.ADMIN, Scope.ADMIN))]


async def checked_form(request: Request, visitor: Visiting) -> AsyncIterator[FormData]:
    """The form of a page, whose token is that of the session; its files are gone when the request has been answered.

    Raises
    ------
    Forbidden
        If it is not.
    """
    _same_origin(request)
    async with request.form(max_files=MOST_FIELDS, max_fields=MOST_FIELDS) as form:
        sent = form.get(CSRF_FIELD)
        _check(request.headers.get(CSRF_HEADER) or (sent if isinstance(sent, str) else None), visitor.csrf)
        yield form


Form = Annotated[FormData, Depends(checked_form)]


async def sent_fields(request: Request) -> Mapping[str, str]:
    """The fields of a form that anybody may send: nothing about it was checked."""
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


Sent = Annotated[Mapping[str, str], Depends(sent_fields)]


def texts(form: FormData) -> Mapping[str, str]:
    """The fields of a form that are texts, without the token; of a field sent twice the last."""
    return {
        name: value for name, value in form.multi_items() if not isinstance(value, UploadFile) and name != CSRF_FIELD
    }


def check_login_form(request: Request, service: Asked, sent: str | None) -> None:
    """The token of a form that is sent before anybody is known: that of the session begun by the login page."""
    session = session_of(request, service)
    _same_origin(request)
    _check(sent, session.csrf if session else "")


def _check(sent: str | None, csrf: str) -> None:
    if not csrf or not sent or not secrets.compare_digest(sent.encode(), csrf.encode()):
        raise Forbidden(
            "This form is not of your session, which may have ended. Nothing was changed; load the page again."
        )


def _same_origin(request: Request) -> None:
    """A browser says from which page a request comes."""
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("Host", ""):
        raise Forbidden(f"This request comes from a page of {origin}, which may not act here. Nothing was changed.")


def _signer(service: Asked) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(service.store.users.secret("session"), salt="evidence session")
