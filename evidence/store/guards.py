"""Triggers that keep decisions as they were made: the database itself refuses to change or remove one.

Whoever owns the database can drop them, which `evidence doctor` tells; the chain of hashes then shows what was done.
What legitimately empties a store, `evidence restore --force`, drops the tables with their triggers and makes both anew.
A migration that copies one of these tables has to call `make` for it again.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from evidence.store import chain

_REFUSED = "decisions are only ever added"
#: Body of the function that the triggers of PostgreSQL call.
_BODY = f"BEGIN RAISE EXCEPTION '{_REFUSED}, none of % is changed or removed', TG_TABLE_NAME; END"
_FUNCTION = "evidence_only_added"


def make(connection: Connection, table: str) -> None:
    """Guard a table of decisions."""
    if connection.dialect.name == "sqlite":
        for statement in _sqlite(table).values():
            connection.execute(text(statement))
        return
    connection.execute(
        text(f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${_BODY}$$")
    )
    # TRUNCATE, which removes every row without looking at one, has triggers of a statement alone.
    connection.execute(
        text(
            f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        )
    )


def missing(connection: Connection) -> Iterator[str]:
    """The tables of decisions that the database would let anybody change, in words."""
    for table in chain.COLUMNS:
        if not _guarded(connection, table):
            yield f"the database would let decisions of {table} be changed or removed"


def _guarded(connection: Connection, table: str) -> bool:
    if connection.dialect.name == "sqlite":
        wanted = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
        found = {str(name): str(sql) for name, sql in connection.execute(text(wanted), {"table": table})}
        return _sqlite(table).items() <= found.items()
    # 58: before (2) every statement of DELETE (8), UPDATE (16) or TRUNCATE (32), as pg_trigger.h has it; O, A: enabled.
    wanted = (
        "SELECT count(*) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = to_regclass(:table) "
        "AND t.tgname = :name AND t.tgenabled IN ('O', 'A') AND t.tgtype = 58 AND t.tgqual IS NULL AND p.prosrc = :body"
    )
    about = {"table": table, "name": f"{table}_only_added", "body": _BODY}
    return bool(connection.scalar(text(wanted), about))


def _sqlite(table: str) -> dict[str, str]:
    """Name and statement of each trigger. SQLite deletes a row that INSERT OR REPLACE replaces without asking any."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}, none of {table} is changed or removed'); END"
    there = f"SELECT 1 FROM {table} WHERE event_id = NEW.event_id OR previous = NEW.previous"  # noqa: S608
    conditions = {"UPDATE": "", "DELETE": "", "INSERT": f"WHEN EXISTS ({there}) "}
    names = {action: f"{table}_no_{action.lower()}" for action in conditions}
    return {
        names[action]: f"CREATE TRIGGER {names[action]} BEFORE {action} ON {table} {when}{refuse}"
        for action, when in conditions.items()
    }
