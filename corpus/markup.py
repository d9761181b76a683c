"""A manuscript as JATS XML, the format of PubMed Central."""

import re
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from manuscript import Heading, Manuscript, Paragraph, Table, is_group

DOCTYPE = (
    '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD v1.2 20190208//EN" '
    '"JATS-archivearticle1.dtd">'
)


def write(manuscript: Manuscript, path: Path) -> None:
    abstract, body = _split(manuscript)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        DOCTYPE,
        f'<article article-type="{manuscript.kind}" xml:lang="en">',
        "<front>",
        f"<journal-meta><journal-title-group><journal-title>{escape(manuscript.journal)}</journal-title>"
        "</journal-title-group></journal-meta>",
        "<article-meta>",
        *_meta(manuscript),
        "<abstract>",
        *_abstract(abstract, manuscript),
        "</abstract>",
        "</article-meta>",
        "</front>",
        "<body>",
        *_sections(body, manuscript),
        "</body>",
        "<back>",
        "<ref-list><title>References</title>",
        *(
            f'<ref id="R{number}"><label>{number}</label><mixed-citation>{escape(text)}</mixed-citation></ref>'
            for number, text in enumerate(manuscript.references, 1)
        ),
        "</ref-list>",
        "</back>",
        "</article>",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _split(manuscript: Manuscript):
    """Blocks of the abstract, which is the first section, and those of the body."""
    tops = [i for i, block in enumerate(manuscript.blocks) if isinstance(block, Heading) and block.level == 1]
    return manuscript.blocks[1 : tops[1]], manuscript.blocks[tops[1] :]


def _meta(manuscript: Manuscript):
    if manuscript.doi:
        yield f'<article-id pub-id-type="doi">{escape(manuscript.doi)}</article-id>'
    yield f"<title-group><article-title>{_inline(manuscript.title, manuscript)}</article-title></title-group>"
    yield '<contrib-group content-type="authors">'
    for author in manuscript.authors:
        family, _, given = author.rpartition(" ")
        yield (
            f'<contrib contrib-type="author"><name><surname>{escape(family)}</surname>'
            f"<given-names>{escape(given)}</given-names></name></contrib>"
        )
    if manuscript.more_authors:
        yield '<contrib contrib-type="author"><etal/></contrib>'
    yield "</contrib-group>"
    yield f'<pub-date date-type="pub"><year>{manuscript.year}</year></pub-date>'
    if manuscript.volume:
        yield f"<volume>{escape(manuscript.volume)}</volume>"
    if manuscript.pages:
        first, _, last = re.sub("[–-]", "|", manuscript.pages).partition("|")
        yield f"<fpage>{first}</fpage><lpage>{first[: -len(last)] + last}</lpage>"


def _abstract(blocks, manuscript: Manuscript):
    """A paragraph that opens with a word in bold is a section of the abstract."""
    for block in blocks:
        head = re.match(r"\*\*(.+?):?\*\*\s*", block.text)
        if head:
            text = _inline(block.text[head.end() :], manuscript)
            yield f"<sec><title>{escape(head[1])}</title><p>{text}</p></sec>"
        else:
            yield f"<p>{_inline(block.text, manuscript)}</p>"


def _sections(blocks, manuscript: Manuscript):
    open_levels = 0
    count = 0
    for block in blocks:
        if isinstance(block, Heading):
            while open_levels >= block.level:
                yield "</sec>"
                open_levels -= 1
            count += 1
            open_levels += 1
            yield f'<sec id="S{count}"><title>{_inline(block.text, manuscript)}</title>'
        elif isinstance(block, Paragraph):
            yield f"<p>{_inline(block.text, manuscript)}</p>"
        else:
            yield from _table(block, manuscript)
    yield from ["</sec>"] * open_levels


def _table(table: Table, manuscript: Manuscript):
    yield f'<table-wrap id="T{table.number}"><label>{table.label}</label>'
    yield f"<caption><p>{_inline(table.caption, manuscript)}</p></caption>"
    yield '<table frame="hsides" rules="groups"><thead>'
    for row in table.head:
        yield "<tr>" + "".join(f"<th>{_inline(cell, manuscript)}</th>" for cell in row) + "</tr>"
    yield "</thead><tbody>"
    for row in table.rows:
        if is_group(row):
            yield f'<tr><td colspan="{len(row)}">{_inline(row[0], manuscript)}</td></tr>'
        else:
            yield "<tr>" + "".join(f"<td>{_indent(cell, manuscript)}</td>" for cell in row) + "</tr>"
    yield "</tbody></table>"
    if table.notes:
        yield "<table-wrap-foot>"
        for note in table.notes:
            yield f"<fn><p>{_inline(note, manuscript)}</p></fn>"
        yield "</table-wrap-foot>"
    yield "</table-wrap>"


def _indent(cell: str, manuscript: Manuscript) -> str:
    """An em space before an indented cell, as publishers send it."""
    return ("\u2003" if cell.startswith("  ") else "") + _inline(cell.strip(), manuscript)


def _inline(text: str, manuscript: Manuscript) -> str:
    text = escape(text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<bold>\1</bold>", text)
    text = re.sub(r"\*(.+?)\*", r"<italic>\1</italic>", text)
    text = re.sub(r"\^(\d+(?:,\d+)*)\^", lambda m: f"<sup>{_cites(m[1], manuscript)}</sup>", text)
    text = re.sub(r"\^(.+?)\^", r"<sup>\1</sup>", text)
    text = re.sub(r"\[(\d+(?:, ?\d+)*)\]", lambda m: f"[{_cites(m[1], manuscript)}]", text)
    return re.sub(r"\bTable (\d)\b", r'<xref ref-type="table" rid="T\1">Table \1</xref>', text)


def _cites(numbers: str, manuscript: Manuscript) -> str:
    links = []
    for number in re.split(", ?", numbers):
        if not 1 <= int(number) <= len(manuscript.references):
            raise ValueError(f"{manuscript.name} cites reference {number} of {len(manuscript.references)}")
        links.append(f'<xref ref-type="bibr" rid={quoteattr(f"R{number}")}>{number}</xref>')
    return ",".join(links)
