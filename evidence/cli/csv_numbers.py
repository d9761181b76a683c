"""A CSV file of a user's own numbers: its rows as texts, its cells as numbers, every fault with its line."""

import csv
import math
from pathlib import Path

from evidence.errors import QuestionError


def read_texts(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Names of the columns, and the rows that hold anything.

    Raises
    ------
    QuestionError
        If the file cannot be read as CSV in UTF-8.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            texts = [
                {(name or "").strip(): (text or "").strip() for name, text in row.items()} for row in _whole(reader)
            ]
            return [name.strip() for name in reader.fieldnames or ()], texts
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise QuestionError(f"{path} cannot be read as CSV in UTF-8: {error}.") from error


def read_columns(path: Path, *wanted: str) -> tuple[list[float], ...]:
    """The numbers of these columns.

    Raises
    ------
    QuestionError
        If the file cannot be read, has no such columns, no rows, or a cell that is no number.
    """
    names, texts = read_texts(path)
    if not set(wanted) <= set(names):
        raise QuestionError(f"{path} has the columns {','.join(names) or '(none)'}; needed are {','.join(wanted)}.")
    return columns_of(path, texts, wanted)


def columns_of(path: Path, texts: list[dict[str, str]], wanted: tuple[str, ...]) -> tuple[list[float], ...]:
    """The numbers of these columns of a file already read; QuestionError where a cell is none, or there are no rows."""
    if not texts:
        raise QuestionError(f"{path} holds no rows, only a head.")
    return tuple([_number(row[name], name, path, line) for line, row in enumerate(texts, start=2)] for name in wanted)


def _whole(reader: "csv.DictReader[str]") -> list[dict[str, str]]:
    """The rows that hold anything; a cell too many has no name and is refused."""
    rows = []
    for row in reader:
        if None in row:
            raise csv.Error(f"line {reader.line_num} has more cells than the head")
        if any(text and text.strip() for text in row.values()):
            rows.append(row)
    return rows


def _number(text: str, name: str, path: Path, line: int) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise QuestionError(f"{path}, line {line}: {name} is {text!r}, which is no number; write 0.64, not 0,64.")
    return number
