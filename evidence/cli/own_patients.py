"""The user's own patients, from a CSV file: checked once, here, and made into curves."""

import csv
import math
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.errors import PatientDataError

if TYPE_CHECKING:
    from evidence.present.survival_curves import NamedCurve

_EVENTS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def read_curves(path: Path) -> "list[NamedCurve]":
    """A Kaplan-Meier curve per group of a CSV file.

    Its columns are `time_months` (or `time`, in months, as `evidence curve` writes it), `event` (1 or 0) and, if
    wanted, `arm`.

    Raises
    ------
    PatientDataError
        If the file cannot be read, lacks a column, or a cell is no such value; the message names the line.
    """
    from evidence.formulas.survival_curves import kaplan_meier
    from evidence.present.survival_curves import NamedCurve

    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            names = [name.strip() for name in reader.fieldnames or ()]
            reader.fieldnames = names
            rows = [(reader.line_num, row) for row in reader if any(map(str.strip, filter(None, row.values())))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PatientDataError(f"{path} cannot be read as CSV in UTF-8: {error}.") from error
    time = next((name for name in ("time_months", "time") if name in names), None)
    if time is None or "event" not in names:
        raise PatientDataError(
            f"{path} has the columns {','.join(names) or '(none)'}; needed are time_months,event and, if wanted, arm."
        )
    if not rows:
        raise PatientDataError(f"{path} holds no patients, only a head.")
    groups: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    for line, row in rows:
        event = _EVENTS.get((row["event"] or "").strip().casefold())
        if event is None:
            raise PatientDataError(f"{path}, line {line}: event is {row['event'] or ''!r}, which is neither 1 nor 0.")
        groups[(row.get("arm") or "").strip()].append((_months(row[time] or "", f"{path}, line {line}: {time}"), event))
    return [
        NamedCurve(name=name or "all patients", curve=kaplan_meier(*zip(*patients, strict=True)))
        for name, patients in groups.items()
    ]


def _months(text: str, where: str) -> float:
    try:
        months = float(text)
    except ValueError:
        months = math.nan
    if not (math.isfinite(months) and months >= 0):
        raise PatientDataError(f"{where} is {text!r}, which is no number of months from 0 on.")
    return months
