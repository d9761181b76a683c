"""What no request gets past: the host it names, its size and pace, and what a browser may do with the answer.

Each answered request leaves a line in the log: when, from which address, what was asked for and what came of it. Never
in it are what follows "?", headers and what was sent, because names, words looked for and passwords stand there.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import Message, Receive, Scope, Send

from evidence.web.faults import ToldBugs
from evidence.web.middleware import AroundRequests

#: Bytes of an upload.
LARGEST_UPLOAD = 100 * 1024 * 1024
#: Bytes of any other request: a form or JSON.
LARGEST_FORM = 1024 * 1024
#: Where files are sent to.
UPLOAD_ADDRESSES = frozenset({"/jobs", "/api/v1/documents"})
#: Bytes of an edited workbook, which the process of the service reads itself; one of 20,000 rows has a tenth of it.
LARGEST_WORKBOOK = 10 * 1024 * 1024
_LARGEST = {**dict.fromkeys(UPLOAD_ADDRESSES, LARGEST_UPLOAD), "/export/workbook": LARGEST_WORKBOOK}
#: Seconds without a byte after which a request that is not whole yet is given up.
LONGEST_SILENCE = 30.0
#: Letters of an address in the log.
_LOGGED = 200
_LOG = logging.getLogger("evidence.web.requests")

#: Nothing comes from elsewhere, no script or style stands in a page, and no page stands in another's.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class ProtectiveHeaders(AroundRequests):
    """Adds the headers to every answer; a route may set a stricter policy of its own."""

    async def request(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")  # numbers change, and a shared computer remembers
            await send(message)

        await self._app(scope, receive, with_headers)


class RequestLog(AroundRequests):
    """Writes a line about every answer."""

    async def request(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        began = time.monotonic()
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            address = scope["client"][0] if scope.get("client") else "-"
            asked = quote(scope["path"])[:_LOGGED]
            took = 1000 * (time.monotonic() - began)
            _LOG.info("%s %s %s %s %.0f ms", address, scope["method"], asked, status or "left", took)


class LimitedBody(AroundRequests):
    """Refuses what is larger than is taken at its address, whether or not it says so, and what stops coming.

    The fault is raised where the body is read, so that it is told like every other; what nobody reads is never taken.
    """

    async def request(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        largest = _LARGEST.get(scope["path"], LARGEST_FORM)
        said = Headers(scope=scope).get("content-length", "")
        size = 0
        whole = False

        async def limited() -> Message:
            nonlocal size, whole
            if whole:  # what comes now is the end of the connection, which may take its time
                return await receive()
            if said.isdecimal() and int(said) > largest:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            try:
                message = await asyncio.wait_for(receive(), LONGEST_SILENCE)
            except TimeoutError as error:
                raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from error
            size += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if size > largest:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        await self._app(scope, limited, send)


def guards(hosts: Sequence[str]) -> list[Middleware]:
    """The guards in the order in which a request meets them.

    The host is checked because a page elsewhere can point a name of its own at this machine (DNS rebinding).
    """
    return [
        Middleware(ProtectiveHeaders),
        Middleware(RequestLog),
        Middleware(ToldBugs),
        Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
        Middleware(LimitedBody),
    ]
