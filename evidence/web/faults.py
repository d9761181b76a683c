"""Faults as a page or as JSON, each in one shape with one sentence; a bug tells its visitor nothing of the inside."""

import logging
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Message, Receive, Scope, Send

from evidence.errors import (
    Conflict,
    EvidenceError,
    FolderFull,
    Forbidden,
    LoginRefused,
    NotFound,
    QueueFull,
    StoreUnavailable,
    Throttled,
)
from evidence.model.tables import to_row
from evidence.web.middleware import AroundRequests
from evidence.web.rendering import page
from evidence.web.visitors import LoginNeeded, Visitor, recognised

_LOG = logging.getLogger("evidence.web")

#: When a queue that is full may have room again.
_QUEUE_SECONDS = 30
#: The first that fits; a fault of any other kind is something asked that does not fit: 422.
_STATUS: tuple[tuple[type[EvidenceError], HTTPStatus, str], ...] = (
    (LoginNeeded, HTTPStatus.UNAUTHORIZED, "login_needed"),
    (LoginRefused, HTTPStatus.UNAUTHORIZED, "login_refused"),
    (Throttled, HTTPStatus.TOO_MANY_REQUESTS, "throttled"),
    (Forbidden, HTTPStatus.FORBIDDEN, "forbidden"),
    (NotFound, HTTPStatus.NOT_FOUND, "not_found"),
    (Conflict, HTTPStatus.CONFLICT, "conflict"),
    (QueueFull, HTTPStatus.TOO_MANY_REQUESTS, "queue_full"),
    (FolderFull, HTTPStatus.INSUFFICIENT_STORAGE, "folder_full"),
    (StoreUnavailable, HTTPStatus.SERVICE_UNAVAILABLE, "store_unavailable"),
)


class FaultBody(BaseModel):
    """What was asked, what was found, what to do."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(description="A word for programs", examples=["not_found"])
    message: str = Field(description="One sentence for people")
    details: dict[str, Any] = Field(default_factory=dict, description="What else is known, by name")


class Fault(BaseModel):
    """The one shape of every fault of the API."""

    model_config = ConfigDict(extra="forbid")

    error: FaultBody


def tell_faults(app: FastAPI) -> None:
    """Let the application answer every fault in our shape."""
    app.add_exception_handler(EvidenceError, _of_ours)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_request)


class ToldBugs(AroundRequests):
    """Answers a bug, within what protects every answer, and notes where it is without the values it was met with."""

    async def request(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except ClientDisconnect:
            return  # nobody is there to be told
        except Exception as error:
            places = "".join(traceback.format_tb(error.__traceback__))
            _LOG.error("%s in %s %s\n%s", type(error).__name__, scope["method"], quote(scope["path"])[:200], places)
            if not begun:
                told = await run_in_threadpool(_of_a_bug, Request(scope, receive))
                await told(scope, receive, send)


def status_of(error: EvidenceError) -> HTTPStatus:
    """The status of an answer that tells this fault."""
    return _kind_of(error)[0]


def headers_of(error: EvidenceError) -> dict[str, str]:
    """When to try again, where it is of use to try again."""
    if isinstance(error, Throttled):
        return {"Retry-After": str(error.retry_after)}
    return {"Retry-After": str(_QUEUE_SECONDS)} if isinstance(error, QueueFull) else {}


def _kind_of(error: EvidenceError) -> tuple[HTTPStatus, str]:
    found = ((status, code) for kind, status, code in _STATUS if isinstance(error, kind))
    return next(found, (HTTPStatus.UNPROCESSABLE_ENTITY, "refused"))


def _of_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, EvidenceError)  # noqa: S101
    status, code = _kind_of(error)
    if isinstance(error, LoginNeeded) and not _wants_json(request):
        return _to_login(request)
    headers = headers_of(error)
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    details: dict[str, Any] = {}
    if isinstance(error, Conflict) and error.event is not None:
        details = {
            "current": None if error.current is None else to_row(error.current),
            "decided_by": error.event.reviewer,
            "action": error.event.action,
            "seen": error.event.event_id,
        }
    return _told(request, status, code, str(error), details, headers)


def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    status = HTTPStatus(error.status_code)
    words = {
        HTTPStatus.NOT_FOUND: "There is no such page.",
        HTTPStatus.METHOD_NOT_ALLOWED: f"{request.method} is not possible here.",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "What was sent is larger than is taken here.",
        HTTPStatus.REQUEST_TIMEOUT: "What was sent stopped coming before it was whole.",
    }
    message = words.get(status) or f"{error.detail}."
    return _told(request, status, status.name.lower(), message, {}, dict(error.headers or {}))


def _of_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    told = [f"{'.'.join(map(str, each['loc'][1:])) or 'the request'}: {each['msg']}" for each in error.errors()]
    message = f"What was asked does not fit: {'; '.join(told)}."
    return _told(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", message, {"problems": told}, {})


def _of_a_bug(request: Request) -> Response:
    message = "This is a fault of the program, not yours; nothing was changed. The log of the service says more."
    return _told(request, HTTPStatus.INTERNAL_SERVER_ERROR, "bug", message, {}, {})


def _told(
    request: Request,
    status: HTTPStatus,
    code: str,
    message: str,
    details: Mapping[str, Any],
    headers: Mapping[str, str],
) -> Response:
    if _wants_json(request):
        body = Fault(error=FaultBody(code=code, message=message, details=dict(details)))
        return JSONResponse(body.model_dump(), status_code=status, headers=dict(headers))
    in_part = "HX-Request" in request.headers
    values = {
        "message": message,
        "title": status.phrase,
        "visitor": None if in_part or status is HTTPStatus.SERVICE_UNAVAILABLE else _there(request),
    }
    return page(request, "fault_part.html" if in_part else "fault.html", values, status=status, headers=headers)


def _there(request: Request) -> Visitor | None:
    """Who asks, for the menu; nobody where that cannot be told, so that the first fault is told and no second."""
    try:
        return recognised(request)
    except Exception:
        return None


def _to_login(request: Request) -> Response:
    wanted = request.url.path if request.method == "GET" and "HX-Request" not in request.headers else "/"
    where = f"/login?next={quote(wanted)}"
    if "HX-Request" in request.headers:  # exchange the whole page, not the part that asked
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": where})
    return RedirectResponse(where, status_code=HTTPStatus.SEE_OTHER)


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/")
