"""How often logging in may fail: per name and per address, counted in the database, so by all processes together.

An attempt counts as failed from its beginning until it has succeeded. So many attempts at once are no more than as many
one after the other. Of a name only a hash is kept: people type their password into the wrong field.
"""

import datetime as dt
import hashlib
import ipaddress
import math

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from evidence.errors import Throttled
from evidence.store import schema

WINDOW = dt.timedelta(minutes=15)
FAILURES_OF_NAME = 5
FAILURES_OF_ADDRESS = 20
_LONGEST_ADDRESS = 64


def begin(connection: Connection, key: str, address: str, now: dt.datetime) -> None:
    """Count an attempt for the name of this key from this address, and forget those of earlier windows.

    Raises
    ------
    Throttled
        If too many have failed within the window.
    """
    failures = schema.login_failures
    connection.execute(delete(failures).where(failures.c.at <= now - WINDOW))
    name, place = _hash(key), _place(address)
    wait = max(
        _wait(connection, failures.c.name_key == name, FAILURES_OF_NAME, now),
        _wait(connection, failures.c.address == place, FAILURES_OF_ADDRESS, now),
    )
    if wait:
        raise Throttled(retry_after=wait)
    connection.execute(insert(failures).values(name_key=name, address=place, at=now))


def forget(connection: Connection, key: str) -> None:
    """Count nothing any more against the name of this key."""
    failures = schema.login_failures
    connection.execute(delete(failures).where(failures.c.name_key == _hash(key)))


def _wait(connection: Connection, about: ColumnElement[bool], limit: int, now: dt.datetime) -> int:
    """Seconds until there are fewer failures than the limit; 0 where there are."""
    at = schema.login_failures.c.at
    last = connection.scalar(select(at).where(about).order_by(at.desc()).offset(limit - 1).limit(1))
    return 0 if last is None else max(1, math.ceil((last + WINDOW - now).total_seconds()))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def _place(address: str) -> str:
    """The address to count for: of IPv6 the network of 64 bits, all of which one customer is usually given."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return _hash(address)[:_LONGEST_ADDRESS]
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False))
