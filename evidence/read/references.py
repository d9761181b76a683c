"""The list of references as records: number, first author, year, DOI and title of each entry.

Entries are told apart by their numbers, by bullets, or by the names they begin with; an entry may run over several
lines, and several may stand in one. What an entry does not print clearly stays None.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from evidence.model.document import Reference, Section
from evidence.read.authors import leading_authors, leading_group
from evidence.read.headings import ends_the_paper

_NUMBERED = re.compile(
    r"(?<!\S)(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})[.)])\s+(?=[^\W\d_]|[\"\u201c\u2018*_\[]|(?:19|20)\d\d\b)"
    r"|(?:^[ \t]*|(?<=[^\W\d_]\.\s)|(?<=[\d/)]\.\s))(\d{1,3})[ \t]+(?=[^\W\d_]|(?:19|20)\d\d\b)",
    re.MULTILINE,
)
_BULLETS = re.compile(r"^[ \t]*[-*\u2022\u2013][ \t]+", re.MULTILINE)
_LINES = re.compile(r"^[ \t]*(?=\S)", re.MULTILINE)
#: A number left out of the list costs as much as this share of an entry.
_GAP_COST = 0.9
#: Numbers at the start of a line are surer than those within one.
_LINE_START = 0.5
_LONGEST_ENTRY = 2500
#: A paper without a heading above its references still has so many of them, with an author and a year each.
_FEWEST_WITHOUT_HEADING = 5
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>|\u201d]+", re.IGNORECASE)
#: What may follow a DOI.
_BEHIND_DOI = re.compile(
    r"\s*(?:PMID|PMCID|Epub|Accessed|\(accessed|Published|\[|\]|\(\*\*|\*\*).*$", re.IGNORECASE | re.DOTALL
)
_INVISIBLE = re.compile(r"[\u200b-\u200d\u2060\u00ad\ufeff]")
_YEAR = r"((?:19|20)\d\d)"
#: Where an entry prints its year of publication, surest first; of several the last.
_YEARS = (
    re.compile(rf"(?<![\d\u2013-]){_YEAR}[a-z]?(?:\s+[A-Z][a-z]{{2,8}}\.?(?:\s+\d{{1,2}})?)?\s*;"),
    re.compile(rf"\({_YEAR}[a-z]?\)"),
    re.compile(rf"(?<![\d:\u2013-]){_YEAR}[a-z]?(?=\s*[,:.]|\s+\d|\s*$)"),
    re.compile(rf"(?<![\d:\u2013-]){_YEAR}(?![\d\u2013-])"),
)
_VISITED = re.compile(r"\b(?:accessed|visited|cited|retrieved)\b[^.)\]]*", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<!\bvs)(?<!\bSt)[.?!][\"\u201d\u2019*_]*\s+(?=[^\Wa-z_]|[\"\u201c*_\[])")
#: A group that signs behind the authors: no title.
_SIGNING = re.compile(
    r"^(?:for\s+the\s|on\s+behalf\s)"
    r"|\b(?:[Ii]nvestigators?|Group|Committees?|Collaborat(?:ors|ion)|[Tt]rial\s[Tt]eam|Trialists)$"
)
_DATED = re.compile(rf"{_YEAR}\s*;|\({_YEAR}\)|,\s*{_YEAR}|[A-Za-z.]\s{_YEAR}\s*[.,]?$")
_FEWEST_TITLE_WORDS = 2


def reference_list(text: str, sections: Sequence[Section]) -> tuple[Reference, ...]:
    """The entries of every list of references in a text, by number; of two with one number the first."""
    found: dict[int, Reference] = {}
    lists = [section for section in sections if ends_the_paper(section.heading)]
    for section in lists:
        for reference in entries(text[section.char_start + len(section.heading) : section.char_end]):
            found.setdefault(reference.number, reference)
    if not lists:
        found = {reference.number: reference for reference in _without_heading(text)}
    return tuple(found[number] for number in sorted(found))


def entries(text: str) -> list[Reference]:
    """The entries of one list; those without numbers are numbered as they stand."""
    if spans := _numbered(text):
        numbered = _read_numbered(text, spans)
        first = numbered[0].number
        before = _unnumbered(text[: spans[0][1]]) if first > 1 else []
        return (before if len(before) == first - 1 else []) + numbered
    return _unnumbered(text)


def read_entry(number: int, text: str) -> Reference:
    """One entry, its number left out of `text`."""
    text = " ".join(_INVISIBLE.sub("", text).split()).replace("*", "")
    names, rest = leading_authors(text)
    if names:
        author: str | None = names[0].family
    else:
        author, rest = leading_group(text)
    return Reference(number=number, first_author=author, year=year_of(rest), doi=_doi(text), title=title_of(rest))


def year_of(text: str) -> int | None:
    """The year of publication in an entry or a citation line; years within a DOI or of a visit are none."""
    text = _VISITED.sub("", _DOI.sub("", text))
    for pattern in _YEARS:
        if years := pattern.findall(text):
            return int(years[-1])
    return None


def title_of(rest: str) -> str | None:
    """The title in what stands behind the authors: the first sentence, unless it is the journal with its year."""
    rest = re.sub(rf"^[\s.,:]*\({_YEAR}[a-z]?\)[\s.,:]*", "", rest).strip(" .:,")
    first, *behind = _SENTENCE.split(rest, maxsplit=1)
    if behind and _SIGNING.search(first):
        return title_of(behind[0])
    if behind and re.match(rf"{_YEAR}\s*[;,(:]", behind[0]):
        return None  # "Eur J Cancer. 2017;86:233": the journal
    first = first.strip(' .\u201c\u201d"*_[]')
    if len(first) == len(rest.strip(" .")) or len(first.split()) <= _FEWEST_TITLE_WORDS or _DATED.search(first):
        return None
    return first


def _entry(number: int, text: str) -> Reference:
    """An entry with whatever stands behind it: a paragraph after the year is no part of it."""
    parts = re.split(r"\n\s*\n", text[:_LONGEST_ENTRY])
    kept = parts[:1]
    for part in parts[1:]:
        if year_of(" ".join(kept)) and not re.match(r"\s*[a-z\d(]", part):
            break
        kept.append(part)
    return read_entry(number, " ".join(kept))


def _read_numbered(text: str, spans: Sequence[tuple[int, int, int]]) -> list[Reference]:
    """Numbered entries. One that may have swallowed the next, whose number was not found, has no year or DOI."""
    found = []
    for i, (number, start, end) in enumerate(spans):
        entry = _entry(number, text[start:end])
        if i + 1 < len(spans) and spans[i + 1][0] > number + 1:
            entry = replace(entry, year=None, doi=None)
        found.append(entry)
    return found


def _unnumbered(text: str) -> list[Reference]:
    """Entries told apart by bullets, or by the names their lines begin with."""
    starts = [match.end() for match in _BULLETS.finditer(text)]
    if not starts:
        starts = [match.end() for match in _LINES.finditer(text) if leading_authors(text[match.end() :])[0]]
    parts: list[str] = []
    for a, b in zip(starts, [*starts[1:], len(text)], strict=False):
        part = _BULLETS.sub("", text[a:b])
        if parts and not parts[-1].rstrip().endswith((".", ")", "]", ">", "*")) and not year_of(parts[-1]):
            parts[-1] += part  # a list of authors broken in two
        else:
            parts.append(part)
    return [_entry(number, part) for number, part in enumerate(parts, 1)]


def _numbered(text: str) -> list[tuple[int, int, int]]:
    """Number, start and end of each entry: the longest run of rising numbers among those printed."""
    matches = [(int(next(filter(None, match.groups()))), match) for match in _NUMBERED.finditer(text)]
    best: list[float] = []
    before: list[int | None] = []
    for i, (number, match) in enumerate(matches):
        own = 1 + (_LINE_START if text[: match.start()].rstrip(" \t").endswith("\n") or not match.start() else 0)
        score, link = own - _GAP_COST * (number - 1), None
        for j in range(i):
            gap = number - matches[j][0] - 1
            if gap >= 0 and (joined := best[j] + own - _GAP_COST * gap) > score:
                score, link = joined, j
        best.append(score)
        before.append(link)
    if not best:
        return []
    chain: list[int] = []
    last: int | None = max(range(len(best)), key=lambda i: best[i])
    while last is not None:
        chain.append(last)
        last = before[last]
    chain.reverse()
    ends = [matches[i][1].start() for i in chain[1:]] + [len(text)]
    return [(matches[i][0], matches[i][1].end(), end) for i, end in zip(chain, ends, strict=True)]


def _without_heading(text: str) -> list[Reference]:
    """Some journals print the list without a heading: numbered entries, nearly all with author and year."""
    found = _read_numbered(text, _numbered(text))
    sound = [reference for reference in found if reference.first_author and reference.year]
    return found if len(sound) >= max(_FEWEST_WITHOUT_HEADING, 0.8 * len(found)) else []


def _doi(text: str) -> str | None:
    """The DOI, put together where a line end parts its tail; None where its end cannot be told."""
    match = _DOI.search(text)
    if not match:
        return None
    doi, behind = match.group(), _BEHIND_DOI.sub("", text[match.end() :]).strip()
    if re.fullmatch(r"\.?[\w/()-][\w./()-]*\d[\w./()-]*|\d\S*", behind) and not doi.endswith((",", ";", ")")):
        doi += behind
    elif behind and behind[0].isalnum() and not doi.endswith((".", ",", ";", ")")) and not behind[0].isupper():
        return None
    return doi.rstrip(".,;:)]}'_")
