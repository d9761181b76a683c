"""`evidence network`: treatments compared through a network of trials."""

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
from evidence.errors import SynthesisError


def network(
    outcome: Annotated[
        list[str], typer.Option("--outcome", help="Outcome code, such as OS; several are taken together.")
    ],
    measure: Annotated[str, typer.Option("--measure", help="HR, SHR, OR, RR, RD, MD, SMD or IRR.")],
    treatment: TreatmentOption = None,
    comparator: ComparatorOption = None,
    population: PopulationOption = None,
    design: DesignOption = None,
    setting: SettingOption = None,
    subgroup: SubgroupOption = None,
    status: StatusOption = None,
    include_derived: DerivedOption = False,
    include_cited: CitedOption = True,
    timepoint: Annotated[float | None, typer.Option("--timepoint", help="Months; only rows of this time.")] = None,
    adjustment: Annotated[
        str, typer.Option("--adjustment", help="prefer_adjusted, prefer_unadjusted, adjusted or unadjusted.")
    ] = "prefer_adjusted",
    reference: Annotated[
        str | None, typer.Option("--reference", help="Treatment the others are compared with in --json.")
    ] = None,
    effects: Annotated[str, typer.Option("--effects", help="random or common.")] = "random",
    method: Annotated[str, typer.Option("--method", help="Of tau2: reml or dl.")] = "reml",
    level: Annotated[float, typer.Option("--level", help="Confidence level in percent.")] = 95.0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the graph, the league table and the rows behind them.")
    ] = None,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Compare treatments directly and indirectly: league table and ranking here, with --out the network graph too.

    --treatment takes trials with such an arm; together with --comparator only comparisons among those named.

    Example: evidence network --outcome OS --measure HR --design randomized --out network_OS
    """
    from rich.console import Console

    from evidence import pictures
    from evidence.model.question import Question
    from evidence.present.league import league_rich
    from evidence.synthesise import answer_network, network_dict

    question = Question(
        id="_".join(["network", *outcome, measure]),
        outcome=tuple(outcome),
        measure=measure,
        treatment=tuple(treatment or ()),
        comparator=tuple(comparator or ()),
        population=tuple(population or ()),
        design=tuple(design or ()),
        subgroup=subgroup,
        timepoint_months=timepoint,
        adjustment=adjustment,
        status=tuple(status or ()),
        include_derived=include_derived,
        include_cited=include_cited,
        level=level,
    )
    with opened(store) as known:
        records = select(known.records(), Selection(setting=tuple(setting or ())))
    analysis = answer_network(question, records, reference=reference, effects=effects, method=method)
    if json:
        typer.echo(dumps(network_dict(analysis), indent=2, ensure_ascii=False))
    else:
        console = Console()
        for shown in league_rich(analysis, console.width):
            console.print(shown)
    if out is not None:
        written = pictures.write_network(analysis, out)
        typer.echo(f"wrote {out}: {' '.join(path.name for path in written)}", err=json)
    if not analysis.contrasts:
        raise SynthesisError(
            f"Nothing was compared; {out / 'network_rows.csv' if out else 'network_rows.csv, written with --out,'} "
            "says of every row why it was left out."
        )
