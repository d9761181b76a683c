"""Who may use the service; an admin adds people, changes what they may do, and lets them in or not."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from evidence.errors import StoreError
from evidence.model.users import Role, User
from evidence.web.accounts import add_user, twice
from evidence.web.faults import status_of
from evidence.web.rendering import page
from evidence.web.service import Service, Serving
from evidence.web.visitors import Admin, Form, Visitor, ask_name, texts

router = APIRouter(include_in_schema=False)

#: What was done to a user, as it is told.
_DONE = {
    "add": "is added",
    "role": "has another role",
    "disable": "is disabled: neither login nor tokens",
    "enable": "may log in again",
    "password": "has another password, and is logged out everywhere",
    "sessions": "is logged out everywhere",
}
#: What each role may, in the order of the roles.
_MAY = {
    Role.VIEWER: "sees everything",
    Role.REVIEWER: "also decides about numbers and adds documents",
    Role.ADJUDICATOR: "also gives documents to two reviewers and settles what they read differently",
    Role.ADMIN: "also adds and changes users",
}
UserNumber = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/users")
def show(
    request: Request,
    service: Serving,
    visitor: Admin,
    done: str | None = None,
    of: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
) -> Response:
    """Everybody who may use the service; where nobody is known, the form that adds the first."""
    if asked := ask_name(request, service, visitor):
        return asked
    return _page(request, service, visitor, told=(_DONE.get(done or ""), of))


@router.post("/users")
def add(request: Request, service: Serving, visitor: Admin, form: Form) -> Response:
    """Add a user; the first one has to log in then, as everybody has from then on."""
    sent = texts(form)
    first = not service.store.users.any()
    try:
        role = Role.ADMIN.value if first else sent.get("role", "")
        user = add_user(service.store, sent.get("name", ""), twice(sent), role, by=visitor.name)
    except StoreError as fault:
        return _page(request, service, visitor, fault=fault, name=sent.get("name", ""), role=sent.get("role", ""))
    return RedirectResponse("/login?next=/users" if first else _told("add", user), status_code=HTTPStatus.SEE_OTHER)


@router.post("/users/{user_id}/role")
def role(request: Request, service: Serving, visitor: Admin, form: Form, user_id: UserNumber) -> Response:
    """Give another role."""
    wanted = texts(form).get("role", "")
    return _changed(request, service, visitor, "role", lambda: service.store.users.set_role(user_id, wanted))


@router.post("/users/{user_id}/disable")
def disable(request: Request, service: Serving, visitor: Admin, form: Form, user_id: UserNumber) -> Response:  # noqa: ARG001
    """Let somebody in no more."""
    return _changed(request, service, visitor, "disable", lambda: service.store.users.disable(user_id))


@router.post("/users/{user_id}/enable")
def enable(request: Request, service: Serving, visitor: Admin, form: Form, user_id: UserNumber) -> Response:  # noqa: ARG001
    """Let somebody in again."""
    return _changed(request, service, visitor, "enable", lambda: service.store.users.enable(user_id))


@router.post("/users/{user_id}/password")
def password(request: Request, service: Serving, visitor: Admin, form: Form, user_id: UserNumber) -> Response:
    """Give somebody another password."""
    sent = texts(form)
    return _changed(
        request, service, visitor, "password", lambda: service.store.users.set_password(user_id, twice(sent))
    )


@router.post("/users/{user_id}/sessions")
def sessions(request: Request, service: Serving, visitor: Admin, form: Form, user_id: UserNumber) -> Response:  # noqa: ARG001
    """Log somebody out everywhere."""
    return _changed(request, service, visitor, "sessions", lambda: service.store.users.end_sessions(user_id))


def _changed(request: Request, service: Service, visitor: Visitor, done: str, change: Callable[[], User]) -> Response:
    try:
        user = change()
    except StoreError as fault:
        return _page(request, service, visitor, fault=fault)
    return RedirectResponse(_told(done, user), status_code=HTTPStatus.SEE_OTHER)


def _told(done: str, user: User) -> str:
    return f"/users?done={done}&of={user.user_id}"


def _page(
    request: Request,
    service: Service,
    visitor: Visitor,
    *,
    fault: StoreError | None = None,
    told: tuple[str | None, int | None] = (None, None),
    name: str = "",
    role: str = "",
) -> Response:
    users = service.store.users.list()
    words, number = told
    named = next((user.name for user in users if user.user_id == number), None)
    values = {
        "visitor": visitor,
        "users": users,
        "roles": list(Role),
        "may": _MAY,
        "fault": str(fault) if fault else None,
        "told": f"{named} {words}." if named and words else None,
        "name": name,
        "role": role or Role.REVIEWER.value,
    }
    return page(request, "users.html", values, status=status_of(fault) if fault else HTTPStatus.OK)
