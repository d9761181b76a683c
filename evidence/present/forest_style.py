"""Styles of forest plots: data in `styles/NAME.toml`, each holding what it does otherwise than `default.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from evidence.errors import QuestionError
from evidence.model.question import COLUMNS, STYLES, Question
from evidence.present.scales import Scale
from evidence.present.wording import natural, percent

_COUNTS = ("OR", "RR", "RD", "PLO", "PFT")
_CONTINUOUS = ("MD", "SMD")
_OF_PROPORTIONS = {"PLO": "logit", "PFT": "double arcsine"}
_DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How figures of one journal or program look; the tables are those of `styles/default.toml`."""

    name: str
    columns: tuple[str, ...]
    numbers: Mapping[str, Any]
    heads: Mapping[str, Any]
    words: Mapping[str, str]
    places: Mapping[str, Any]
    colours: Mapping[str, str]

    def decimals(self, text: str) -> str:
        """Text of ours with the style's decimal points and names of symbols."""
        for ours, theirs in self.numbers["rename"].items():
            text = text.replace(ours, theirs)
        return _DECIMAL_POINT.sub(self.numbers["decimal"], text)

    def p(self, value: float) -> str:
        """A p-value with its letter and sign. Rounding never lifts one below 0.05 to 0.05."""
        shown = self.p_value(value)
        sign = "<" if shown.startswith("<") else "="
        return str(self.numbers["p"]).format(sign=sign, value=shown.removeprefix("<").strip())

    def p_value(self, value: float) -> str:
        """A p-value for a column of them: "0.03", "<0.001"."""
        least = self.numbers["p_least"]
        if value < least:
            shown = f"<{least:.{5 if least < 1e-4 else 4 if least < 1e-3 else 3}f}"
        else:
            places = next(places for below, places in self.numbers["p_decimals"] if value < below or below == 1.0)
            if value < 0.05 and f"{value:.{places}f}" == f"{0.05:.{places}f}":
                places += 1
            shown = f"{value:.{places}f}"
        return shown if self.numbers["p_zero"] else shown.replace("0.", ".", 1)

    def estimate(self, scale: Scale, value: float, low: float, high: float) -> str:
        """An estimate and its interval on the natural scale."""
        return f"{self.decimals(natural(scale, value))} {self.interval(scale, low, high)}"

    def interval(self, scale: Scale, low: float, high: float) -> str:
        """An interval in the style's brackets."""
        shape = self.numbers["negative_interval" if low < 0 else "interval"]
        return self.decimals(shape.format(low=natural(scale, low), high=natural(scale, high)))

    def head(self, name: str, question: Question, scale: Scale) -> tuple[str, str]:
        """Upper and lower line of a column's head."""
        words = "Proportion" if scale.percent else scale.words.removesuffix(" (log scale)")
        ours = {
            "measure": scale.short,
            "words": words,
            "log": f"log {scale.short}" if scale.log else _OF_PROPORTIONS.get(question.measure or "", scale.short),
            "model": model_of(question),
            "level": percent(question.level),
        }
        upper, lower = (line.format(**ours) for line in self.heads[name])
        return upper, lower

    def label(self, name: str, question: Question, k: int) -> str:
        """Label of a diamond's row."""
        return self.words[name].format(k=k, level=percent(question.level), model=model_of(question))

    def square(self, measure: str | None) -> str:
        """Colour of the squares of a measure."""
        kind = "square_counts" if measure in _COUNTS else "square_continuous" if measure in _CONTINUOUS else "square"
        return self.colours[kind]


def model_of(question: Question) -> str:
    """The model in one word."""
    return "Fixed" if question.method == "common" else "Random"


def style_of(question: Question) -> Style:
    """The style a question asks for, with the columns it asks for."""
    return load_style(question.style, question.columns, counts=question.measure in _COUNTS)


@cache
def load_style(name: str, columns: tuple[str, ...] = (), *, counts: bool = False) -> Style:
    """A style by its name; `columns` replace its own, which may be others for measures made from counts.

    Raises
    ------
    QuestionError
        If there is no such style or column.
    """
    if name not in STYLES:
        raise QuestionError(f"There is no style {name!r}. Known: {', '.join(STYLES)}.")
    for column in columns:
        if column not in COLUMNS:
            raise QuestionError(f"There is no column {column!r}. Known: {', '.join(COLUMNS)}.")
    base, own = _table(STYLES[0]), _table(name)
    tables = {key: base[key] | own.get(key, {}) for key in ("numbers", "heads", "words", "places", "colours")}
    usual = (own.get("columns_counts") if counts else None) or own.get("columns", base["columns"])
    chosen = columns or tuple(usual)
    chosen = chosen if "plot" in chosen else (*chosen, "plot")
    return Style(name=name, columns=chosen, **tables)


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files("evidence.present") / "styles" / f"{name}.toml").read_text(encoding="utf-8"))
