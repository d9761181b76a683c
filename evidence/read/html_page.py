"""Web pages as trees: what on a page is its article, what is furniture, and which words name what."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree, html

from evidence.errors import ReadError
from evidence.read.markup_tables import MOST_CELLS

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
#: An article element is the article only if it holds so much of what the page says.
_SHARE = 0.5
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
BLOCKS = HEADINGS | frozenset(
    "html body article main section div header p ul ol li dl dt dd figure figcaption blockquote pre address details "
    "summary center hgroup table caption thead tbody tfoot tr td th hr fieldset".split()
)

#: Characters that no element may hold; lxml fails on them when it moves text.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def parse(data: bytes, source: str) -> tuple[Any, tuple[str, ...]]:
    """The root element, and sentences about what could not be read.

    Raises
    ------
    ReadError
        If the bytes hold no element, or a table that no paper has.
    """
    text, gaps = _decode(data)
    text, strange = _CONTROL.subn("\ufffd", text)
    if strange:
        gaps += (f"The page holds {strange} control characters, which stand as \ufffd in the text.",)
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True, remove_pis=True, recover=True
    )
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ReadError(f"{source}: the web page holds nothing ({error}). Save it again.") from error
    # Counted before anything walks through it, which would take seconds for each time.
    if any(table.xpath("count(.//td | .//th)") > MOST_CELLS for table in root.iter("table")):
        raise ReadError(f"{source}: a table has more than {MOST_CELLS:,} cells; it is data. Give the paper alone.")
    if any("ERR_RESOURCE_LIMIT" in entry.type_name for entry in parser.error_log):
        gaps += ("Elements of the page are nested without end; what stands behind them was not read.",)
    return root, gaps


def article_of(root: Any) -> Any:
    """The element that holds the article; furniture must have been removed."""
    bodies = root.findall(".//body")
    whole = bodies[0] if bodies else root
    named = [e for e in root.iter() if e.tag == "main" or "main" in (e.get("role"), e.get("itemprop"))]
    outer = max(named, key=_size, default=whole)
    outer = outer if _size(outer) >= _SHARE * _size(whole) else whole
    inner = max(outer.iter("article"), key=_size, default=outer)
    return inner if _size(inner) >= _SHARE * _size(outer) else outer


def remove_furniture(root: Any) -> None:
    """Take navigation, banners, scripts, controls and hidden copies out of the tree; text behind them stays."""
    for element in list(root.iter(etree.Element)):
        if element.getparent() is not None and _is_furniture(element):
            element.drop_tree()


def listed(kind: str) -> frozenset[str]:
    """One list of html.toml."""
    return _listed()[kind]


def names(element: Any) -> set[str]:
    """Classes, id and role of an element in small letters."""
    values = (element.get("class"), element.get("id"), element.get("role"), element.get("data-test"))
    return {name for value in values if value for name in value.lower().split()}


def is_named(element: Any, kind: str) -> bool:
    """Whether the element bears one of these names."""
    return not names(element).isdisjoint(listed(kind))


def words(element: Any) -> str:
    """All text of an element, blanks made one."""
    return " ".join("".join(element.itertext()).split())


def _is_furniture(element: Any) -> bool:
    tag = element.tag
    if tag in ("html", "body", "head", "main", "article"):
        return False
    if tag in ("link", "meta"):
        return element.getparent().tag not in ("head", "html")
    if tag in listed("tags") or element.get("role") in listed("roles"):
        return True
    if tag == "header" and element.getparent().tag == "body" and element.find(".//h1") is None:
        return True
    if element.get("aria-hidden") == "true" or element.get("hidden") is not None:
        return element.find(".//table") is None
    if tag in ("a", "span", "div", "p", "li", "h2", "h3", "h4", "small") and len(element) < 4:
        said = words(element).strip("[]()| ").lower()
        if said in listed("controls") and (tag == "a" or element.find(".//a") is not None):
            return True
    return bool(_furniture().search(" ".join(names(element)))) and not _is_article_body(element)


def _is_article_body(element: Any) -> bool:
    """A wrapper of the whole page may be named after a bar that it also holds."""
    return element.find(".//table") is not None or sum(1 for _ in element.iter("h1", "h2")) > 2


@cache
def _furniture() -> re.Pattern[str]:
    alternatives = "|".join(re.escape(word) for word in sorted(listed("furniture"), key=len, reverse=True))
    return re.compile(rf"(?<![a-z])(?:{alternatives})s?(?![a-z])")


def _size(element: Any) -> int:
    return len(words(element))


def _decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, and a sentence where its encoding is not the one it claims."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), ()
    claimed = _CHARSET.search(data[:4096])
    for encoding in (claimed.group(1).decode("ascii") if claimed else "utf-8", "utf-8"):
        try:
            return data.decode(encoding), ()
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp1252", "replace"), (
        "The page is not in the encoding it claims; Windows-1252 was assumed, so accented letters may be wrong.",
    )


@cache
def _listed() -> dict[str, frozenset[str]]:
    data = tomllib.loads(files("evidence.read").joinpath("html.toml").read_text(encoding="utf-8"))
    return {kind: frozenset(entries) for kind, entries in data.items()}
