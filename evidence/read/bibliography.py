"""Title, authors, journal, year and numbers of a paper from its first page or front matter. None where not sure.

Registry numbers are those of the document's own trial: printed in the front part, or with words such as "registered".
Those of trials that a review restates are left to extraction.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from evidence.model.document import Bibliography
from evidence.read.authors import PARTICLES, Author, leading_authors
from evidence.read.headings import level_of, opening
from evidence.read.references import title_of

#: Title, authors, abstract and what is printed around them fit into this many characters.
_FRONT = 6000
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>|\u201d]+", re.IGNORECASE)
_PMID = re.compile(r"\bPMID:?\s*(\d{6,9})\b")
_PMCID = re.compile(r"\bPMC\d{5,9}\b")
_YEAR = r"((?:19|20)\d\d)"
#: What prints the year of publication, surest first.
_YEARS = (
    re.compile(
        rf"\bPublished(?:\s+online|\s+ahead\s+of\s+print)?:?[^\n\d]{{0,12}}(?:\d{{1,2}}[\s,/.-]+)?[^\n\d]{{0,12}}{_YEAR}\b",
        re.I,
    ),
    re.compile(rf"\b{_YEAR}\s*;\s*\d+"),  # "Lancet 2015; 386"
    re.compile(rf"\({_YEAR}\)\s*\d+\s*[:,]"),  # "(2020) 19:148"
    re.compile(rf"(?:\u00a9|\(c\)|Copyright)[^\n\d]{{0,60}}{_YEAR}\b", re.I),
)
_JOURNAL = (
    re.compile(rf"(?:^|\n|[.|]\s)\s*(?P<journal>[A-Z][A-Za-z&.\u2019' ]{{2,60}}?)[.,]?\s+{_YEAR}\s*;\s*\d+", re.M),
    re.compile(rf"(?:^|\n|[.|]\s)\s*(?P<journal>[A-Z][A-Za-z&.\u2019' ]{{2,60}}?)\.\s*{_YEAR}\s*;\s*\d+", re.M),
    re.compile(rf"(?:^|\n)\s*(?P<journal>[A-Z][A-Za-z&.\u2019' ]{{2,60}}?)\s+\d+\s+\({_YEAR}\)\s+\d+", re.M),
    re.compile(rf"(?:^|\n)\s*(?P<journal>[A-Z][A-Za-z& ]{{2,60}}?)\s*\|\s*Volume \d+\s*\|[^\n|]{{0,20}}{_YEAR}", re.M),
    re.compile(rf"(?:^|\n)\s*(?P<journal>[A-Z][A-Za-z& ]{{2,60}}?)\s*\|\s*https?://\S+\s+\w+ \d{{1,2}}, {_YEAR}", re.M),
    re.compile(rf"(?:^|\n)[^\n]{{0,60}}?et al\.?,?\s+(?P<journal>[A-Z][A-Za-z&. ]{{2,60}}?)\s+\({_YEAR}\)\s*\d+", re.M),
)
_AUTHOR_MARKS = re.compile(
    r"<sup>[^<]*</sup>|[\d*\u2020\u2021\u00a7\u00b6#\u2709\u00b9\u00b2\u00b3\u2070-\u2079]|\b(?:MD|PhD|MSc|MBBS|FRCP|DM|Prof|RN|MPH|BSc|DrPH|MBChB|ScD|PharmD)\b\.?"
)
_NAME = re.compile(
    r"^(?:[A-Z\u00c0-\u00de][\w.'\u2019\u2010\u2011-]*\s+){1,3}(?:(?:van|von|de|der|den|del|della|di|da|la|le|el|al|bin|dos|ten|ter|dit)\s+){0,3}"
    r"[A-Z\u00c0-\u00de][\w'\u2019\u2010\u2011-]+$|^[A-Z\u00c0-\u00de][\w'\u2019\u2010\u2011-]+\s+[A-Z]{1,3}$"
)
#: So many of the parts of a line of authors must look like names.
_NAMES_AMONG = 0.8
_INTRODUCTION = re.compile(r"^[\W\d]*introduction\W*$", re.IGNORECASE | re.MULTILINE)
_WORD_OF_JOURNAL = r"(?:[A-Z][\w'\u2019-]*\.?|(?:[a-z]+|&)(?!\.))"
_NAME_OF_JOURNAL = rf"(?:^|[.?!]\s+)(?P<journal>[A-Z][\w'\u2019-]*\.?(?:\s{_WORD_OF_JOURNAL}){{0,9}}?)[.,]?"
#: How a paper cites itself below its title: journal, year and volume in one of these orders.
_SELF_CITATIONS = (
    re.compile(rf"{_NAME_OF_JOURNAL}\s+{_YEAR}(?:\s+[A-Z][a-z]{{2,8}}\.?(?:\s+\d{{1,2}})?)?\s*;"),  # Blood 2018;132
    re.compile(rf"{_NAME_OF_JOURNAL}\s+\d+(?:\(\d+\))?\s*\({_YEAR}\)"),  # European Journal of Cancer 86 (2017) 233
    re.compile(rf"{_NAME_OF_JOURNAL}\s+\d+,\s*[\w\u2013-]+\s+\({_YEAR}\)"),  # Nat. Med. 24, 282-291 (2018)
    re.compile(rf"{_NAME_OF_JOURNAL}\s*\({_YEAR}\)"),  # Lancet Haematology (2019) 12:3
    re.compile(rf"{_NAME_OF_JOURNAL}\s+{_YEAR}(?=[,.:]|$)"),  # Blood, 2018, 132
)
#: It stands among so many lines of the head.
_HEAD_LINES = 12
#: Words around a registry number that make it the document's own.
_REGISTERED = re.compile(
    r"\bregist(?:ered|ration|ry number|er number)|clinicaltrials\.gov\b|\btrial (?:number|identifier)"
    r"|\bEudraCT\b|\bISRCTN\b|\bDRKS|\bChiCTR|\bUMIN|\bACTRN|\bCTRI\b",
    re.IGNORECASE,
)
_AROUND, _LONGEST_WORD = 160, 30
_SENTENCE_START = re.compile(r"(?<=[a-z)\d]{2})\.\s+(?=[A-Z])|\n\s*\n")
#: More distinct numbers than this, and the document restates other people's trials.
_OWN_AT_MOST = 3


def from_text(
    text: str, *, front: str | None = None, title: str | None = None, authors: tuple[str, ...] | None = None
) -> Bibliography:
    """What the document says about itself.

    Parameters
    ----------
    text : text
        The document up to its list of references.
    front : text
        What to take bibliographic data from, running heads included; the first characters of `text` by default.
    title : text
        Where the format tells it.
    authors : names
        Where the format tells them.
    """
    front = front if front is not None else text[:_FRONT]
    lines = [line.strip() for line in text[:_FRONT].split("\n") if line.strip()]
    title = title or _title(text, lines)
    journal, year = _journal(front)
    family = None
    if authors is None:
        at = next((i for i, line in enumerate(lines) if line.strip("#*_ ").rstrip(".") == title), None)
        authors = authors_below(lines[at + 1 : at + 3]) if at is not None else ()
        if cited := self_citation(lines):
            names, journal, year = cited
            authors = authors or tuple(name.printed for name in names)
            family = names[0].family
    return Bibliography(
        title=title,
        authors=authors,
        journal=journal,
        year=year or _year(front),
        doi=_doi(front),
        pmid=_first(_PMID, front),
        pmcid=next(iter(_PMCID.findall(front)), None),
        registry_ids=own_registry_ids(text),
        first_author=family or (family_name(authors[0]) if authors else None),
    )


def registry_ids(text: str) -> tuple[str, ...]:
    """Every registry number in a text, in the registry's own spelling, each once, in order of appearance."""
    found = [
        (match.start(), form.format(match.group(1)))
        for pattern, form in _registries_in(text)
        for match in pattern.finditer(text)
    ]
    return tuple(dict.fromkeys(name for _, name in sorted(found)))


def own_registry_ids(text: str, *, front: str | None = None) -> tuple[str, ...]:
    """The registry numbers of the document's own trial: in the front part, or beside "registered" and the like."""
    front = text[:_FRONT] if front is None else front
    if introduction := _INTRODUCTION.search(front):
        front = front[: introduction.start()]  # from here on other trials are spoken of
    in_front = registry_ids(front)
    if len(in_front) > _OWN_AT_MOST:
        in_front = ()
    with_words = _with_words(text)
    own = in_front + (with_words if len(with_words) <= _OWN_AT_MOST else ())
    return tuple(dict.fromkeys(own))


def family_name(author: str) -> str:
    """The family name alone, of "Li Xuan", of "Xuan L" and of "Xuan, Li"."""
    if "," in author:
        return author.split(",")[0].strip()
    words = author.split()
    if (
        len(words) > 1
        and re.fullmatch(r"(?:[A-Z]\.?-?){1,4}", words[-1])
        and not re.fullmatch(r"(?:[A-Z]\.?-?){1,4}", words[0])
    ):
        return " ".join(words[:-1])
    if len(words) > 1 and words[-1].rstrip(".") in ("Jr", "Sr", "II", "III"):
        words = words[:-1]
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in PARTICLES:
        start -= 1
    return " ".join(words[start:])


def _with_words(text: str) -> tuple[str, ...]:
    """The numbers beside words that make them the document's own; numbers are rare, so they are looked for first."""
    found = []
    for pattern, form in _registries_in(text):
        for match in pattern.finditer(text):
            at = match.start()
            for words in _REGISTERED.finditer(text, max(0, at - _AROUND - _LONGEST_WORD), at + _LONGEST_WORD):
                near = words.start() <= at < words.end() + _AROUND
                if near and not _SENTENCE_START.search(text, words.end(), at):
                    found.append((at, form.format(match.group(1))))
    return tuple(dict.fromkeys(name for _, name in sorted(found)))


def _registries_in(text: str) -> list[tuple[re.Pattern[str], str]]:
    """Pattern and form of the registries of which a text may hold numbers."""
    return [(pattern, form) for begins, pattern, form in _registries() if any(letters in text for letters in begins)]


@cache
def _registries() -> tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...]:
    data = tomllib.loads(files("evidence.read").joinpath("registries.toml").read_text(encoding="utf-8"))
    return tuple((tuple(entry["begins"]), re.compile(entry["pattern"]), entry["form"]) for entry in data["registry"])


def _title(text: str, lines: list[str]) -> str | None:
    """The first "# " heading, else a first line that can be nothing else."""
    if match := re.search(r"^#\s+(.+?)\s*$", text[:_FRONT], re.MULTILINE):
        return match.group(1).strip("*_ ")
    if not lines:
        return None
    line = lines[0]
    if level_of(line) or opening(line) or line.startswith(("Table", "Figure", "http")):
        return None
    words = len(line.split())
    sentence = line.endswith(".") and words > 25
    return line.rstrip(".") if 4 <= words <= 45 and len(line) <= 350 and not sentence and len(lines) > 1 else None


def authors_below(lines: Sequence[str]) -> tuple[str, ...]:
    """The names in the lines below a title; nothing unless there are several and nearly all parts are names."""
    names: list[str] = []
    for line in lines:
        parts = _name_parts(line)
        good = [part for part in parts if _NAME.match(part)]
        if not parts or len(good) < _NAMES_AMONG * len(parts):
            if names or parts:
                break
            continue
        names += parts
    return tuple(names) if len(names) > 1 and _NAME.match(names[0]) else ()


def self_citation(lines: Sequence[str]) -> tuple[list[Author], str, int] | None:
    """Authors, journal and year of the line in the head by which a paper says how it is cited, or None.

    The journal may stand on the line below the authors.
    """
    for i, line in enumerate(lines[:_HEAD_LINES]):
        if level_of(line) == 1 or opening(line):
            return None
        names, rest = leading_authors(line)
        if not names:
            continue
        rest = rest or next(iter(lines[i + 1 : i + 2]), "")
        rest = rest.removeprefix(title_of(rest) or "")
        for form in _SELF_CITATIONS:
            if match := form.search(rest):
                return names, " ".join(match.group("journal").split()).rstrip(".,"), int(match.group(2))
    return None


def _name_parts(line: str) -> list[str]:
    """What stands between the commas of a line of authors, up to "on behalf of"."""
    line = re.split(r"\bon behalf of\b|\bfor the\b|,\s+for\b", line)[0]
    line = _AUTHOR_MARKS.sub(" ", line)
    parts = (" ".join(part.split()).strip(" .") for part in re.split(r",|;|\u00b7|\u2022|\||\band\b|&", line))
    return [part for part in parts if len(part) > 1]


def _journal(front: str) -> tuple[str | None, int | None]:
    for pattern in _JOURNAL:
        if match := pattern.search(front):
            return " ".join(match.group("journal").split()).rstrip(".,"), int(match.group(2))
    return None, None


def _year(front: str) -> int | None:
    for pattern in _YEARS:
        if match := pattern.search(front):
            return int(match.group(1))
    return None


def _doi(front: str) -> str | None:
    """The one DOI of the front part, or the one it prints most; None where several are printed once each."""
    found = [match.group().rstrip(".,;:)]}'") for match in _DOI.finditer(front)]
    if not found:
        return None
    return _most_frequent(found)


def _most_frequent(found: Iterable[str]) -> str | None:
    counts: dict[str, int] = {}
    for item in found:
        counts[item] = counts.get(item, 0) + 1
    return max(counts, key=lambda item: counts[item]) if counts else None


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match.group(1) if match else None
