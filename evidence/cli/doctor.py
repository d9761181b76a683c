"""`evidence doctor`: whether the store is what the program wrote."""

import typer

from evidence.cli.shared import JsonOption, StoreOption, opened, print_json


def doctor(store: StoreOption = None, json: JsonOption = False) -> None:
    """Check the store: its tables, its database, the chain of decisions, texts, references and quotes.

    Prints a line for each, beginning with "ok" or "FAULT", and ends with exit code 1 where one does not hold.

    Example: evidence doctor --store sqlite:///evidence.db
    """
    from dataclasses import asdict

    with opened(store) as known:
        findings = known.examine()
    if json:
        print_json(asdict(finding) for finding in findings)
    else:
        for finding in findings:
            name = finding.check.replace("_", " ")
            typer.echo(f"{'ok   ' if finding.holds else 'FAULT'}  {name}: {finding.message}")
    if not all(finding.holds for finding in findings):
        raise typer.Exit(1)
