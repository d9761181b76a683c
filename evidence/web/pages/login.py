"""Logging in and out, and the name of the one person at home."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from evidence.errors import LoginRefused, Throttled
from evidence.web.faults import headers_of, status_of
from evidence.web.rendering import page
from evidence.web.service import Serving
from evidence.web.visitors import (
    CSRF_FIELD,
    Form,
    Sent,
    Visiting,
    check_login_form,
    end_session,
    keep_session,
    new_session,
    session_of,
)

router = APIRouter(include_in_schema=False)


@router.get("/login")
def login_page(request: Request, service: Serving, next: str = "/") -> Response:  # noqa: A002
    """The form to log in; where there are no users, the form to say one's name."""
    session = session_of(request, service) or new_session()
    template = "login.html" if service.store.users.any() else "name.html"
    shown = page(request, template, {"csrf": session.csrf, "next": _within(next), "name": "", "fault": None})
    keep_session(shown, service, session)
    return shown


@router.post("/login")
def log_in(request: Request, service: Serving, form: Sent) -> Response:
    """Log in, and go on to the page that was asked for."""
    check_login_form(request, service, form.get(CSRF_FIELD))
    wanted, name = _within(form.get("next", "/")), form.get("name", "")
    address = request.client.host if request.client else ""
    try:
        user = service.store.users.verify(name, form.get("password", ""), address=address)
    except (LoginRefused, Throttled) as fault:
        values = {"csrf": form.get(CSRF_FIELD), "next": wanted, "name": name, "fault": str(fault)}
        return page(request, "login.html", values, status=status_of(fault), headers=headers_of(fault))
    answer = RedirectResponse(wanted, status_code=303)
    keep_session(answer, service, new_session(user))
    return answer


@router.post("/name")
def say_name(request: Request, service: Serving, form: Sent) -> Response:
    """Note under which name the one person at home decides."""
    check_login_form(request, service, form.get(CSRF_FIELD))
    wanted, name = _within(form.get("next", "/")), " ".join(form.get("name", "").split())
    if service.store.users.any():
        return RedirectResponse("/login", status_code=303)
    if not name:
        values = {"csrf": form.get(CSRF_FIELD), "next": wanted, "name": "", "fault": "Say the name that decisions get."}
        return page(request, "name.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    answer = RedirectResponse(wanted, status_code=303)
    keep_session(answer, service, new_session(name=name))
    return answer


@router.post("/logout")
def log_out(visitor: Visiting, form: Form) -> Response:  # noqa: ARG001
    """End the session of this browser."""
    answer = RedirectResponse("/login", status_code=303)
    end_session(answer)
    return answer


def _within(wanted: str) -> str:
    """A page of this service; what leads elsewhere ("//other.example", "/\\other.example") leads home."""
    return wanted if wanted.startswith("/") and wanted[1:2] not in ("/", "\\") and wanted.isprintable() else "/"
