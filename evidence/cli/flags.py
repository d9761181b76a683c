"""`evidence flags`: doubts about the data."""

from dataclasses import asdict, replace
from typing import Annotated

import typer

from evidence.cli.shared import JsonOption, StoreOption, opened, print_json
from evidence.model.codes import Severity


def flags(
    severity: Annotated[Severity | None, typer.Option("--severity", help="Only doubts this strong.")] = None,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """List the doubts about the stored numbers: the worst first, then those that would move a pooled estimate most.

    Example: evidence flags --severity error
    """
    from rich.console import Console

    from evidence.model.tables import to_values
    from evidence.pipeline import by_influence, checked_records
    from evidence.present.console import flags_table

    with opened(store) as known:
        records = checked_records(known)
    chosen = by_influence(records, severity=severity)
    if json:
        print_json({**to_values(flag), "influence": asdict(stake) if stake else None} for flag, stake in chosen)
    elif chosen:
        shown = replace(records, flags=tuple(flag for flag, _ in chosen))
        Console().print(flags_table(shown, {flag.flag_id: stake for flag, stake in chosen if stake}))
    else:
        typer.echo(f"No {severity.value + ' ' if severity else ''}flags among {len(records.documents)} documents.")
