"""What goes in and out of the API: rows as the tables have them, texts that a database can keep, pages of a list."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from evidence.model.tables import TABLES, Kind, Record, as_text, table_of, to_values

Item = TypeVar("Item")

#: Rows of one answer.
USUAL_LIMIT = 100
LARGEST_LIMIT = 1000
#: Letters of any text that is sent; a reason or a quote has some hundred.
_LONGEST = 20_000


def _storable(text: str) -> str:
    if "\0" in text or any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise ValueError("holds characters that no database keeps (NUL, or half of a surrogate pair)")
    return text


#: A text from outside.
Said = Annotated[str, AfterValidator(_storable), Field(max_length=_LONGEST)]
#: The name of something stored; what is none is not found.
Name = Annotated[str, AfterValidator(_storable), Field(min_length=1, max_length=500)]
#: Whole numbers that both databases keep.
Number = Annotated[int, Field(ge=0, le=2**53)]

#: The number of a job; both databases keep it.
JobNumber = Annotated[int, Field(ge=1, lt=2**31)]


class Shape(BaseModel):
    """A JSON object with these members and no other."""

    model_config = ConfigDict(extra="forbid")


class Listed(Shape, Generic[Item]):
    """A part of a list, in the order of ids."""

    items: list[Item]
    next: str | None = Field(description="Give this as `after` to get what follows; null at the end")


def listed(items: Iterable[tuple[str, Item]], after: str | None, limit: int) -> Listed[Item]:
    """Those whose key comes behind `after`, at most `limit`."""
    behind = sorted((item for item in items if after is None or item[0] > after), key=lambda item: item[0])
    chosen = behind[:limit]
    return Listed(items=[item for _, item in chosen], next=chosen[-1][0] if len(behind) > limit else None)


After = Annotated[Name | None, Query(description="`next` of the part before")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIMIT)]

_TYPES: dict[Kind, Any] = {
    "text": str | None,
    "integer": int | None,
    "number": str | None,
    "boolean": bool | None,
    "answer": bool | None,
    "list": list[str],
    "time": dt.datetime | None,
}


def row_of(table: str, title: str) -> type[BaseModel]:
    """The shape of a row of this table; a number is a text with the digits as printed."""
    members: dict[str, Any] = {
        column.name: (_TYPES[column.kind], Field(description=column.meaning)) for column in TABLES[table]
    }
    return create_model(title, __base__=Shape, **members)


def values_of(record: Record) -> dict[str, Any]:
    """A record as its shape has it."""
    values = to_values(record)
    return {column.name: _plain(values[column.name], column.kind) for column in TABLES[table_of(record)]}


def _plain(value: Any, kind: Kind) -> Any:
    if value is None:
        return [] if kind == "list" else None
    if kind in ("number", "text"):
        return as_text(value)
    return [str(item) for item in value] if kind == "list" else value
