"""A picture's SVG as a part of a page: nothing but the drawing, its title and its description, with ids of its own."""

import re
from html import unescape

_TAG = re.compile(r"<[^<>]*>")
_GROUP_ID = re.compile(r'(?<=<g) id="[^"]*"')
_ID = re.compile(r'\bid="([^"]*)"')
_REFERENCE = re.compile(r'url\(#([^)]*)\)|href="#([^"]*)"')
_LABELS = re.compile(r'aria-labelledby="([^"]*)"')
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)


def inline_svg(svg: str, prefix: str) -> str:
    """The `<svg>` element of a file written by `present.draw`; its ids begin with `prefix`, so that none is twice."""
    element = svg[svg.index("<svg ") :]
    for name in ("metadata", "style"):
        element = re.sub(rf"\s*<{name}\b.*?</{name}>", "", element, flags=re.DOTALL)
    return _TAG.sub(lambda tag: _prefixed(tag[0], prefix), element).strip()


def svg_title(svg: str) -> str:
    """The title of a picture as text, not as markup; empty where it has none."""
    found = _TITLE.search(svg)
    return unescape(found[1]) if found else ""


def _prefixed(tag: str, prefix: str) -> str:
    if tag.startswith("<a "):
        return tag  # leads out of the picture
    tag = _GROUP_ID.sub("", tag)  # names of parts of the drawing, to which nothing refers
    tag = _ID.sub(rf'id="{prefix}-\1"', tag)
    tag = _REFERENCE.sub(lambda found: found[0].replace("#", f"#{prefix}-"), tag)
    return _LABELS.sub(lambda found: f'aria-labelledby="{_all(found[1], prefix)}"', tag)


def _all(names: str, prefix: str) -> str:
    return " ".join(f"{prefix}-{name}" for name in names.split())
