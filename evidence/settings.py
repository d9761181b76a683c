"""Where the store is. What a person says on the command line wins over the environment, that over the default."""

import os
from collections.abc import Mapping

#: Environment variable that names the store where no --store is given.
STORE_VARIABLE = "EVIDENCE_STORE"
#: A database file in the current folder.
DEFAULT_STORE = "sqlite:///evidence.db"


def store_url(given: str | None = None, environment: Mapping[str, str] = os.environ) -> str:
    """SQLAlchemy URL of the store to use; an empty text counts as not given."""
    return given or environment.get(STORE_VARIABLE) or DEFAULT_STORE
