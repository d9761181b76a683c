"""`evidence export`: the evidence tables as files."""

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
from evidence.cli.shared import StoreOption, opened


def export(
    out: Annotated[Path, typer.Option("--out", help="Folder for csv, file for the others.")],
    kind: Annotated[str, typer.Option("--format", help="csv (a file per table), xlsx, jsonl or parquet.")] = "csv",
    treatment: TreatmentOption = None,
    comparator: ComparatorOption = None,
    population: PopulationOption = None,
    design: DesignOption = None,
    setting: SettingOption = None,
    subgroup: SubgroupOption = None,
    status: StatusOption = None,
    include_derived: DerivedOption = True,
    include_cited: CitedOption = True,
    store: StoreOption = None,
) -> None:
    """Write the evidence tables, or what a selection leaves of them.

    Example: evidence export --format xlsx --out review.xlsx
    """
    from evidence import outputs
    from evidence.pipeline import checked_records

    selection = Selection(
        treatment=tuple(treatment or ()),
        comparator=tuple(comparator or ()),
        population=tuple(population or ()),
        setting=tuple(setting or ()),
        design=tuple(design or ()),
        subgroup=subgroup,
        status=tuple(status or ()),
        include_derived=include_derived,
        include_cited=include_cited,
    )
    with opened(store) as known:
        records, snapshot = select(checked_records(known), selection), known.snapshot_id()
        decisions = known.decisions()
    for path in outputs.export(
        records, out, kind, filters=selection.described(), snapshot=snapshot, decisions=decisions
    ):
        typer.echo(f"wrote {path}")
