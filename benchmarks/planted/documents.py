"""Short papers made of figures of published trials, each figure printed in the abstract, the results and a table.

The three places hold copies of one set of figures, so that an error can be planted in one of them or in all. Wording
and layout change from document to document and follow from a seed alone.
"""

import random
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

Figures = dict  # a table of trials.toml: what one place prints
_HERE = Path(__file__).parent
PLACES = ("abstract", "text", "table")
LAYOUTS = ("text", "jats", "abstract")
_ENDING = {"text": ".txt", "jats": ".xml", "abstract": ".txt"}
_DASH = {"to": " to ", "dash": "\u2013", "hyphen": "-"}


def _load(name: str) -> dict:
    with (_HERE / name).open("rb") as file:
        return tomllib.load(file)


TRIALS: list[Figures] = _load("trials.toml")["trial"]
COHORT: Figures = _load("trials.toml")["cohort"]
WORDING: dict[str, list[str]] = _load("wording.toml")


@dataclass
class Draft:
    """A document before it is written: what each place prints, and how."""

    places: dict[str, Figures]
    layout: str
    words: dict[str, dict[str, str]]  # by place
    style: dict[str, str]
    cited: Figures  # another trial, named in the discussion

    @property
    def everywhere(self) -> Iterator[Figures]:
        return iter(self.places.values())

    def write(self) -> tuple[str, bytes]:
        """Ending of the file name, and its bytes."""
        writer = _jats if self.layout == "jats" else _plain
        return _ENDING[self.layout], writer(self).encode()


def draft(trial: Figures, dice: random.Random, layout: str) -> Draft:
    figures = deepcopy(trial)
    figures["total"] = sum(figures["n"])
    for outcome in figures.get("response", ()):
        outcome["of"] = list(figures["n"])
    return Draft(
        places={place: deepcopy(figures) for place in PLACES},
        layout=layout,
        words={place: {part: dice.choice(all_) for part, all_ in WORDING.items()} for place in PLACES},
        style={
            "between": dice.choice(list(_DASH)),
            "ratio": dice.choice(
                ("hazard ratio, {0}; 95% CI, {1}{2}", "HR {0} [95% CI {1}]{2}", "HR = {0}, 95% CI {1}{2}")
            ),
            "p": dice.choice(("; P", "; p", ", P")),
        },
        cited=dice.choice([other for other in TRIALS if other["a"] != trial["a"] and _compared(other)]),
    )


def _compared(trial: Figures) -> bool:
    return "reference" in trial and "hr" in trial["survival"][0]


def months(time: str, unit: str = "months") -> str:
    return f"{int(time) // 12} years" if int(time) >= 24 and unit == "years" else f"{time} months"


def sentences(plan: Draft, place: str) -> list[str]:
    """All that one place says in prose; the abstract keeps to the first outcome of a kind and what was planted."""
    figures = plan.places[place]
    say = Sayer(plan, place)
    said = [say("assigned")]
    if figures.get("followup"):
        said.append(say("followup"))
    if figures.get("subgroup_said"):
        said.append(say("subgroup"))
    for outcome in figures.get("survival", ()):
        said += say.survival(outcome)
    for outcome in figures.get("response", ()):
        said += say.response(outcome)
    for outcome in figures.get("mean", ()):
        said.append(say.mean(outcome))
    return said


class Sayer:
    """Fills the wording of a document with the figures of one place."""

    def __init__(self, plan: Draft, place: str) -> None:
        self.style = plan.style
        self.words = plan.words[place]
        figures = plan.places[place]
        n = figures["n"]
        self.base = {
            "a": figures["a"],
            "b": figures["b"],
            "A": upper(figures["a"]),
            "na": n[0],
            "nb": n[1],
            "total": figures["total"],
            "condition": figures["condition"],
            "followup": figures.get("followup"),
            "unit": figures["unit"],
        }
        if part := figures.get("subgroup"):
            self.base |= {"of": part["of"], "sa": part["n"][0], "sb": part["n"][1]}

    def __call__(self, part: str, **values: object) -> str:
        return upper(self.words[part].format(**self.base, **values))

    def survival(self, outcome: Figures) -> Iterator[str]:
        names = {"outcome": outcome["outcome"], "Outcome": upper(outcome["outcome"]), "event": outcome["event"]}
        ratio = " (" + self.ratio(outcome["hr"], outcome.get("p")) + ")" if "hr" in outcome else ""
        if "median" in outcome:
            ends = outcome.get("median_ci", (None, None))
            shown = [
                self.with_interval(f"{m} {self.base['unit']}", ci)
                for m, ci in zip(outcome["median"], ends, strict=True)
            ]
            yield self("median", **names, median_a=shown[0], median_b=shown[1], ratio=ratio)
            ratio = ""
        if claim := outcome.get("claim"):
            yield self(claim, **names, ratio=ratio)
        elif "reduction" in outcome:
            yield self("reduction", **names, ratio=ratio, reduction=outcome["reduction"])
        elif ratio:
            yield self("ratio_only", **names, ratio=ratio)
        for time, rates in outcome.get("rates", {}).items():
            ends = outcome.get("rate_ci", {}).get(time, (None, None))
            shown = [self.with_interval(f"{rate}%", ci, "%") for rate, ci in zip(rates, ends, strict=True)]
            yield self("rate", **names, time=months(time), rate_a=shown[0], rate_b=shown[1])

    def response(self, outcome: Figures) -> Iterator[str]:
        totals = outcome["of"]
        test = f" (P{outcome['p']})" if "p" in outcome else ""
        if effect := outcome.get("effect"):
            estimate, low, high = effect["numbers"]
            test = f" ({effect['measure']}, {estimate}{effect.get('unit', '')}; 95% CI, {self.interval(low, high)})"
        yield self(
            "percent_only" if outcome.get("without_counts") else "response",
            outcome=outcome["outcome"],
            Outcome=upper(outcome["outcome"]),
            ea=outcome["events"][0],
            eb=outcome["events"][1],
            ta=totals[0],
            tb=totals[1],
            pa=outcome["percent"][0],
            pb=outcome["percent"][1],
            test=test,
        )

    def mean(self, outcome: Figures) -> str:
        (xa, xb), (sa, sb), (d, low, high) = outcome["mean"], outcome["sd"], outcome["difference"]
        return self(
            "mean",
            outcome=outcome["outcome"],
            mean_unit=outcome["unit"],
            xa=xa,
            xb=xb,
            sd_a=sa,
            sd_b=sb,
            d=d,
            low=low,
            high=high,
            p=outcome["p"],
        )

    def ratio(self, numbers: list[str], p: str | None) -> str:
        estimate, low, high = numbers
        test = self.style["p"] + p if p else ""
        return self.style["ratio"].format(estimate, self.interval(low, high), test)

    def interval(self, low: str, high: str) -> str:
        between = "to" if low.startswith("-") else self.style["between"]
        return f"{low}{_DASH[between]}{high}"

    def with_interval(self, value: str, ends: list[str] | None, unit: str = "") -> str:
        return f"{value} (95% CI, {self.interval(*(end + unit for end in ends))})" if ends else value


def rows(plan: Draft) -> list[list[str]]:
    """The table: outcome, either arm, ratio with interval, p."""
    figures = plan.places["table"]
    say = Sayer(plan, "table")
    a, b = upper(figures["a"]), upper(figures["b"])
    grid = [["Outcome", f"{a} (n = {figures['n'][0]})", f"{b} (n = {figures['n'][1]})", "HR (95% CI)", "P value"]]
    for outcome in figures.get("survival", ()):
        name = upper(outcome["outcome"])
        ratio = "{} ({})".format(outcome["hr"][0], say.interval(*outcome["hr"][1:])) if "hr" in outcome else ""
        p = outcome.get("p", "").removeprefix("=")
        if "median" in outcome:
            grid.append([f"Median {outcome['outcome']}, {figures['unit']}", *outcome["median"], ratio, p])
        elif ratio:
            grid.append([name, "", "", ratio, p])
        grid += [[f"{name} at {months(time)}, %", *rates, "", ""] for time, rates in outcome.get("rates", {}).items()]
    for outcome in figures.get("response", ()):
        if outcome.get("without_counts"):
            shown = outcome["percent"]
        else:
            shown = [
                f"{count} ({percent})" for count, percent in zip(outcome["events"], outcome["percent"], strict=True)
            ]
        what = "%" if outcome.get("without_counts") else "n (%)"
        grid.append([f"{upper(outcome['outcome'])}, {what}", *shown, "", outcome.get("p", "").removeprefix("=")])
    for outcome in figures.get("mean", ()):
        shown = [f"{x} ± {s}" for x, s in zip(outcome["mean"], outcome["sd"], strict=True)]
        grid.append([f"{upper(outcome['outcome'])}, {outcome['unit']}, mean ± SD", *shown, "", outcome["p"]])
    return grid


def parts(plan: Draft) -> Iterator[tuple[str, list[str]]]:
    """Headings and what stands under them."""
    say = Sayer(plan, "text")
    yield "Abstract", [say("background"), " ".join(sentences(plan, "abstract")), say("conclusion")]
    if plan.layout != "abstract":
        yield "Methods", [say("methods"), say("design")]
        yield "Results", [" ".join(sentences(plan, "text"))]
        yield "Discussion", [_cited(plan), say("conclusion")]


def _cited(plan: Draft) -> str:
    """What another trial found."""
    outcome = plan.cited["survival"][0]
    hr, low, high = outcome["hr"]
    named = {name: plan.cited[name] for name in ("a", "b", "condition")}
    return upper(plan.words["text"]["cited"].format(**named, event=outcome["event"], hr=hr, low=low, high=high))


def title(plan: Draft) -> str:
    return Sayer(plan, "text")("title")


def _plain(plan: Draft) -> str:
    lines = [title(plan), ""]
    for heading, paragraphs in parts(plan):
        lines += [heading, *paragraphs, ""]
        if heading == "Results":
            lines += ["Table 1. Outcomes by group", *("\t".join(row) for row in rows(plan)), ""]
    if plan.layout != "abstract":
        lines += ["References", "", f"1. {plan.cited['reference']}", ""]
    return "\n".join(lines)


_MARK = '[<xref ref-type="bibr" rid="R1">1</xref>]'


def _jats(plan: Draft) -> str:
    def paragraphs(texts: list[str]) -> str:
        return "".join(f"<p>{escape(text).replace('[1]', _MARK)}</p>" for text in texts)

    def table(grid: list[list[str]]) -> str:
        head, *body = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in grid)
        lines = "".join(f"<tr>{row}</tr>" for row in body)
        return (
            '<table-wrap id="T1"><label>Table 1</label><caption><p>Outcomes by group</p></caption>'
            f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></table-wrap>"
        )

    abstract, *body = parts(plan)
    sections = "".join(
        f"<sec><title>{heading}</title>{paragraphs(texts)}{table(rows(plan)) if heading == 'Results' else ''}</sec>"
        for heading, texts in body
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<article article-type="research-article"><front><article-meta><title-group>'
        f"<article-title>{escape(title(plan))}</article-title></title-group><abstract>{paragraphs(abstract[1])}</abstract>"
        f"</article-meta></front><body>{sections}</body><back><ref-list><title>References</title>"
        f'<ref id="R1"><label>1</label><mixed-citation>{escape(plan.cited["reference"])}</mixed-citation></ref>'
        "</ref-list></back></article>"
    )


def upper(text: str) -> str:
    return text[:1].upper() + text[1:]
