"""`evidence agreement`: how often two reviewers agreed, and how often the extractor was right."""

from pathlib import Path
from typing import Annotated

import typer

from evidence.cli.shared import JsonOption, StoreOption, opened, print_json


def agreement(
    document: Annotated[str | None, typer.Option("--document", metavar="ID", help="Only this document.")] = None,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write agreement there, and accuracy as FILE-accuracy.csv beside."),
    ] = None,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Agreement per field before adjudication, of the dual reviews that both reviewers have finished.

    Beside it stands how often the extractor was right in the rows that people decided about.

    Example: evidence agreement --csv agreement.csv
    """
    from rich.console import Console

    from evidence.present import agreement as told
    from evidence.present.console import accuracy_table, agreement_table
    from evidence.present.export import write_rows

    with opened(store) as known:
        agreements, accuracies = known.dual.agreement(document), known.dual.accuracy(document)
    if csv is not None:
        columns = [name for name, _, _ in told.AGREEMENT]
        beside = csv.with_name(f"{csv.stem}-accuracy.csv")
        typer.echo(f"wrote {write_rows(columns, told.agreement_rows(agreements), csv)}")
        typer.echo(f"wrote {write_rows(told.ACCURACY, told.accuracy_rows(accuracies), beside)}")
    elif json:
        rows = [{"record": "agreement", **row} for row in told.agreement_rows(agreements)]
        print_json([*rows, *({"record": "accuracy", **row} for row in told.accuracy_rows(accuracies))])
    else:
        console = Console()
        if agreements:
            console.print(agreement_table(agreements))
            for reason in sorted({f"{one.field}: no kappa, {one.reason}" for one in agreements if one.reason}):
                typer.echo(reason)
        else:
            typer.echo("No dual review is finished by both reviewers.")
        if accuracies:
            typer.echo("\nThe extractor, in rows that people decided about:")
            console.print(accuracy_table(accuracies))
        else:
            typer.echo("Nobody has decided about rows yet, so the extractor's accuracy is not known.")
