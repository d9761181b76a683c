"""Pages from templates, with everything escaped."""

from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from evidence.model.users import Role
from evidence.web.visitors import Visitor
from evidence.web.wording import group_words

STATIC = Path(__file__).with_name("static")

#: The menu: address, words, and the role from which on it is shown.
_MENU = (
    ("/", "Documents", Role.VIEWER),
    ("/studies", "Studies", Role.VIEWER),
    ("/review", "Review", Role.REVIEWER),
    ("/flags", "Doubts", Role.VIEWER),
    ("/pooled", "Pooled results", Role.VIEWER),
    ("/dual", "Two reviewers", Role.REVIEWER),
    ("/jobs", "Uploads", Role.REVIEWER),
    ("/export", "Export", Role.VIEWER),
    ("/users", "Users", Role.ADMIN),
)


def page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page, or a part of one. `visitor` among the values shows who is there, and which parts of the menu."""
    visitor: Visitor | None = values.get("visitor")
    menu = [(address, words) for address, words, role in _MENU if visitor and visitor.may(role)]
    told = {"visitor": None, "menu": menu, "path": request.url.path, "version": version("evidence"), **values}
    return HTMLResponse(_TEMPLATES.get_template(template).render(told), status_code=status, headers=dict(headers or {}))


def _static(name: str) -> str:
    """Address of a file of the package; another one when its content is another, so that a browser may keep it."""
    return f"/static/{name}?{_digest(name)}"


def _digest(name: str) -> str:
    if name not in _DIGESTS:
        _DIGESTS[name] = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return _DIGESTS[name]


_DIGESTS: dict[str, str] = {}
_TEMPLATES = Environment(
    loader=PackageLoader("evidence.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals["static"] = _static
_TEMPLATES.filters["groups"] = group_words
