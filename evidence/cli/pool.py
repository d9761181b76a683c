"""`evidence pool`: one pooled analysis, of stored rows or of the user's own numbers."""

from dataclasses import replace
from json import dumps
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
from evidence.errors import QuestionError, SynthesisError

_FIGURE = "Forest plot"


def pool(
    outcome: Annotated[
        list[str] | None, typer.Option("--outcome", help="Outcome code, such as OS; several are pooled together.")
    ] = None,
    measure: Annotated[
        str | None, typer.Option("--measure", help="HR, SHR, OR, RR, RD, MD, SMD, IRR, PLO or PFT.")
    ] = None,
    numbers: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE.csv",
            help="Your own numbers: study, and estimate,ci_low,ci_high or events_a,total_a,events_b,total_b or y,v.",
        ),
    ] = None,
    treatment: TreatmentOption = None,
    comparator: ComparatorOption = None,
    population: PopulationOption = None,
    design: DesignOption = None,
    setting: SettingOption = None,
    subgroup: SubgroupOption = None,
    status: StatusOption = None,
    include_derived: DerivedOption = False,
    approximation: Annotated[
        list[str] | None,
        typer.Option("--approximation", help="Also numbers of this method: hr_from_medians_approximation."),
    ] = None,
    include_cited: CitedOption = True,
    timepoint: Annotated[float | None, typer.Option("--timepoint", help="Months; only rows of this time.")] = None,
    adjustment: Annotated[
        str, typer.Option("--adjustment", help="prefer_adjusted, prefer_unadjusted, adjusted or unadjusted.")
    ] = "prefer_adjusted",
    method: Annotated[str, typer.Option("--method", help="common, dl, he, hs, sj, ml, reml, eb or pm.")] = "reml",
    interval: Annotated[
        str, typer.Option("--interval", help="wald, hartung_knapp or hartung_knapp_adhoc.")
    ] = "hartung_knapp",
    level: Annotated[float, typer.Option("--level", help="Confidence level in percent.")] = 95.0,
    subgroup_by: Annotated[
        str | None, typer.Option("--subgroup-by", help="Column of the studies (or of your file) to pool by.")
    ] = None,
    style: Annotated[
        str,
        typer.Option(
            "--style", help="Of the forest plot: default, revman, meta, jama, lancet or bmj.", rich_help_panel=_FIGURE
        ),
    ] = "default",
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="A,B,...",
            help="From left to right: arm, comparator, n, y, se, p, weight, estimate, plot, design.",
            rich_help_panel=_FIGURE,
        ),
    ] = None,
    risk_of_bias: Annotated[
        Path | None,
        typer.Option(
            "--risk-of-bias",
            metavar="FILE.csv",
            help="Judgements in the forest plot: Study,D1,...,Overall as robvis reads it.",
            rich_help_panel=_FIGURE,
        ),
    ] = None,
    together: Annotated[
        bool,
        typer.Option(
            "--together",
            help="Answer each --outcome by itself, and draw all below one another on one axis.",
            rich_help_panel=_FIGURE,
        ),
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the files; by default named after outcome and measure.")
    ] = None,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Pool the studies that report an outcome: a forest plot here, and files with everything behind it.

    Example: evidence pool --outcome OS --measure HR --treatment gilteritinib --style jama --out pool_OS
    """
    from rich.console import Console

    from evidence import outputs
    from evidence.cli.own_numbers import analysis_of, read_numbers
    from evidence.model.question import Question
    from evidence.model.risk_of_bias import load_robvis
    from evidence.pipeline import checked_records
    from evidence.present.forest_console import forest_console
    from evidence.synthesise import answer, pooled_dict

    own = read_numbers(numbers) if numbers is not None else None
    if own is None and not outcome:
        raise QuestionError(
            "Say which outcome to pool, for example --outcome OS, or give your own numbers with --from."
        )
    if measure is None:
        raise QuestionError("Say as what to pool it, for example --measure HR.")
    if together and (own is not None or len(outcome or ()) < 2):
        raise QuestionError("--together draws several stored outcomes: give --outcome at least twice, and no --from.")
    bias = load_robvis(risk_of_bias) if risk_of_bias is not None else None
    whole = Question(
        id="_".join(["pool", *(outcome or [numbers.stem if numbers else ""]), measure]),
        outcome=tuple(outcome or ("OTHER",)),
        measure=measure,
        treatment=tuple(treatment or ()),
        comparator=tuple(comparator or ()),
        population=tuple(population or ()),
        design=tuple(design or ()),
        subgroup=subgroup,
        timepoint_months=timepoint,
        adjustment=adjustment,
        subgroup_by=subgroup_by,
        status=tuple(status or ()),
        include_derived=include_derived,
        approximations=tuple(approximation or ()),
        include_cited=include_cited,
        method=method,
        interval=interval,
        level=level,
        style=style,
        columns=tuple(name.strip() for name in columns.split(",")) if columns else (),
    )
    folder = out or Path(whole.id)
    questions = [whole]
    if together:
        questions = [replace(whole, id=f"pool_{code}_{measure}", outcome=(code,)) for code in whole.outcome]
    if own is not None:
        analyses, snapshot = [analysis_of(whole, own)], None
    else:
        with opened(store) as known:
            records = select(checked_records(known), Selection(setting=tuple(setting or ())))
            snapshot = known.snapshot_id()
        analyses = [answer(question, records) for question in questions]
    written = outputs.write_together(analyses, folder, bias=bias) if together else []
    for analysis in analyses:
        place = folder / analysis.question.outcome[0] if together else folder
        written += outputs.write_analysis(analysis, place, snapshot=snapshot, bias=None if together else bias)
    if json:
        dicts = [pooled_dict(analysis) for analysis in analyses]
        typer.echo(dumps(dicts if together else dicts[0], indent=2, ensure_ascii=False))
    else:
        for analysis in analyses:
            Console().print(forest_console(analysis))
    typer.echo(f"wrote {folder}: {' '.join(path.relative_to(folder).as_posix() for path in written)}", err=json)
    if not any(analysis.estimates for analysis in analyses):
        rows = analyses[0].question.outcome[0] + "/rows.csv" if together else "rows.csv"
        raise SynthesisError(f"Nothing was pooled; {folder / rows} says of every row why it was left out.")
