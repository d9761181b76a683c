"""The application: guards, faults, pages, API and the files of the package."""

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from evidence.web import api, pages
from evidence.web.faults import Fault, tell_faults
from evidence.web.guards import guards
from evidence.web.rendering import STATIC
from evidence.web.service import Service
from evidence.web.visitors import Viewer

_ABOUT = """\
The evidence table and what follows from it, as JSON. Rows have the columns of the exported tables; printed numbers are
texts, because 0.60 is not 0.6. Every fault has the shape `{"error": {"code", "message", "details"}}`.

Send a token as `Authorization: Bearer …`. A person who is logged in may use the API with the cookie of the session, and
sends the session's token in the header `X-CSRF-Token` with what changes something.
"""


def create_app(service: Service) -> FastAPI:
    """The web application of one service; the caller closes the store when it has ended."""
    app = FastAPI(
        title="evidence",
        version=version("evidence"),
        description=_ABOUT,
        openapi_url=None,  # `describe` answers it, to those who may see anything
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        middleware=guards(service.hosts),
    )
    app.state.service = service
    tell_faults(app)
    for router in pages.ROUTERS:
        app.include_router(router)
    for router in api.ROUTERS:
        app.include_router(router, responses={"4XX": {"model": Fault, "description": "What was asked is not possible"}})

    @app.get("/api/v1/openapi.json", include_in_schema=False)
    def describe(visitor: Viewer) -> dict[str, Any]:  # noqa: ARG001
        return app.openapi()

    app.mount("/static", _Packaged(directory=STATIC), name="static")
    return app


class _Packaged(StaticFiles):
    """Files of the package, which a browser may keep: their addresses change with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
