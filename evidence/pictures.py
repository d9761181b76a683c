"""Pictures as files, from what other rooms compute: the room that draws knows none of the statistics."""

import math
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.errors import ExportError, QuestionError, SynthesisError, TooFewStudies
from evidence.model.codes import Outcome
from evidence.model.networks import NetworkAnalysis
from evidence.model.prisma import PrismaCounts, arithmetic_doubts, with_store
from evidence.model.records import Records
from evidence.model.results import Analysis, Pooled
from evidence.model.risk_of_bias import RiskOfBias

if TYPE_CHECKING:
    from evidence.present.patient_curves import PatientCurves

#: From this many studies on a funnel plot is written beside a forest plot.
FUNNEL_FROM = 3
#: Held while something is drawn, by all who draw at once in several threads: the library that draws asks for it.
DRAWING = threading.Lock()
#: Measures of one arm, whose standard errors depend on the estimate itself.
_OF_ONE_ARM = ("PLO", "PFT")


def linked_forest(analysis: Analysis, href: Callable[[str], str]) -> str:
    """The forest plot as an `<svg>` element for a page, the name of each study leading to `href(result_id)`.

    The result is the first number used of the study. One is drawn at a time, as the library that draws asks for it.

    Raises
    ------
    QuestionError
        If the columns asked for need more than a page, or none of its studies was judged in `analysis.bias`.
    """
    from evidence.present.forest import forest_svg
    from evidence.present.inline_svg import inline_svg

    with DRAWING:
        return inline_svg(forest_svg(analysis, href=href), "forest")


def write_funnel(analysis: Analysis, folder: Path, *, fill: bool = False) -> list[Path]:
    """Write the funnel plot as `funnel.svg`, `.pdf`, `.png` and its data as `funnel.csv`.

    With `fill`, studies that trim and fill supposes to be missing are drawn hollow.

    Raises
    ------
    TooFewStudies
        If nothing was pooled.
    SynthesisError
        If trim and fill is asked of proportions, or of fewer than ten studies.
    ExportError
        If the folder or a file in it cannot be written.
    """
    from evidence.present.draw import write_picture
    from evidence.present.funnel import FilledStudies, funnel_picture

    pooled = analysis.pooled
    if pooled is None:
        raise TooFewStudies("A funnel plot", need=2, have=len(analysis.estimates))
    filled = None
    if fill:
        if analysis.question.measure in _OF_ONE_ARM:
            raise SynthesisError(
                "Trim and fill needs a funnel, and proportions of single arms have none; leave out --fill."
            )
        y, se, note = _filled(analysis, pooled)
        filled = FilledStudies(y=y, se=se, note=note)
    return write_picture(funnel_picture(analysis, filled=filled, asymmetry=asymmetry_of(analysis)), folder)


def asymmetry_of(analysis: Analysis) -> list[str]:
    """What Egger's test says of an analysis, or why it is not asked."""
    from evidence.present.wording import number, p_text
    from evidence.synthesise import egger

    if analysis.question.measure in _OF_ONE_ARM:
        return [
            "Proportions of single arms: their standard errors depend on the proportions, so studies stand against "
            "their number of patients, and Egger's test is not used."
        ]
    try:
        test = egger([row.y for row in analysis.estimates], [row.v for row in analysis.estimates])
    except TooFewStudies:
        return [
            f"{_studies(len(analysis.estimates))}: no test of asymmetry, as with fewer than 10 it cannot tell "
            "asymmetry from chance."
        ]
    except SynthesisError as error:
        return [f"No test of asymmetry: {error}"]
    found = f"t = {number(test.statistic)}, df = {test.df}, {p_text(test.p_value)}"
    sentences = [
        f"Egger's test of asymmetry: {found}. Asymmetry is not publication bias: small studies may differ in patients, "
        "dose or quality."
    ]
    if analysis.question.measure == "OR":
        sentences.append(
            "With odds ratios of large effects or rare events Egger's test finds asymmetry too often; Harbord's or "
            "Peters' test is meant for them."
        )
    return sentences


def _filled(analysis: Analysis, pooled: Pooled) -> tuple[tuple[float, ...], tuple[float, ...], str]:
    from evidence.synthesise import trim_and_fill
    from evidence.synthesise.asymmetry import ENOUGH

    if pooled.k < ENOUGH:
        raise SynthesisError(
            f"Trim and fill needs at least {ENOUGH} studies, and {pooled.k} were pooled: with fewer it cannot tell "
            "asymmetry from chance. Draw the funnel without it."
        )
    found = trim_and_fill(
        [row.y for row in analysis.estimates],
        [row.v for row in analysis.estimates],
        method=pooled.method,
        interval=pooled.interval,
        level=pooled.level,
    )
    note = (
        f"Trim and fill (L0) supposes {_studies(found.missing)} missing on the {found.side}; a sensitivity analysis "
        "that takes all asymmetry for missing studies, and no corrected estimate."
    )
    return found.y, tuple(math.sqrt(v) for v in found.v), note


def _studies(count: int) -> str:
    return "1 study" if count == 1 else f"{count} studies"


def write_network(analysis: NetworkAnalysis, folder: Path) -> list[Path]:
    """Write the graph, the league table (also as `league.html`), and `network_rows.csv`: what went in, what did not.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    from evidence.present.draw import write_picture
    from evidence.present.league import league_html, league_picture
    from evidence.present.network_graph import network_graph

    return [
        *write_picture(network_graph(analysis), folder),
        *write_picture(league_picture(analysis), folder),
        _write(folder / "league.html", league_html(analysis)),
        _write(folder / "network_rows.csv", _network_rows(analysis)),
    ]


def write_coverage(records: Records, folder: Path, outcomes: Sequence[str] = ()) -> list[Path]:
    """Write the matrix of studies and outcomes as `coverage.svg`, `.pdf`, `.png` and `.csv`.

    Raises
    ------
    QuestionError
        If an outcome is no code.
    ExportError
        If the folder or a file in it cannot be written.
    """
    from evidence.present.coverage import coverage_picture, coverage_table
    from evidence.present.draw import write_picture

    known = [code.value for code in Outcome]
    for outcome in outcomes:
        if outcome not in known:
            raise QuestionError(f"{outcome!r} is no outcome code. Known: {', '.join(known)}.")
    return write_picture(coverage_picture(coverage_table(records, outcomes)), folder)


def write_timeline(records: Records, folder: Path) -> list[Path]:
    """Write the follow-up of the studies as `timeline.svg`, `.pdf`, `.png` and `.csv`.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    from evidence.present.draw import write_picture
    from evidence.present.timeline import followups, timeline_picture

    return write_picture(timeline_picture(followups(records)), folder)


def write_prisma(
    counts: PrismaCounts | None, records: Records | None, folder: Path
) -> tuple[list[Path], tuple[str, ...]]:
    """Write the PRISMA flow as `prisma.svg`, `.pdf`, `.png` and `.csv`; gives also what does not add up or agree.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    from evidence.present.draw import write_picture
    from evidence.present.prisma import prisma_picture

    known = counts or PrismaCounts()
    if records is not None:
        known = with_store(known, records)
    return write_picture(prisma_picture(known), folder), (*arithmetic_doubts(known), *known.notes)


def write_risk_of_bias(found: RiskOfBias, folder: Path) -> list[Path]:
    """Write traffic lights as `risk_of_bias.*` and bars as `risk_of_bias_summary.*`.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    from evidence.present.draw import write_picture
    from evidence.present.risk_of_bias import summary_bars, traffic_lights

    return [*write_picture(traffic_lights(found), folder), *write_picture(summary_bars(found), folder)]


def write_curves(found: "PatientCurves", folder: Path, *, title: str = "", bands: bool = False) -> list[Path]:
    """Write Kaplan-Meier curves as `curves.svg`, `.pdf`, `.png` and `.csv`.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    from evidence.present.draw import write_picture
    from evidence.present.survival_curves import survival_picture

    picture = survival_picture(
        found.curves,
        title=title or f"Kaplan-Meier curves, {found.outcome}",
        outcome=found.outcome,
        bands=bands,
        notes=found.notes,
    )
    return write_picture(picture, folder)


def _network_rows(analysis: NetworkAnalysis) -> str:
    from evidence.present.draw import data_csv

    columns = "used study study_id result_ids a b y v n_a n_b notes reason".split()
    used = [
        (
            "true",
            row.label,
            row.study_id,
            ";".join(row.result_ids),
            row.a,
            row.b,
            row.y,
            row.v,
            row.n_a,
            row.n_b,
            " ".join(row.notes),
            None,
        )
        for row in analysis.contrasts
    ]
    unused = [("false", row.label, row.study_id, row.result_id, *[None] * 7, row.reason) for row in analysis.left_out]
    return data_csv(columns, [*used, *unused])


def _write(path: Path, content: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        raise ExportError(
            f"{path} could not be written: {error.strerror or error}. Give another --out folder."
        ) from error
    return path
