"""From a document to sentences: the spaCy pipeline, and what each sentence is for.

The pipeline is `spacy.blank("en")` with our own sentence rules and scispaCy's abbreviation detector; every component is
registered here. spaCy is imported when the first document is read, because it takes a second.
"""

import re
import warnings
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from evidence.extract import lexicon
from evidence.extract.arm_names import regimen_of
from evidence.model.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence in clean text, with the part of the paper it stands in."""

    index: int
    start: int
    end: int
    paragraph: int
    zone: str  # abstract, introduction, methods, results, discussion, references, or "" where the headings do not say


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """A document made ready for the rules: clean text, sentences, abbreviations, stretches that are not prose.

    A reading is itself alone, so that what is made of it can be kept for the next step that asks.
    """

    document: Document
    text: str  # clean, endless numbers hidden
    sentences: tuple[Sentence, ...]
    abbreviations: dict[str, str]  # short form to long form
    marks: tuple[tuple[int, int], ...]  # citation marks and superscripts, in clean offsets
    tables: tuple[tuple[int, int], ...]  # stretches of tables, in clean offsets

    def words(self, sentence: Sentence) -> str:
        """The sentence's clean text on one line, character by character as it stands in the document."""
        return self.text[sentence.start : sentence.end].replace("\n", " ")


#: No paper prints a number of so many digits, and no column of the evidence tables holds one.
_ENDLESS = re.compile(r"\d{16,}|\d{1,3}(?:,\d{3}){5,}")


def prepare(document: Document) -> Reading:
    """Sentences, zones, abbreviations and marks of a document."""
    text = _ENDLESS.sub(lambda digits: "\ufffd" * len(digits.group()), document.clean.text)
    to_clean = clean_offsets(document)
    tables = tuple((to_clean(table.char_start), to_clean(table.char_end)) for table in document.tables)
    breaks = {offset for table in tables for offset in table}
    zones: list[tuple[int, int, str]] = []
    for section in document.sections:
        start, end = to_clean(section.char_start), to_clean(section.char_end)
        breaks |= {start, end}
        heading = document.clean.text[start : start + len(section.heading) + 8]
        after = re.match(r"[#*\s\d.]*" + re.escape(section.heading.strip("#* ")) + r"[*:. \t]*", heading)
        if after:
            breaks.add(start + after.end())
        zones.append((start, end, zone_of(section.heading)))
    marks = tuple(
        (to_clean(mark.char_start), to_clean(mark.char_end))
        for mark in document.marks
        if mark.kind in ("citation", "superscript")
    )
    spans = sentence_spans(text, breaks | _behind_marks(text, marks))
    abbreviations = _abbreviations(text, spans)
    sentences: list[Sentence] = []
    paragraph = 0
    for start, end in spans:
        if any(first <= start < last for first, last in tables):
            continue
        if sentences and re.search(r"\n\s*\n", text[sentences[-1].end : start]):
            paragraph += 1
        zone = next((name for first, last, name in reversed(zones) if first <= start < last and name), "")
        sentences.append(Sentence(index=len(sentences), start=start, end=end, paragraph=paragraph, zone=zone))
    return Reading(
        document=document,
        text=text,
        sentences=tuple(sentences),
        abbreviations=abbreviations,
        marks=marks,
        tables=tables,
    )


def clean_offsets(document: Document) -> Callable[[int], int]:
    """Function from offsets in the document's text to offsets in its clean text."""
    starts = document.clean.starts

    def to_clean(offset: int) -> int:
        at = bisect_right(starts, offset)
        return at - 1 if at and starts[at - 1] == offset else at

    return to_clean


def zone_of(heading: str) -> str:
    """What a heading announces."""
    for zone in ("references", "methods", "discussion", "introduction", "results"):
        if lexicon.cues("sections", zone).fullmatch(heading.strip(" #*:.0123456789\n")):
            return zone
    return ""


# ------------------------------------------------------------------------------------------------------------ sentences

_END = re.compile(r"[.!?](?:[\"')\]]+|\$)?(?=\s+[\"'(\[$]{0,2}(?:[A-Z0-9]|[a-z]?[A-Z]))|\n\s*\n")
#: A full stop behind one of these ends no sentence.
_NO_END = re.compile(
    r"(?:\b(?:0|et al|vs|v|cf|e\.g|i\.e|Figs?|Tabs?|Refs?|Nos?|Drs?|approx|ca|St|Prof|Inc|Ltd|resp|incl|pat|Suppl|Eq"
    r"|[Vv]ol|pp|eds?|mo|yr|wk)"
    r"|(?:^|(?<!roup)(?<!arm)(?<!hort)[\s(.])[A-Z])\.$"
)
_NEXT_SENTENCE = re.compile(r"\s+[\"'(\[]{0,2}[A-Z]")
_BETWEEN_MARKS = re.compile(r"[\s,;\u2013-]*")


def _behind_marks(text: str, marks: Iterable[tuple[int, int]]) -> set[int]:
    """Ends of the citation marks that stand behind the full stop of their sentence ("... was 59%.<sup>1</sup> In")."""
    runs: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if runs and _BETWEEN_MARKS.fullmatch(text, runs[-1][1], start):
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return {
        end
        for start, end in runs
        if text[start - 1 : start] in (".", "!", "?")
        and _NEXT_SENTENCE.match(text, end)
        and not _NO_END.search(text[max(0, start - 12) : start])
    }


#: Twice the longest sentence seen. What is longer holds no sentence, and to look for each of its numbers at every other
#: would take minutes.
_AT_MOST = re.compile(r".{1,3000}(?!\S)|.{3000}", re.DOTALL)


def sentence_spans(text: str, breaks: Collection[int] = ()) -> list[tuple[int, int]]:
    """Offsets of the sentences of a text, without the blank around them.

    A blank line ends a sentence, and so does each of `breaks` (headings, tables); a single line end does not, because
    pages wrap their lines. What is too long for a sentence is parted at a blank.
    """
    cuts = set(breaks) | {0, len(text)}
    for match in _END.finditer(text):
        if text[match.start()] == "\n":
            cuts |= {match.start(), match.end()}
            continue
        before = text[max(0, match.start() - 12) : match.start() + 1]
        after = text[match.end() : match.end() + 3].lstrip()
        if _NO_END.search(before) or (
            after[:1].isdigit() and re.search(r"\b(?:No|p|P|n|[Tt]able|[Ff]ig|vs)\.$", before)
        ):
            continue
        cuts.add(match.end())
    ordered = sorted(cut for cut in cuts if 0 <= cut <= len(text))
    spans = []
    for first, last in pairwise(ordered):
        for part in _AT_MOST.finditer(text, first, last):
            piece = part.group()
            if stripped := piece.strip():
                begin = part.start() + len(piece) - len(piece.lstrip())
                spans.append((begin, begin + len(stripped)))
    return spans


# ------------------------------------------------------------------------------------------------------------- pipeline


@cache
def _pipeline() -> Any:
    """The spaCy pipeline, made once per process."""
    import spacy
    from scispacy.abbreviation import AbbreviationDetector  # noqa: F401  registers "abbreviation_detector"

    pipeline = spacy.blank("en")
    pipeline.max_length = 10_000_000
    pipeline.add_pipe("abbreviation_detector")
    return pipeline


#: "(OS)" behind words whose initials or letters it takes, also where scispaCy does not look: square brackets, hyphens.
_SHORT = re.compile(r"[(\[]\s?(?P<short>[A-Za-z][A-Za-z0-9/+-]{1,9})\s?[)\],;]")


#: scispaCy tries every pair of an opening and a closing bracket, and spaCy parts a run of signs one by one: in a whole
#: document that takes minutes. Nobody defines an abbreviation over several sentences or within such a run.
_LONGEST = 3000
_RUN = re.compile(r"\S{100,}")

#: "Overall survival (months)" heads a column of months and gives them no other name.
_UNIT = re.compile(r"(?:day|week|month|year|hour|minute|cycle|patient|event|death|point)s?|mean|median|range|number")


def _abbreviations(text: str, spans: Iterable[tuple[int, int]]) -> dict[str, str]:
    """Short forms with their long forms: scispaCy's, sentence by sentence, then those in brackets that it misses."""
    found: dict[str, str] = {}
    pipeline = _pipeline()  # before the filter is set: importing spaCy sets filters of its own
    pieces = (text[at : min(at + _LONGEST, end)] for start, end in spans for at in range(start, end, _LONGEST))
    with warnings.catch_warnings():
        # a text without abbreviations leaves scispaCy's matcher without a pattern, which spaCy warns of
        warnings.filterwarnings("ignore", message=r"\[W036\]")
        for parsed in pipeline.pipe(_RUN.sub(" ", piece) for piece in pieces if "(" in piece):
            for short in parsed._.abbreviations:
                if not _UNIT.fullmatch(short.text):
                    found.setdefault(short.text, short._.long_form.text)
    for match in _SHORT.finditer(text):
        short = match["short"]
        if short not in found and (regimen := regimen_of(text, match.start(), short)):
            found[short] = regimen
        if short in found or sum(char.isupper() for char in short) < 2:
            continue
        words = text[max(0, match.start() - 90) : match.start()].split()[-len(short) - 3 :]
        for size in range(1, len(words) + 1):
            initials = "".join(part[0] for word in words[-size:] for part in re.split(r"[-/]", word) if part).lower()
            if initials == re.sub(r"[^A-Za-z]", "", short).lower():
                found[short] = " ".join(words[-size:])
                break
    return found
