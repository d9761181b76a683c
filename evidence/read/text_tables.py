"""Tables in plain text: rows as lines of tab-separated cells, cells as lines of their own, and markdown pipes.

The text is never changed; every cell points at its place in it. A row that has not the number of cells of the head is
kept as it stands and reported, because nobody can say which cell is missing.
"""

import re

from evidence.errors import ReadError
from evidence.model.document import Cell, Table
from evidence.read.compose import place

_LABEL = re.compile(
    r"^[\s*_#]*(?P<label>(?:Supplementa(?:ry|l)\s+|Extended\s+Data\s+|Appendix\s+|e)?Table\s+(?:[A-Z]?\d+[A-Za-z]?|[IVX]+))\b[*_]*"
    r"\s*[.:|\u2013\u2014]?[*_]*\s*(?P<caption>.*?)\s*$",
    re.IGNORECASE,
)
_PIPE_ROW = re.compile(r"^\s*\|.*\|\s*$")
_PIPE = re.compile(r"(?<!\\)\|")  # an escaped one stands for itself
_PIPE_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_MOST_CELLS = 200_000
#: How many blank lines may part a caption from its table, or a table from its footnote.
_NEAR = 3
_LONGEST_FOOTNOTE = 600
_FOOTNOTE = re.compile(
    r"^\s*(?:[*\u2020\u2021\u00a7\u00b6#]|<sup>|[a-z\d]\)?\s|\d[A-Z][a-z]"  # a sign, or "1The ..."
    r"|Abbreviations?\b|Notes?\b|Values are|Data are|P[- ]values?\b"
    r"|[A-Z][\w/-]*, [A-Z][\w-]+(?: \([\w-]+\))?;"  # "D, Daunorubicin; A, ..."
    r"|(?=[^\n]*,)[*\w.]{1,12}\s+[a-z][^\n]{3,300}[^.\n]$)"  # "OS overall survival, n.a. not available"
)

Line = tuple[int, str]  # offset and text without its line end


def find_tables(text: str, source: str) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """The tables in order, and a sentence for each whose rows do not agree.

    Raises
    ------
    ReadError
        If one has more cells than any table of a paper.
    """
    lines = _lines(text)
    tables, gaps = [], []
    i = 0
    while i < len(lines):
        end, rows = _table_from(lines, i)
        if not rows:
            i += 1
            continue
        if sum(map(len, rows)) > _MOST_CELLS:
            raise ReadError(f"{source}: a table has more than {_MOST_CELLS:,} cells; it is data. Give the paper alone.")
        table = _table(text, lines, i, end, rows)
        if ragged := _ragged(rows):
            gaps.append(f"{table.label or 'A table without label'}: {ragged}")
        tables.append(table)
        i = end
    return tuple(tables), tuple(gaps)


def _lines(text: str) -> list[Line]:
    at, lines = 0, []
    for line in text.split("\n"):
        lines.append((at, line))
        at += len(line) + 1
    return lines


def _table_from(lines: list[Line], i: int) -> tuple[int, list[list[tuple[int, int]]]]:
    """Where the table that starts at line i ends, and its rows as spans of cells; no rows where none starts."""
    line = lines[i][1]
    rule = lines[i + 1][1] if i + 1 < len(lines) else ""
    if _PIPE_RULE.match(rule) and (_PIPE_ROW.match(line) or ("|" in rule and _PIPE.search(line))):
        return _pipe_rows(lines, i)
    if line.startswith("\t") and "\t" not in line.strip():
        return _cell_lines(lines, i)
    if "\t" in line.strip("\n ") and line.strip():
        return _tab_rows(lines, i)
    return i, []


def _tab_rows(lines: list[Line], i: int) -> tuple[int, list[list[tuple[int, int]]]]:
    """One row per line; at least two lines."""
    rows = []
    while i < len(lines) and "\t" in lines[i][1] and lines[i][1].strip():
        rows.append(_split(*lines[i], "\t"))
        i += 1
    return i, rows if len(rows) > 1 else []


def _cell_lines(lines: list[Line], i: int) -> tuple[int, list[list[tuple[int, int]]]]:
    """One cell per line, each after a tab; blank lines between the rows."""
    rows: list[list[tuple[int, int]]] = [[]]
    end = blank = i
    for j in range(i, len(lines)):
        at, line = lines[j]
        if not line.strip() and not line.startswith("\t"):
            if rows[-1]:
                rows.append([])
                blank = j
            if j - blank > 2 * _NEAR:
                break
            continue
        following = lines[j + 1][1] if j + 1 < len(lines) else ""
        if rows[-1] and not line.startswith("\t") and "\t" not in line and following.startswith("\t"):
            rows[-1][-1] = (rows[-1][-1][0], at + len(line))  # a cell of two lines
            continue
        if not line.startswith("\t") or "\t" in line.strip():
            break
        rows[-1].append((at, at + len(line)))
        end = j + 1
    rows = [row for row in rows if row]
    # A single indented line, or several of one cell each, is layout rather than a table.
    return end, rows if len(rows) > 1 and all(len(row) > 1 for row in rows[:2]) else []


def _pipe_rows(lines: list[Line], i: int) -> tuple[int, list[list[tuple[int, int]]]]:
    """Markdown: a head, a rule, rows; the pipes at both ends may be left out."""
    rows = []
    while i < len(lines) and _PIPE.search(lines[i][1]):
        at, line = lines[i]
        if not _PIPE_RULE.match(line):
            left = line.index("|") + 1 if line.lstrip().startswith("|") else 0
            right = line.rindex("|") if re.search(r"(?<!\\)\|\s*$", line) else len(line)
            rows.append(_between_pipes(at + left, line[left:right]))
        i += 1
    return i, rows if len(rows) > 1 else []


def _between_pipes(at: int, line: str) -> list[tuple[int, int]]:
    edges = [match.start() for match in _PIPE.finditer(line)]
    return [(at + a, at + b) for a, b in zip([0, *(e + 1 for e in edges)], [*edges, len(line)], strict=True)]


def _split(at: int, line: str, separator: str) -> list[tuple[int, int]]:
    spans = []
    for piece in line.split(separator):
        spans.append((at, at + len(piece)))
        at += len(piece) + 1
    return spans


def _table(text: str, lines: list[Line], first: int, end: int, rows: list[list[tuple[int, int]]]) -> Table:
    cells: list[Cell] = []
    for r, row in enumerate(rows):
        for c, (start, stop) in enumerate(row):
            cell = place(text[start:stop], start, r, c, head=r == 0)
            if cell:
                cells.append(cell)
    label = caption = ""
    start = lines[first][0]
    for j in range(first - 1, max(-1, first - 2 - _NEAR), -1):
        if not lines[j][1].strip():
            continue
        if labelled := label_of(lines[j][1]):
            label, caption = labelled
            start = lines[j][0]
        break
    stop = lines[end - 1][0] + len(lines[end - 1][1])
    footnotes = []
    blank = 0
    for at, line in lines[end:]:
        blank = 0 if line.strip() else blank + 1
        if blank > 2 * _NEAR or (line.strip() and not is_footnote(line)):
            break
        if line.strip():
            footnotes.append(line.strip())
            stop = at + len(line)
    return Table(
        label=label, caption=caption, char_start=start, char_end=stop, cells=tuple(cells), footnotes=tuple(footnotes)
    )


def label_of(line: str) -> tuple[str, str] | None:
    """Label and caption of a line that begins with the label of a table."""
    match = _LABEL.match(line)
    return (" ".join(match.group("label").split()), match.group("caption").strip("* ")) if match else None


def is_footnote(line: str) -> bool:
    """Explains signs or abbreviations; a line that starts a sentence or a heading does not."""
    return len(line) <= _LONGEST_FOOTNOTE and bool(_FOOTNOTE.match(line)) and not line.lstrip().startswith("##")


def _ragged(rows: list[list[tuple[int, int]]]) -> str:
    """Which rows have another number of cells than the head; empty where none has."""
    width = len(rows[0])
    odd = [(r, len(row)) for r, row in enumerate(rows) if len(row) != width]
    if not odd:
        return ""
    named = ", ".join(f"row {r + 1} has {n}" for r, n in odd[:5]) + (" and others" if len(odd) > 5 else "")
    return f"the head has {width} cells, but {named}; their columns may be wrong."
