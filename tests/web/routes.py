"""Every route of the service, with an address that exists, so that tests can ask all of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from evidence.web import api, pages


@dataclass(frozen=True)
class Asked:
    """One method of one route."""

    method: str
    path: str

    def at(self, values: Mapping[str, object]) -> str:
        """The address with these values in the place of its parameters."""
        return re.sub(r"{(\w+)(:\w+)?}", lambda found: str(values[found[1]]), self.path)


ROUTES = sorted(
    {
        Asked(method, route.path)
        for router in (*pages.ROUTERS, *api.ROUTERS)
        for route in router.routes
        for method in route.methods
    },
    key=lambda asked: (asked.path, asked.method),
)
READING = [asked for asked in ROUTES if asked.method in ("GET", "HEAD")]
CHANGING = [asked for asked in ROUTES if asked not in READING]
