"""`evidence plot KIND`: pictures of what is stored, or of the user's own file, each with its data as CSV."""

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
from evidence.errors import NotFound, QuestionError
from evidence.model.codes import Design, Outcome
from evidence.model.records import Records

app = typer.Typer(
    name="plot",
    help="Draw one kind of picture as SVG, PDF and PNG, and its data as CSV.",
    epilog="Example: evidence plot coverage --out pictures",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

OutOption = Annotated[Path, typer.Option("--out", help="Folder for the files.")]
_OUT = Path("pictures")


def _tell(written: list[Path], out: Path) -> None:
    typer.echo(f"wrote {out}: {' '.join(path.name for path in written)}")


def _studies(
    store: str | None,
    population: list[str] | None,
    design: list[Design] | None,
    setting: list[str] | None,
    include_cited: bool,
) -> Records:
    """The stored rows of the studies that were chosen."""
    selection = Selection(
        population=tuple(population or ()),
        design=tuple(design or ()),
        setting=tuple(setting or ()),
        include_cited=include_cited,
    )
    with opened(store) as known:
        return select(known.records(), selection)


@app.command("coverage")
def coverage(
    outcome: Annotated[
        list[str] | None, typer.Option("--outcome", help="Outcome code; repeat it. Else all that anyone reports.")
    ] = None,
    population: PopulationOption = None,
    design: DesignOption = None,
    setting: SettingOption = None,
    include_cited: CitedOption = True,
    out: OutOption = _OUT,
    store: StoreOption = None,
) -> None:
    """Draw study by outcome: full circles are accepted by a person, half ones extracted, empty ones not reported.

    Example: evidence plot coverage --outcome OS --outcome CRc --out pictures
    """
    from evidence import pictures

    records = _studies(store, population, design, setting, include_cited)
    _tell(pictures.write_coverage(records, out, tuple(outcome or ())), out)


@app.command("timeline")
def timeline(
    population: PopulationOption = None,
    design: DesignOption = None,
    setting: SettingOption = None,
    include_cited: CitedOption = True,
    out: OutOption = _OUT,
    store: StoreOption = None,
) -> None:
    """Draw the median follow-up of each study and the times at which it reports outcomes.

    Example: evidence plot timeline --design randomized --out pictures
    """
    from evidence import pictures

    records = _studies(store, population, design, setting, include_cited)
    _tell(pictures.write_timeline(records, out), out)


@app.command("prisma")
def prisma(
    counts: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE.toml", help="Numbers the store cannot know; the README shows one."),
    ] = None,
    out: OutOption = _OUT,
    store: StoreOption = None,
) -> None:
    """Draw the PRISMA 2020 flow: the store's own counts, and those of a small TOML file. What is unknown stays so.

    Example: evidence plot prisma --from search.toml --out pictures
    """
    from evidence import pictures
    from evidence.model.prisma import load_prisma

    given = load_prisma(counts) if counts is not None else None
    try:
        with opened(store) as known:
            records = known.records()
    except NotFound:
        if given is None or store is not None:
            raise
        records = None  # a file alone tells enough
    written, doubts = pictures.write_prisma(given, records, out)
    for doubt in doubts:
        typer.echo(f" note: {doubt}", err=True)
    _tell(written, out)


@app.command("risk-of-bias")
def risk_of_bias(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Study,D1,...,Overall,Weight as robvis reads it.")],
    tool: Annotated[str | None, typer.Option("--tool", help="rob2 or robins-i; else by the number of domains.")] = None,
    out: OutOption = _OUT,
) -> None:
    """Draw reviewers' judgements as traffic lights and as weighted bars.

    Example: evidence plot risk-of-bias rob2.csv --out pictures
    """
    from evidence import pictures
    from evidence.model.risk_of_bias import load_robvis

    _tell(pictures.write_risk_of_bias(load_robvis(file, tool), out), out)


@app.command("curves")
def curves(
    study: Annotated[
        str | None, typer.Argument(metavar="[STUDY]", help="Id or label of one study; else all.", show_default=False)
    ] = None,
    outcome: Annotated[str, typer.Option("--outcome", help="Outcome code.")] = "OS",
    patients: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE.csv", help="Your own patients: time_months,event and, if wanted, arm."),
    ] = None,
    bands: Annotated[bool, typer.Option("--bands", help="Shade the confidence intervals.")] = False,
    title: Annotated[str | None, typer.Option("--title", help="Title of the figure.")] = None,
    out: OutOption = _OUT,
    store: StoreOption = None,
) -> None:
    """Draw Kaplan-Meier curves with numbers at risk, of patients that documents list one by one or of your own file.

    Example: evidence plot curves --outcome OS --bands --out pictures
    """
    from evidence import pictures
    from evidence.cli.own_patients import read_curves
    from evidence.cli.show import about
    from evidence.present.patient_curves import PatientCurves, patient_curves

    if outcome not in {code.value for code in Outcome}:
        raise QuestionError(f"{outcome!r} is no outcome code. Known: {', '.join(code.value for code in Outcome)}.")
    if patients is not None:
        found = PatientCurves(curves=tuple(read_curves(patients)), outcome=outcome, notes=())
    else:
        with opened(store) as known:
            records = known.records()
        found = patient_curves(about(records, study) if study else records, outcome)
        if not found.curves:
            whom = f" of {study}" if study else ""
            raise NotFound(
                f"No single patients{whom} with a time and a status of {outcome} are stored. Give your own with --from."
            )
    _tell(pictures.write_curves(found, out, title=title or study or "", bands=bands), out)


@app.command("funnel")
def funnel(
    measure: Annotated[str, typer.Option("--measure", help="HR, SHR, OR, RR, RD, MD, SMD, IRR, PLO or PFT.")],
    outcome: Annotated[
        list[str] | None, typer.Option("--outcome", help="Outcome code, such as OS; several are pooled together.")
    ] = None,
    numbers: Annotated[
        Path | None, typer.Option("--from", metavar="FILE.csv", help="Your own numbers, as `evidence pool --from`.")
    ] = None,
    treatment: TreatmentOption = None,
    comparator: ComparatorOption = None,
    population: PopulationOption = None,
    design: DesignOption = None,
    setting: SettingOption = None,
    subgroup: SubgroupOption = None,
    status: StatusOption = None,
    include_derived: DerivedOption = False,
    include_cited: CitedOption = True,
    fill: Annotated[bool, typer.Option("--fill", help="Add what trim and fill supposes to be missing.")] = False,
    out: OutOption = _OUT,
    store: StoreOption = None,
) -> None:
    """Draw a contour-enhanced funnel plot of one pooled analysis.

    Example: evidence plot funnel --outcome OS --measure HR --treatment gilteritinib --out pictures
    """
    from evidence import pictures
    from evidence.cli.own_numbers import analysis_of, read_numbers
    from evidence.model.question import Question
    from evidence.synthesise import answer

    if numbers is None and not outcome:
        raise QuestionError(
            "Say which outcome to draw, for example --outcome OS, or give your own numbers with --from."
        )
    question = Question(
        id="funnel",
        outcome=tuple(outcome or ("OTHER",)),
        measure=measure,
        treatment=tuple(treatment or ()),
        comparator=tuple(comparator or ()),
        population=tuple(population or ()),
        design=tuple(design or ()),
        subgroup=subgroup,
        status=tuple(status or ()),
        include_derived=include_derived,
        include_cited=include_cited,
    )
    if numbers is not None:
        analysis = analysis_of(question, read_numbers(numbers))
    else:
        with opened(store) as known:
            analysis = answer(question, select(known.records(), Selection(setting=tuple(setting or ()))))
    _tell(pictures.write_funnel(analysis, out, fill=fill), out)
