"""XML into a tree, with nothing loaded from outside the file and no entity that the file declares itself expanded."""

import html
from typing import Any

from lxml import etree

from evidence.errors import ReadError

_OWN_ENTITIES = (
    "{source}: the XML declares entities of its own, which are never expanded because they can load other files or "
    "fill the memory. Remove the declarations from its DOCTYPE."
)


def parse_xml(data: bytes, source: str) -> Any:
    """The root element, namespaces taken off the tags.

    Raises
    ------
    ReadError
        If the XML is broken or declares entities of its own.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if "amplification" in str(error):
            raise ReadError(_OWN_ENTITIES.format(source=source)) from error
        reason = " ".join(str(error.msg).split())
        raise ReadError(f"{source}: the XML is broken ({reason}). Download the article again.") from error
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise ReadError(_OWN_ENTITIES.format(source=source))
    _resolve_characters(root, source)
    for element in root.iter(etree.Element):
        if element.tag.startswith("{"):
            element.tag = etree.QName(element).localname
    return root


def serialized(element: Any) -> bytes:
    """The element as a file of its own."""
    return bytes(etree.tostring(element, encoding="utf-8", with_tail=False))


def _resolve_characters(root: Any, source: str) -> None:
    """Put named characters such as &nbsp; in place; every article DTD defines them alike."""
    for entity in list(root.iter(etree.Entity)):
        character = html.unescape(entity.text)
        if character == entity.text:
            raise ReadError(f"{source}: {entity.text} is used but not defined in the XML. Download the article again.")
        parent, before = entity.getparent(), entity.getprevious()
        after = character + (entity.tail or "")
        if before is None:
            parent.text = (parent.text or "") + after
        else:
            before.tail = (before.tail or "") + after
        entity.tail = None
        parent.remove(entity)
