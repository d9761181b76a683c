"""Agreement of two reviewers, accuracy of the extractor, and what each reviewer read, as rows of a table."""

from collections.abc import Iterable, Mapping
from typing import Any

from evidence.model.dual import Accuracy, Agreement, Reading

#: Name, kind and meaning, as on the README sheet of the workbook.
AGREEMENT: tuple[tuple[str, str, str], ...] = (
    ("readers", "text", "two reviewers, or reviewer and extractor"),
    ("table", "text", "the table of the row"),
    ("field", "text", "the column; status: kept or not kept"),
    ("kind", "text", "number or category"),
    ("documents", "integer", "documents with such a row"),
    ("n", "integer", "rows compared"),
    ("agreed", "integer", "rows alike before adjudication, numbers digit for digit"),
    ("same_number", "integer", "rows with the same number, whatever its digits"),
    ("share", "number", "agreed / n"),
    ("low", "number", "lower limit of share, 95 %, Wilson"),
    ("high", "number", "upper limit of share"),
    ("kappa", "number", "Cohen's kappa, of categories"),
    ("kappa_se", "number", "its standard error"),
    ("kappa_low", "number", "lower limit of kappa, 95 %"),
    ("kappa_high", "number", "upper limit of kappa"),
    ("reason", "text", "why there is no kappa"),
)
READINGS: tuple[tuple[str, str, str], ...] = (
    ("assignment_id", "integer", "the dual review"),
    ("document_id", "text", "its document"),
    ("result_id", "text", "the row; empty for what is about the document"),
    ("reviewer", "text", "who"),
    ("action", "text", "accept, correct, reject, enter, undo; assign, finish, withdraw"),
    ("column", "text", "what was read, of a correction or a row entered"),
    ("value", "text", "as the reviewer read it"),
    ("at", "time", "when (UTC)"),
    ("reason", "text", "why, in the reviewer's words"),
)
ACCURACY = ("group", "member", "table", "field", "what", "count", "n", "share", "low", "high", "expected")


def agreement_rows(agreements: Iterable[Agreement]) -> list[dict[str, Any]]:
    """One row per field."""
    return [{name: getattr(one, name) for name, _, _ in AGREEMENT} for one in agreements]


def accuracy_rows(accuracies: Iterable[Accuracy]) -> list[dict[str, Any]]:
    """One row per figure."""
    return [{name: getattr(one, name) for name in ACCURACY} for one in accuracies]


def reading_rows(readings: Iterable[Reading]) -> list[dict[str, Any]]:
    """One row per column that a reviewer read otherwise or entered, and one for each other thing recorded."""
    rows = []
    for made in readings:
        read: Mapping[str, str] = made.values.get("after", {})
        told = {column: text for column, text in read.items() if text or column in made.values.get("before", {})}
        for column, text in told.items() or (("", ""),):
            about = {name: getattr(made, name) for name, _, _ in READINGS if name not in ("column", "value")}
            rows.append(about | {"column": column, "value": text})
    return rows
