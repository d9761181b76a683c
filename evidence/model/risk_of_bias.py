"""Judgements of the risk of bias, as reviewers make them with RoB 2 or ROBINS-I, and the robvis file they stand in.

The file is a CSV with the columns `Study`, `D1` to `Dn`, `Overall` and, if wanted, `Weight` (McGuinness & Higgins 2021,
Res Synth Methods 12:55-61). RoB 2 has five domains (Sterne et al. 2019, BMJ 366:l4898), ROBINS-I seven (Sterne et al.
2016, BMJ 355:i4919). The program makes no judgement itself.
"""

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from evidence.errors import QuestionError


class Judgement(StrEnum):
    """What a reviewer found; in this order, best first."""

    LOW = "Low"
    SOME_CONCERNS = "Some concerns"
    MODERATE = "Moderate"
    HIGH = "High"
    SERIOUS = "Serious"
    CRITICAL = "Critical"
    NO_INFORMATION = "No information"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """An instrument: its domains and the judgements it knows."""

    name: str
    domains: tuple[str, ...]
    judgements: tuple[Judgement, ...]


ROB2 = Tool(
    name="RoB 2",
    domains=(
        "Bias arising from the randomization process",
        "Bias due to deviations from intended interventions",
        "Bias due to missing outcome data",
        "Bias in measurement of the outcome",
        "Bias in selection of the reported result",
    ),
    judgements=(Judgement.LOW, Judgement.SOME_CONCERNS, Judgement.HIGH, Judgement.NO_INFORMATION),
)
ROBINS_I = Tool(
    name="ROBINS-I",
    domains=(
        "Bias due to confounding",
        "Bias due to selection of participants",
        "Bias in classification of interventions",
        "Bias due to deviations from intended interventions",
        "Bias due to missing data",
        "Bias in measurement of outcomes",
        "Bias in selection of the reported result",
    ),
    judgements=(
        Judgement.LOW,
        Judgement.MODERATE,
        Judgement.SERIOUS,
        Judgement.CRITICAL,
        Judgement.NO_INFORMATION,
    ),
)
TOOLS = {"rob2": ROB2, "robins-i": ROBINS_I}

#: Other words for the same judgements, in lower case without punctuation.
_WORDS = {
    "low": Judgement.LOW,
    "low risk": Judgement.LOW,
    "low risk of bias": Judgement.LOW,
    "some concerns": Judgement.SOME_CONCERNS,
    "some concern": Judgement.SOME_CONCERNS,
    "moderate": Judgement.MODERATE,
    "moderate risk": Judgement.MODERATE,
    "high": Judgement.HIGH,
    "high risk": Judgement.HIGH,
    "high risk of bias": Judgement.HIGH,
    "serious": Judgement.SERIOUS,
    "serious risk": Judgement.SERIOUS,
    "critical": Judgement.CRITICAL,
    "critical risk": Judgement.CRITICAL,
    "no information": Judgement.NO_INFORMATION,
    "ni": Judgement.NO_INFORMATION,
}
_DOMAIN = re.compile(r"D(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One study's judgements, in the order of the tool's domains."""

    study: str
    domains: tuple[Judgement, ...]
    overall: Judgement
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOfBias:
    """Assessments of several studies with one tool."""

    tool: Tool
    assessments: tuple[Assessment, ...]


def load_robvis(path: Path, tool: str | None = None) -> RiskOfBias:
    """Assessments from a robvis CSV; without a named tool, five domains are RoB 2 and seven ROBINS-I.

    Raises
    ------
    QuestionError
        If the file cannot be read, lacks a column, or holds a judgement the tool does not know; the message names the
        line, the study and the word.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = [line for line in csv.reader(file) if any(cell.strip() for cell in line)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise QuestionError(f"{path} cannot be read as CSV in UTF-8: {error}.") from error
    heads = [head.strip() for head in lines[0]] if lines else []
    places = {head.casefold(): at for at, head in enumerate(heads)}
    domains = sorted((head for head in places if _DOMAIN.fullmatch(head)), key=lambda head: int(head[1:]))
    if "study" not in places or "overall" not in places or not domains:
        raise QuestionError(
            f"{path} has the columns {','.join(heads) or '(none)'}; a robvis file has Study,D1,D2,...,Overall and, if "
            "wanted, Weight."
        )
    known = _tool(path, tool, domains)
    if len(lines) == 1:
        raise QuestionError(f"{path} holds no study, only a head.")
    found = []
    for number, line in enumerate(lines[1:], start=2):
        cells = [cell.strip() for cell in line] + [""] * (len(heads) - len(line))
        study = cells[places["study"]]
        where = f"{path}, line {number} ({study or 'no study named'})"
        if not study:
            raise QuestionError(f"{where}: the column Study is empty.")
        found.append(
            Assessment(
                study=study,
                domains=tuple(_judgement(cells[places[head]], head.upper(), where, known) for head in domains),
                overall=_judgement(cells[places["overall"]], "Overall", where, known),
                weight=_weight(cells[places["weight"]], where) if "weight" in places else None,
            )
        )
    return RiskOfBias(tool=known, assessments=tuple(found))


def _tool(path: Path, name: str | None, domains: Sequence[str]) -> Tool:
    if name is not None and name.casefold() not in TOOLS:
        raise QuestionError(f"{name!r} is no known tool; known are {', '.join(TOOLS)}.")
    wanted = [TOOLS[name.casefold()]] if name is not None else list(TOOLS.values())
    for tool in wanted:
        if [head.upper() for head in domains] == [f"D{at}" for at in range(1, len(tool.domains) + 1)]:
            return tool
    expected = " or ".join(f"D1 to D{len(tool.domains)} ({tool.name})" for tool in wanted)
    raise QuestionError(
        f"{path} has the domains {', '.join(head.upper() for head in domains)}; expected are {expected}."
    )


def _judgement(text: str, head: str, where: str, tool: Tool) -> Judgement:
    words = re.sub(r"[^a-z ]+", " ", text.casefold())
    found = _WORDS.get(" ".join(words.split()))
    if found is None or found not in tool.judgements:
        known = ", ".join(tool.judgements)
        raise QuestionError(f"{where}: {text!r} under {head} is no judgement of {tool.name}; it knows {known}.")
    return found


def _weight(text: str, where: str) -> float | None:
    if not text:
        return None
    try:
        weight = float(text.rstrip("% "))
    except ValueError:
        weight = math.nan
    if not (math.isfinite(weight) and weight >= 0):
        raise QuestionError(f"{where}: the weight {text!r} is no number from 0 on.")
    return weight
