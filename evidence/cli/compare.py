"""`evidence compare`: what each study reports, side by side."""

from pathlib import Path
from typing import Annotated

import typer

from evidence.cli.selection import (
    CitedOption,
    ComparatorOption,
    DerivedOption,
    DesignOption,
    PopulationOption,
    Selection,
    SettingOption,
    StatusOption,
    SubgroupOption,
    TreatmentOption,
    select,
)
from evidence.cli.shared import JsonOption, StoreOption, opened


def compare(
    outcomes: Annotated[list[str], typer.Argument(metavar="OUTCOME...", help="Outcome codes, such as OS CRc.")],
    treatment: TreatmentOption = None,
    comparator: ComparatorOption = None,
    population: PopulationOption = None,
    design: DesignOption = None,
    setting: SettingOption = None,
    subgroup: SubgroupOption = None,
    status: StatusOption = None,
    include_derived: DerivedOption = False,
    include_cited: CitedOption = True,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="A file (.csv, .md, .html, .xlsx or .docx), or a folder for the table in each of these formats.",
        ),
    ] = None,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Put the results of the studies side by side: study by outcome, arms beside each other; empty is not reported.

    Example: evidence compare OS CRc --treatment gilteritinib --treatment quizartinib
    """
    from rich.console import Console

    from evidence.model.question import Question
    from evidence.panel import write_comparison
    from evidence.pipeline import checked_records
    from evidence.present.compare import comparison_table
    from evidence.present.compare_views import comparison_rich, comparison_rows
    from evidence.present.export import json_line

    question = Question(
        id="compare",
        title="",
        outcome=tuple(outcomes),
        treatment=tuple(treatment or ()),
        comparator=tuple(comparator or ()),
        population=tuple(population or ()),
        design=tuple(design or ()),
        subgroup=subgroup,
        status=tuple(status or ()),
        include_derived=include_derived,
        include_cited=include_cited,
    )
    with opened(store) as known:
        records = select(checked_records(known), Selection(setting=tuple(setting or ())))
    table = comparison_table(records, question)
    if json:
        rows = [json_line(row) for row in comparison_rows(table)[1]]
        typer.echo("[\n" + ",\n".join(rows) + "\n]" if rows else "[]")
    else:
        Console().print(comparison_rich(table))
    if out is not None:
        for path in write_comparison(table, out):
            typer.echo(f"wrote {path}", err=json)
