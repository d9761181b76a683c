"""What no request gets past: its size, the host it names, and what a browser may do with the answer."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Bytes of an upload.
LARGEST_UPLOAD = 100 * 1024 * 1024
#: Bytes of any other request: a form or JSON.
LARGEST_FORM = 1024 * 1024

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


class ProtectiveHeaders:
    """Adds the headers to every answer; a route may set a stricter policy of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")  # numbers change, and a shared computer remembers
            await send(message)

        await self._app(scope, receive, with_headers)


def guards(hosts: Sequence[str]) -> list[Middleware]:
    """The guards in the order in which a request meets them.

    The host is checked because a page elsewhere can point a name of its own at this machine (DNS rebinding).
    """
    return [
        Middleware(ProtectiveHeaders),
        Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
    ]
