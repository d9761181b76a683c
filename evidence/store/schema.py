"""The tables of the database: the evidence tables, and beside them runs, decisions of people, and the service.

Columns come from `model.tables`, so the database cannot drift from what is exported; here stand keys, how each kind of
content is stored, and the few columns that no export carries. Printed numbers are text, because 0.60 is not 0.6. Lists
are JSON text rather than child tables: they are read and written whole with their row, and no query looks inside.
A change here needs a migration and a new `REVISION`.
"""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from types import NoneType
from typing import Any, get_args, get_type_hints

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.sql.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from evidence.model import tables
from evidence.model.records import Arm, ArmResult, Contrast, DocumentRecord, Flag, Patient, Source, Study

#: Revision of the newest migration: what a database must be at to be used by this program.
REVISION = "0005"


class PrintedNumber(TypeDecorator[Decimal]):
    """A number with the digits the document prints."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Digits as text; infinity and NaN are no printed numbers."""
        if value is None:
            return None
        if not value.is_finite():
            raise ValueError(f"{value} is not a number a document prints")
        return str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """The number with the same digits."""
        return None if value is None else Decimal(value)


class TextList(TypeDecorator[tuple[str, ...]]):
    """A list of texts, as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:  # noqa: ARG002
        """JSON array; an absent list is an empty one."""
        return json.dumps(list(value or ()), ensure_ascii=False)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...]:  # noqa: ARG002
        """The texts."""
        return tuple(json.loads(value)) if value else ()


class JsonObject(TypeDecorator[Mapping[str, Any]]):
    """Options of a run, values of a decision: a JSON object."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str:  # noqa: ARG002
        """JSON object with sorted keys; what JSON does not know (a path) is written as its text."""
        return json.dumps(dict(value or {}), ensure_ascii=False, sort_keys=True, default=str)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> dict[str, Any]:  # noqa: ARG002
        """The object."""
        return dict(json.loads(value)) if value else {}


class UtcTime(TypeDecorator[dt.datetime]):
    """A moment in UTC. Neither database keeps an offset, so none is stored and all is UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """The moment in UTC without its offset; a time that does not say its offset is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} does not say its time zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """The moment, as UTC."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


#: Largest whole number that is kept: as many digits as a spreadsheet and a reader of JSON keep too.
LARGEST_WHOLE = 999_999_999_999_999

#: What a document prints may have ten digits; SQLite calls whole numbers of 64 bits INTEGER.
_PRINTED_WHOLE = BigInteger().with_variant(Integer, "sqlite")
_TYPES: dict[tables.Kind, type[Any] | TypeEngine[Any]] = {
    "text": Text,
    "integer": _PRINTED_WHOLE,
    "number": PrintedNumber,
    "boolean": Boolean,
    "answer": Boolean,
    "list": TextList,
    "time": UtcTime,
}
#: Numbers of ours rather than of the document.
_FLOATS = ("confidence",)

metadata = MetaData()


def _table(name: str, record: type[Any], *more: SchemaItem) -> Table:
    """Table with the evidence columns of this name; a column is NOT NULL where the record cannot be None."""
    hints = get_type_hints(Source) | get_type_hints(record)
    columns = [
        Column(
            column.name,
            Float(53) if column.name in _FLOATS else _TYPES[column.kind],
            nullable=NoneType in get_args(hints[column.name]),
        )
        for column in tables.TABLES[name]
    ]
    return Table(name, metadata, *columns, *more)


def _position() -> Column[int]:
    """Place of a row among the rows of its document and table, from 0: the order the extraction gave."""
    return Column("position", Integer, nullable=False)


def _belongs(to: str, *columns: str) -> ForeignKeyConstraint:
    """Reference to a row of the same document."""
    key = "arm_id" if to == "arms" else "study_id"
    return ForeignKeyConstraint(["document_id", *columns], [f"{to}.document_id", f"{to}.{key}"])


def _document() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["document_id"], ["documents.document_id"])


def _chained(name: str, *about: Column[Any]) -> Table:
    """Table of decisions, each with the hash of the one before it (`chain.py`); `about` says what one is about."""
    return Table(
        name,
        metadata,
        Column("event_id", Integer, primary_key=True),
        *about,
        Column("action", Text, nullable=False),
        Column("reviewer", Text, nullable=False),
        Column("at", UtcTime, nullable=False),
        Column("reason", Text),
        Column("values", JsonObject, nullable=False),
        Column("previous", Text, nullable=False),
        Column("hash", Text, nullable=False),
        Index(f"ix_{name}_previous", "previous", unique=True),
    )


runs = Table(
    "runs",
    metadata,
    Column("run_id", Integer, primary_key=True),
    Column("started_at", UtcTime, nullable=False),
    Column("version", Text, nullable=False),
    Column("options", JsonObject, nullable=False),
)
documents = _table(
    "documents",
    DocumentRecord,
    Column("run_id", Integer, ForeignKey("runs.run_id"), nullable=False),
    Column("extractor_version", Text, nullable=False),
    Column("text", Text),
    Column("text_sha256", Text),
    PrimaryKeyConstraint("document_id"),
)
studies = _table("studies", Study, _position(), PrimaryKeyConstraint("document_id", "study_id"), _document())
arms = _table(
    "arms",
    Arm,
    _position(),
    PrimaryKeyConstraint("document_id", "arm_id"),
    _document(),
    _belongs("studies", "study_id"),
)
arm_results = _table(
    "arm_results",
    ArmResult,
    _position(),
    PrimaryKeyConstraint("result_id"),
    Index("ix_arm_results_document_id", "document_id"),
    _document(),
    _belongs("studies", "study_id"),
    _belongs("arms", "arm_id"),
)
contrasts = _table(
    "contrasts",
    Contrast,
    _position(),
    PrimaryKeyConstraint("result_id"),
    Index("ix_contrasts_document_id", "document_id"),
    _document(),
    _belongs("studies", "study_id"),
    _belongs("arms", "arm_id"),
    _belongs("arms", "comparator_arm_id"),
)
patients = _table(
    "patients",
    Patient,
    _position(),
    PrimaryKeyConstraint("result_id"),
    Index("ix_patients_document_id", "document_id"),
    _document(),
    _belongs("studies", "study_id"),
    _belongs("arms", "arm_id"),
)
flags = _table(
    "flags",
    Flag,
    _position(),
    PrimaryKeyConstraint("document_id", "flag_id"),
    _document(),
    _belongs("studies", "study_id"),
)
events = _chained(
    "events",
    Column("result_id", Text, nullable=False, index=True),
    Column("document_id", Text, ForeignKey("documents.document_id"), nullable=False, index=True),
)
link_events = _chained("link_events")

readings = _chained(
    "readings",
    Column("assignment_id", Integer, ForeignKey("assignments.assignment_id"), nullable=False, index=True),
    Column("result_id", Text, nullable=False, index=True),
    Column("document_id", Text, ForeignKey("documents.document_id"), nullable=False),
)
assignments = Table(
    "assignments",
    metadata,
    Column("assignment_id", Integer, primary_key=True),
    Column("document_id", Text, ForeignKey("documents.document_id"), nullable=False, index=True),
    Column("first", Text, nullable=False),
    Column("second", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
)
users = Table(
    "users",
    metadata,
    Column("user_id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("sessions_from", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", Text),
    Column("disabled_at", UtcTime),
)
tokens = Table(
    "tokens",
    metadata,
    Column("token_id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.user_id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False, unique=True),
    Column("scopes", TextList, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)
login_failures = Table(
    "login_failures",
    metadata,
    Column("failure_id", Integer, primary_key=True),
    Column("name_key", Text, nullable=False, index=True),
    Column("address", Text, nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
)
secrets = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
#: A random mark that is another one after every change of what is named; for the documents, which are replaced and
#: filled in place, so that neither counts nor ids tell.
stamps = Table(
    "stamps",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
jobs = Table(
    "jobs",
    metadata,
    Column("job_id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("arguments", JsonObject, nullable=False),
    Column("status", Text, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("worker", Text),
    Column("lease_until", UtcTime),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("message", Text),
    Column("result", JsonObject, nullable=False),
    Column("reason", Text),
    Column("created_by", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
)

#: Tables of rows that belong to a document, parents before children.
ROWS: dict[str, Table] = {table.name: table for table in (studies, arms, arm_results, contrasts, patients, flags)}
