"""The number grammar: estimates with intervals, p-values, percentages, fractions, durations, sizes, "not reached".

It reads clean text (see `Document.clean`) and knows typography, not medicine: which number is an estimate, what its
interval is, which p stands behind it. What the number is about is decided in `link.py`. Three passes, each claiming its
characters so that the next does not read them again: p-values, labelled estimates, then everything else.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from evidence.extract.digits import WORD_NUMBER, spelled, to_decimal
from evidence.extract.estimates import estimates
from evidence.extract.p_values import bind, p_values
from evidence.extract.quantity import Claims, Kind, PValue, Quantity, Spread
from evidence.extract.values import values
from evidence.model.codes import Measure

__all__ = [
    "WORD_NUMBER",
    "Kind",
    "PValue",
    "Quantity",
    "Spread",
    "is_design_assumption",
    "quantities",
    "spelled",
    "to_decimal",
]


def quantities(
    text: str,
    start: int,
    end: int,
    *,
    inherited: Measure | None = None,
    earlier: Measure | None = None,
    masked: Iterable[tuple[int, int]] = (),
) -> list[Quantity]:
    """Every number of one sentence, in order.

    Parameters
    ----------
    text : str
        Clean text of the document.
    start, end : int
        The sentence.
    inherited : Measure, optional
        Measure named in the sentence before: an unlabelled "0.73 (0.52-0.98)" continues it.
    earlier : Measure, optional
        Measure named further back: "(0.73, 0.52-0.98; p=0.04)" continues it.
    masked : pairs of offsets
        Stretches that hold no result: citation marks, superscripts, time points ("2-year", "at 24 months").
    """
    sentence = text[start:end].replace("\n", " ")  # pages wrap their lines, also between a label and its number
    claims = Claims(len(sentence), ((first - start, last - start) for first, last in masked))
    printed_p = list(p_values(sentence, claims))
    assumed = is_design_assumption(sentence)
    # an assumed hazard ratio is no result, but its numbers are read all the same, so that nothing else takes them
    told = (None, None) if assumed else (inherited, earlier)
    ratios = list(estimates(sentence, claims, *told)) if _FIGURE.search(sentence) else []
    found = sorted([*([] if assumed else ratios), *values(sentence, claims)], key=_position)
    found, loose = bind(sentence, found, printed_p)
    found += [Quantity(kind=Kind.P_VALUE, start=p.start, end=p.end, at=p.start, value=p.value, p=p) for p in loose]
    return [quantity.shifted(start) for quantity in sorted(found, key=_position)]


#: Number words are counts, but never estimates.
_FIGURE = re.compile(r"\d")


def _position(quantity: Quantity) -> int:
    return quantity.at


@lru_cache(maxsize=4096)  # several steps go through all sentences of a document and ask it of each
def is_design_assumption(sentence: str) -> bool:
    """Whether a sentence plans or assumes numbers (power, margins, sample size) instead of reporting them."""
    if "powered" in sentence:
        sentence = _NOT_POWERED.sub("", sentence)
    if _CI.search(sentence):
        sentence = _KEPT_WITHIN.sub("", sentence)
    found = _ASSUMPTION.search(sentence)
    # "transit time, defined as ..., was shorter (46 ± 20 min versus 73 ± 34 min)" defines by the way
    return found is not None and not (found.group().lower() == "defined as" and _RESULT.search(sentence))


_CI = re.compile(r"\bCI\b|confidence interval")
_RESULT = re.compile(rf"\d\s?±\s?\d|{_CI.pattern}")
#: "a difference of 2% (95% CI ...), excluding the margin of 8%": what a result is held against.
_KEPT_WITHIN = re.compile(
    r"\b(?:exclud(?:ing|ed)|exceed(?:ing|ed)|cross(?:ing|ed)|me(?:t|eting)|fulfil(?:ling|led)"
    r"|(?:lay|lies|remained|was|were|is|are|falls?|fell) (?:within|below|above|outside)|within|below|above)"
    r" (?:the|our) (?:[\w-]+ ){0,3}(?:margin|limit|bound(?:ary)?)(?: of [\d.]+\s?(?:%|percentage points?)?)?",
    re.IGNORECASE,
)


#: "Although the study was not powered to show a difference, survival was ...": a reservation, not a plan.
_NOT_POWERED = re.compile(r"[^,.;]*\b(?:not (?:\w+ )?|under-?)powered\b[^,.;]*")
_ASSUMPTION = re.compile(
    "|".join(
        (
            r"\bpower(?:ed)? (?:of|to|for|was)|\b\d+\s?% power",
            r"(?:to|could|would|can) (?:detect|show|demonstrate) (?:a|an|the) ",
            r"non-?inferiority (?:margin|limit|bound)|margin (?:of|was|for)",
            r"sample size (?:of|was|calculation)|planned (?:sample|enrol)|(?:were|was) (?:required|needed) (?:to|for)",
            r"\bassum(?:ing|ed|ption)|hypothesi[sz]ed|expected (?:to be|difference|rate)",
            r"(?:upper|lower) (?:limit|bound)ary? (?:was|of) (?:set|prespecified)",
            r"(?:one-sided|two-sided) (?:alpha|significance|type)|type (?:I|1|one) error",
            r"significance level|level of significance",
            r"(?:was|were|is|are) (?:considered|regarded|taken|deemed|defined)\b|\bdefined as\b",
        )
    ),
    re.IGNORECASE,
)
