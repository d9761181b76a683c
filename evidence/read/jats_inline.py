"""The running text inside one JATS element, with its citation marks and superscripts."""

import re
from dataclasses import dataclass, field
from typing import Any

#: Elements that hold no prose of the article.
SKIPPED = frozenset(
    "graphic inline-graphic media object-id tex-math annotation ref-list sub-article response supplementary-material "
    "permissions kwd-group related-article contrib-group aff author-notes pub-date history self-uri counts "
    "custom-meta-group funding-group processing-meta alt-text long-desc".split()
)
#: Elements that stand for themselves even when they are found inside a paragraph.
FLOATING = frozenset("table-wrap table-wrap-group fig fig-group boxed-text".split())
#: Elements whose neighbours must not run into them.
_APART = frozenset("break p list list-item title label term def def-item disp-formula disp-quote".split())
_BLANKS = re.compile(r"[ \t\r\n]+")
_FIGURES = re.compile(r"[\d\s,;\u2010-\u2015\u2212-]+")


@dataclass(slots=True)
class Inline:
    """Text, marks as (kind, start, end, ids it points to), and the floating elements met on the way."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    marks: list[tuple[str, int, int, tuple[str, ...]]] = field(default_factory=list)
    floating: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What was written, without a blank at its end."""
        return "".join(self.pieces).rstrip(" ")

    def add(self, text: str | None) -> None:
        """Append; runs of blanks and line ends of the XML count as one blank."""
        if not text:
            return
        text = _BLANKS.sub(" ", text)
        if text.startswith(" ") and (not self.pieces or self.pieces[-1].endswith(" ")):
            text = text[1:]
        if text:
            self.pieces.append(text)
            self.length += len(text)

    def mark(self, kind: str, start: int, targets: tuple[str, ...] = ()) -> None:
        """Mark what was written since `start`."""
        if self.length > start:
            self.marks.append((kind, start, self.length, targets))


def inline(element: Any) -> Inline:
    """The running text of an element."""
    result = Inline()
    _walk(element, result)
    return result


def plain(element: Any) -> str:
    """The running text alone; empty for no element."""
    return inline(element).text if element is not None else ""


def _walk(element: Any, out: Inline, *, cites: bool = False) -> None:
    out.add(element.text)
    for child in element:
        if isinstance(child.tag, str):
            _child(child, out, cites=cites)
        out.add(child.tail)


def _child(child: Any, out: Inline, *, cites: bool) -> None:
    """One element within running text; `cites` says that it stands in a citation already marked as one."""
    tag = child.tag
    if tag in SKIPPED:
        return
    if tag in FLOATING:
        out.floating.append(child)
        return
    if tag in _APART:
        out.add(" ")
    start = out.length
    is_citation = tag == "xref" and child.get("ref-type") == "bibr"
    if tag == "sup" and child.find(".//xref[@ref-type='bibr']") is not None:
        # A superscript that only holds citations is one of them, commas and dashes between them included.
        is_citation = bool(_FIGURES.fullmatch("".join(child.itertext())))
    _walk(child, out, cites=cites or is_citation)
    if is_citation and not cites:
        out.mark("citation", start, _targets(child))
    elif tag == "sup" and not cites:
        out.mark("superscript", start)
    if tag in _APART:
        out.add(" ")


def _targets(element: Any) -> tuple[str, ...]:
    """Ids of the references a citation points to; one link may name several."""
    links = element.iter("xref")
    return tuple(dict.fromkeys(target for link in links for target in (link.get("rid") or "").split()))
