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
    out: Annotated[Path, typer.Option("--out", help="Folder for csv, parquet, revman and metafor; else a file.")],
    kind: Annotated[
        str,
        typer.Option(
            "--format",
            help="csv or parquet (a file per table), jsonl, xlsx (comes back by ingest), docx (tables, forest "
            "plots and references to paste), ris (the documents), revman "
            "(study data), robvis (a form for the risk of bias), metafor (data and R script per question).",
        ),
    ] = "csv",
    questions: Annotated[
        Path | None,
        typer.Option(
            "--questions",
            metavar="FILE",
            help="For docx and xlsx: what is compared, pooled and summarised; for metafor: the questions, else all "
            "outcomes of --treatment.",
        ),
    ] = None,
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

    A Word document has characteristics, comparisons of all outcomes or those of --questions, and its summaries of
    findings and forest plots.

    Example: evidence export --format docx --out review.docx
    """
    from evidence import outputs
    from evidence.model.question import load_questions
    from evidence.panel import answers
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
    asked = load_questions(questions) if questions else ()
    with opened(store) as known:
        records, snapshot = select(checked_records(known), selection), known.snapshot_id()
        decisions = known.decisions()
        agreements, readings = known.dual.agreement(), known.dual.finished_readings()
    if not asked and selection.treatment:
        asked = outputs.questions_about(records, selection.treatment, selection.comparator)
    found = answers(questions, records) if questions and kind in ("docx", "xlsx") else None
    for path in outputs.export(
        records,
        out,
        kind,
        analyses=found.analyses if found else (),
        tables=found.tables if found else None,
        summaries=found.summaries if found else (),
        filters=selection.described(),
        snapshot=snapshot,
        decisions=decisions,
        agreements=agreements,
        readings=readings,
        questions=asked,
    ):
        typer.echo(f"wrote {path}")
