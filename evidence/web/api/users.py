"""Users of the service, for admins."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, status
from pydantic import Field

from evidence.errors import NotFound
from evidence.model.users import Role, User
from evidence.web.accounts import add_user
from evidence.web.api.shapes import Name, Said, Shape
from evidence.web.service import Serving
from evidence.web.visitors import Admin

router = APIRouter(prefix="/api/v1", tags=["users"])

UserNumber = Annotated[int, Path(ge=1, lt=2**31)]


class UserShape(Shape):
    """A person who may use the service."""

    user_id: int
    name: str
    role: Role
    created_at: dt.datetime
    created_by: str | None = Field(description="null where added at the command line")
    disabled_at: dt.datetime | None = Field(description="Neither login nor tokens since then")


class UserList(Shape):
    """Every user, in the order of adding."""

    items: list[UserShape]


class Added(Shape):
    """A user to add; the first has to be admin."""

    name: Name
    password: Said = Field(description="12 characters or more")
    role: Role


class Changed(Shape):
    """What to change of a user; what is left out stays."""

    role: Role | None = None
    password: Said | None = Field(default=None, description="Ends all sessions of the user")
    disabled: bool | None = None
    logged_out: bool = Field(default=False, description="End all sessions of the user")


@router.get("/users")
def users(service: Serving, visitor: Admin) -> UserList:  # noqa: ARG001
    """Every user."""
    return UserList(items=[_shape(user) for user in service.store.users.list()])


@router.post("/users", status_code=status.HTTP_201_CREATED)
def add(service: Serving, visitor: Admin, added: Added) -> UserShape:
    """Add a user."""
    return _shape(add_user(service.store, added.name, added.password, added.role, by=visitor.name))


@router.patch("/users/{user_id}")
def change(service: Serving, visitor: Admin, user_id: UserNumber, changed: Changed) -> UserShape:  # noqa: ARG001
    """Change a user: one thing after the other, until one is refused."""
    known = service.store.users
    user = known.get(user_id)
    if user is None:
        raise NotFound(f"There is no user {user_id}.")
    if changed.password is not None:
        user = known.set_password(user_id, changed.password)
    if changed.role is not None:
        user = known.set_role(user_id, changed.role)
    if changed.disabled is not None:
        user = known.disable(user_id) if changed.disabled else known.enable(user_id)
    if changed.logged_out:
        user = known.end_sessions(user_id)
    return _shape(user)


def _shape(user: User) -> UserShape:
    return UserShape(**{name: getattr(user, name) for name in UserShape.model_fields})
