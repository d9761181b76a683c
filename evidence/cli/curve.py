"""`evidence curve`: patient data from the points of a published survival curve."""

from pathlib import Path
from typing import Annotated

import typer


def curve(
    points: Annotated[
        Path,
        typer.Argument(metavar="POINTS.csv", help="Columns time,survival: points read off the curve, 0.65 for 65%."),
    ],
    at_risk: Annotated[
        Path,
        typer.Option(
            "--at-risk", metavar="RISK.csv", help="Columns time,n_risk: the numbers at risk printed below the curve."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="CSV file for the patients: time,event.")],
    events: Annotated[int | None, typer.Option("--events", help="Events in all, where they are reported.")] = None,
) -> None:
    """Reconstruct patients behind one published Kaplan-Meier curve (Guyot 2012). They stand for no real patient.

    Example: evidence curve points.csv --at-risk risk.csv --events 64 --out patients.csv
    """
    from evidence import outputs
    from evidence.cli.csv_numbers import read_columns
    from evidence.formulas import kaplan_meier, reconstruct_ipd, survival_quantile

    patients = reconstruct_ipd(
        *read_columns(points, "time", "survival"), *read_columns(at_risk, "time", "n_risk"), events=events
    )
    written = outputs.write_reconstructed(patients, out)
    median = survival_quantile(kaplan_meier(patients.time, patients.event))
    typer.echo(
        f"{patients.n} patients, {patients.events} events"
        + (f" (reported: {events})" if events not in (None, patients.events) else "")
        + f"; median {_said(median.value)} (95% CI {_said(median.ci_low)} to {_said(median.ci_high)})"
    )
    typer.echo(f"largest distance from the points: {100 * patients.largest_gap:.1f} percentage points")
    typer.echo(f"wrote {written}")


def _said(time: float | None) -> str:
    return "not reached" if time is None else f"{time:.3g}"
