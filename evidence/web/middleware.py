"""What stands around the application: it takes part in requests, and passes everything else on."""

from abc import ABC, abstractmethod

from starlette.types import ASGIApp, Receive, Scope, Send


class AroundRequests(ABC):
    """Middleware for HTTP requests alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take part in a request; pass what is none on as it is."""
        await (self.request if scope["type"] == "http" else self._app)(scope, receive, send)

    @abstractmethod
    async def request(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
