"""One's own account: the password, the tokens of programs that act in one's name, and the end of all sessions."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from evidence.errors import EvidenceError, Forbidden, LoginRefused, NotFound, StoreError, Throttled
from evidence.model.users import Scope, User
from evidence.web.accounts import twice
from evidence.web.faults import status_of
from evidence.web.rendering import page
from evidence.web.service import Service, Serving
from evidence.web.visitors import Form, Viewer, Visitor, end_session, keep_session, new_session, texts

router = APIRouter(include_in_schema=False)

#: What a token with each scope lets a program do.
_MAY = {
    Scope.READ: "see everything",
    Scope.DECIDE: "decide about numbers",
    Scope.INGEST: "add documents",
    Scope.ADMIN: "manage users",
}
_DONE = {
    "password": "Your password is changed, and every other browser is logged out.",
    "revoked": "The token is revoked: no program gets in with it.",
}


@router.get("/account")
def show(request: Request, service: Serving, visitor: Viewer, done: str | None = None) -> Response:
    """The account of who asks."""
    return _page(request, service, visitor, told=_DONE.get(done or ""))


@router.post("/account/password")
def password(request: Request, service: Serving, visitor: Viewer, form: Form) -> Response:
    """Change one's password, which takes the current one; all other sessions end."""
    user, sent = _own(visitor), texts(form)
    address = request.client.host if request.client else ""
    try:
        wanted = twice(sent)
        service.store.users.verify(user.name, sent.get("current", ""), address=address)
        changed = service.store.users.set_password(user.user_id, wanted)
    except LoginRefused as fault:
        return _page(request, service, visitor, fault=fault, words="The current password is not right.")
    except (StoreError, Throttled) as fault:
        return _page(request, service, visitor, fault=fault)
    answer = RedirectResponse("/account?done=password", status_code=HTTPStatus.SEE_OTHER)
    keep_session(answer, service, new_session(changed))
    return answer


@router.post("/account/tokens")
def issue(request: Request, service: Serving, visitor: Viewer, form: Form) -> Response:
    """Make a token; its secret is on this answer and nowhere else."""
    user, sent = _own(visitor), texts(form)
    scopes = [scope.value for scope in Scope if f"scope_{scope.value}" in sent]
    days = sent.get("days", "")
    try:
        if not days.isdecimal() or len(days) > len("365"):
            raise StoreError("Say for how many days the token is valid, 1 to 365.")
        secret, token = service.store.users.issue_token(user.user_id, sent.get("name", ""), scopes, int(days))
    except (StoreError, Forbidden) as fault:
        return _page(request, service, visitor, fault=fault)
    return _page(request, service, visitor, secret=secret, made=token)


@router.post("/account/tokens/{token_id}/revoke")
def revoke(service: Serving, visitor: Viewer, form: Form, token_id: Annotated[int, Path(ge=1, lt=2**31)]) -> Response:  # noqa: ARG001
    """End one of one's own tokens."""
    if token_id not in {token.token_id for token in service.store.users.tokens(_own(visitor).user_id)}:
        raise NotFound(f"You have no token {token_id}.")
    service.store.users.revoke_token(token_id)
    return RedirectResponse("/account?done=revoked", status_code=HTTPStatus.SEE_OTHER)


@router.post("/account/sessions")
def sessions(service: Serving, visitor: Viewer, form: Form) -> Response:  # noqa: ARG001
    """Log out in every browser, this one too."""
    service.store.users.end_sessions(_own(visitor).user_id)
    answer = RedirectResponse("/login", status_code=HTTPStatus.SEE_OTHER)
    end_session(answer)
    return answer


def _own(visitor: Visitor) -> User:
    if visitor.user is None:
        raise Forbidden("This service has no users yet, so there is no account to change; add the first on /users.")
    return visitor.user


def _page(
    request: Request,
    service: Service,
    visitor: Visitor,
    *,
    fault: EvidenceError | None = None,
    words: str | None = None,
    **more: Any,
) -> Response:
    values = {
        "visitor": visitor,
        "tokens": () if visitor.user is None else service.store.users.tokens(visitor.user.user_id),
        "scopes": [(scope, words) for scope, words in _MAY.items() if scope in visitor.role.scopes],
        "fault": words or (str(fault) if fault else None),
        "told": None,
        "secret": None,
        "made": None,
        **more,
    }
    status = HTTPStatus.OK if fault is None else status_of(fault)
    # The wrong current password is no end of the session.
    return page(
        request,
        "account.html",
        values,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if status is HTTPStatus.UNAUTHORIZED else status,
    )
