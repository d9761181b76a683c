"""`evidence flags`: doubts about the data."""

from dataclasses import replace
from typing import Annotated

import typer

from evidence.cli.shared import JsonOption, StoreOption, opened, print_json
from evidence.model.codes import Severity


def flags(
    severity: Annotated[Severity | None, typer.Option("--severity", help="Only doubts this strong.")] = None,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """List the doubts about the stored numbers, worst first.

    Example: evidence flags --severity error
    """
    from rich.console import Console

    from evidence.present.console import flags_table

    with opened(store) as known:
        records = known.records()
    worst_first = list(Severity)
    chosen = sorted(
        (flag for flag in records.flags if severity in (None, flag.severity)),
        key=lambda flag: worst_first.index(flag.severity),
    )
    if json:
        print_json(chosen)
    elif chosen:
        Console().print(flags_table(replace(records, flags=tuple(chosen))))
    else:
        typer.echo(f"No {severity.value + ' ' if severity else ''}flags among {len(records.documents)} documents.")
