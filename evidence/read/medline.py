"""Records of PubMed as tagged lines (MEDLINE, files ending in .nbib): the same content as the XML.

Every line begins with a tag of up to four letters; lines that go on are indented. Linked notices and all registry
numbers are kept, which is why the lines are read here.
"""

import re
from collections import defaultdict

from evidence.errors import ReadError
from evidence.read.bibliography import family_name, registry_ids
from evidence.read.compose import Content
from evidence.read.jats_inline import Inline
from evidence.read.pubmed import Abstract, content_of, notice

_FIELD = re.compile(r"^(?P<tag>[A-Z]{2,4}) *- (?P<value>.*(?:\n {4,}.*)*)", re.MULTILINE)
_RECORD = re.compile(r"^(?=PMID *- *\d)", re.MULTILINE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
#: A label of a structured abstract: capitals before a colon, at the start of a sentence.
_LABEL = re.compile(r"(?:^|(?<=[.?!)] ))(?P<label>[A-Z][A-Z/&,() -]{2,60}): ")
#: No abstract has more parts; what looks like so many labels is none.
_MOST_PARTS = 40
#: Tags of linked notices and their names in the XML.
_NOTICES = {
    "RIN": "RetractionIn",
    "PRIN": "PartialRetractionIn",
    "ECI": "ExpressionOfConcernIn",
    "EIN": "ErratumIn",
    "CRI": "CorrectedandRepublishedIn",
    "RRI": "RetractedandRepublishedIn",
    "UIN": "UpdateIn",
}


def split_medline(data: bytes, source: str) -> list[tuple[str, bytes]]:
    """PMID, empty where it is damaged, and own bytes of every record."""
    records = [part.strip() for part in _RECORD.split(decoded(data, source)) if part.strip()]
    if len(records) < 2:
        return [("", data)]
    return [(next(iter(_fields(record)["PMID"]), ""), (record + "\n").encode()) for record in records]


def read_medline(data: bytes, source: str) -> Content:
    """One record.

    Raises
    ------
    ReadError
        If the bytes are no UTF-8 text.
    """
    fields = _fields(decoded(data, source))
    ids = [match.groups() for value in fields["AID"] + fields["LID"] if (match := re.match(r"(.+) \[(\w+)\]$", value))]
    names = fields["FAU"] or fields["AU"] or fields["CN"]
    date = _YEAR.search(" ".join(fields["DP"] + fields["DEP"]))
    return content_of(
        Abstract(
            title=" ".join(fields["TI"]),
            parts=labelled(" ".join(fields["AB"])),
            authors=tuple(" ".join(part.strip() for part in reversed(name.split(",", 1))) for name in names),
            first_author=family_name(names[0]) if names else None,
            journal=next(iter(fields["JT"] + fields["TA"]), None),
            year=int(date.group()) if date else None,
            doi=next((value for value, kind in ids if kind == "doi"), None),
            pmid=next(iter(fields["PMID"]), None),
            pmcid=next(iter(fields["PMC"]), None),
            registered=registry_ids(" ".join(fields["SI"])),
            types=tuple(fields["PT"]),
            notices=[notice(_NOTICES[tag], value.rstrip(".")) for tag in _NOTICES for value in fields[tag]],
        )
    )


def _fields(record: str) -> dict[str, list[str]]:
    """Values by tag, continued lines joined; a tag that is absent has none."""
    fields: dict[str, list[str]] = defaultdict(list)
    for match in _FIELD.finditer(record):
        fields[match["tag"]].append(" ".join(match["value"].split()))
    return fields


def labelled(abstract: str) -> list[tuple[str, Inline]]:
    """The labelled parts of an abstract; without labels one part."""
    labels = list(_LABEL.finditer(abstract))
    if not labels or labels[0].start() > 0 or len(labels) > _MOST_PARTS:
        labels = []
    ends = [label.start() for label in labels[1:]] + [len(abstract)]
    parts = (
        [(label["label"], abstract[label.end() : end]) for label, end in zip(labels, ends, strict=True)]
        if labels
        else [("", abstract)]
    )
    return [(label, _inline(text)) for label, text in parts if text.strip()]


def _inline(text: str) -> Inline:
    content = Inline()
    content.add(text)
    return content


def decoded(data: bytes, source: str) -> str:
    """The text of a file of records, with one kind of line end.

    Raises
    ------
    ReadError
        If the bytes are no UTF-8 text.
    """
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise ReadError(f"{source}: the record is no UTF-8 text (byte {error.start}). Export it again.") from error
