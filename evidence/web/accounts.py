"""Rules about users that pages and API share."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from evidence.errors import StoreError
from evidence.model.users import Role, User

if TYPE_CHECKING:
    from evidence.store import Store


def add_user(store: "Store", name: str, password: str, role: str, *, by: str) -> User:
    """Add a user; the first one has to be admin, as nobody could add others.

    Raises
    ------
    StoreError
        If the first is to be something else, or name, password or role may not be.
    Conflict
        If there is a user of this name.
    """
    if role != Role.ADMIN and not store.users.any():
        raise StoreError("The first user has to be admin; nobody could add others.")
    return store.users.add(name, password, role, by=by or None)


def twice(sent: Mapping[str, str]) -> str:
    """The new password of a form, which is typed twice.

    Raises
    ------
    StoreError
        If both are not the same.
    """
    if sent.get("password", "") != sent.get("again", ""):
        raise StoreError("The two passwords are not the same; type both again.")
    return sent.get("password", "")
