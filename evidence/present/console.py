"""Records and progress in the terminal, as rich tables. Width-safe down to 80 columns, plain where output is piped.

Texts of documents are printed as they are, never as markup, and without control characters that would steer a terminal.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import PurePath

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from evidence.model.codes import Severity
from evidence.model.dual import Accuracy, Agreement
from evidence.model.records import ArmResult, Contrast, Flag, Records, Result
from evidence.model.results import Stake
from evidence.model.tables import SOURCE_COLUMNS, TABLES, Record, as_text, to_row, to_values
from evidence.present.names import plain
from evidence.present.wording import NOT_REPORTED, stake_text

_STYLES = {
    "error": "bold red",
    "warning": "yellow",
    "info": "dim",
    "accepted": "green",
    "corrected": "cyan",
    "entered": "magenta",
    "rejected": "dim strike",
    "ok": "green",
    "partial": "yellow",
    "failed": "bold red",
}
#: What a listing shows of each table; `--json` and the exports have the rest.
LISTED = {
    "documents": ("document_id", "source", "title", "year", "pages", "status", "status_reason"),
    "studies": ("study_id", "label", "report", "design", "phase", "n_total", "population"),
    "arms": ("arm_id", "label", "role", "treatment", "n"),
    "arm_results": ("result_id", "arm", "outcome", "measure", "value", "events", "total", "timepoint_months", "page"),
    "contrasts": ("result_id", "arm", "comparator", "outcome", "measure", "estimate", "ci_low", "ci_high", "p_value"),
    "patients": ("result_id", "arm", "patient", "outcome", "time_months", "event", "event_text", "page"),
    "flags": ("severity", "check", "message"),
}
_NUMERIC = ("integer", "number")


def records_table(
    rows: Iterable[Record], table: str, *, columns: Sequence[str] | None = None, title: str = ""
) -> Table:
    """Rows of one evidence table; without `columns` those a listing shows. Empty is "not reported"."""
    names = tuple(columns or LISTED[table])
    kinds = {column.name: column.kind for column in TABLES[table]}
    listing = _table(title)
    for name in names:
        right = kinds[name] in _NUMERIC
        listing.add_column(name.replace("_", " "), justify="right" if right else "left", overflow="fold")
    for record in rows:
        cells = to_row(record)
        listing.add_row(*(_cell(cells[name]) for name in names))
    return listing


def studies_table(records: Records) -> Table:
    """One line per study and document: what it is, how many numbers it gave, how many doubts there are about them."""
    listing = _table("")
    for name in ("study", "report", "design"):
        listing.add_column(name, overflow="fold")
    for name in ("n", "arms", "results", "contrasts", "flags"):
        listing.add_column(name, justify="right")
    listing.add_column("id", overflow="fold", style="dim")
    tables = (records.arms, records.arm_results, records.contrasts, records.flags)
    tallies = [Counter((row.study_id, row.document_id) for row in rows) for rows in tables]
    for study in records.studies:
        counts = [tally[study.study_id, study.document_id] for tally in tallies]
        listing.add_row(
            Text(plain(study.label), style="bold"),
            _cell(study.report),
            _cell(as_text(study.design)),
            _cell(as_text(study.n_total)),
            *(str(count) for count in counts),
            plain(study.study_id),
        )
    return listing


def flags_table(records: Records, stakes: Mapping[str, Stake] | None = None) -> Table:
    """Doubts about the data, the worst first, with the study, the page and the words the doubt is about.

    `stakes` says by flag id what is at stake in a pooled estimate; doubts of one severity stay in their order.
    """
    stakes = stakes or {}
    results = {row.result_id: row for row in (*records.results(), *records.patients)}
    listing = _table("")
    listing.add_column("severity")
    listing.add_column("study", overflow="fold", max_width=28)
    listing.add_column("doubt", overflow="fold", ratio=3)
    if stakes:
        listing.add_column("what it moves", overflow="fold", ratio=1)
    listing.add_column("page", justify="right")
    listing.add_column("words of the document", overflow="fold", ratio=2, style="dim")
    for flag in sorted(records.flags, key=lambda flag: list(Severity).index(flag.severity)):
        about = [results[name] for name in flag.result_ids if name in results]
        pages = dict.fromkeys(str(row.source.page) for row in about if row.source.page is not None)
        listing.add_row(
            _cell(flag.severity),
            plain(_study_name(flag, records)),
            plain(flag.message),
            *([stake_text(stakes[flag.flag_id]) if flag.flag_id in stakes else ""] if stakes else []),
            ", ".join(pages),
            Text(_shortened(about[0].source.quote) if about else ""),
        )
    return listing


def _study_name(flag: Flag, records: Records) -> str:
    """Label of the study a doubt is about, with the name of the document where another study has the same label."""
    labels = {study.study_id: study.label for study in records.studies}
    label = labels.get(flag.study_id or "", "")
    if list(labels.values()).count(label) < 2:
        return label
    file = next(
        PurePath(document.source).name for document in records.documents if document.document_id == flag.document_id
    )
    return f"{label} ({file})"


def values_table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Table:
    """Rows that are no evidence table, such as users; what a row does not have stays empty."""
    listing = _table("")
    for name in columns:
        listing.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        listing.add_row(*(_cell(as_text(row[name])) for name in columns))
    return listing


def record_details(record: Record) -> Table:
    """Every column of one row, its quote in full; what the document does not report says so."""
    details = Table(box=None, show_header=False, pad_edge=False)
    details.add_column(style="bold", no_wrap=True)
    details.add_column(overflow="fold", ratio=1)
    cells = to_row(record)
    order = [name for name in cells if name not in SOURCE_COLUMNS] + [name for name in cells if name in SOURCE_COLUMNS]
    for name in order:
        value = plain(cells[name])
        absent = to_values(record)[name] is None or value == ""
        text = Text(NOT_REPORTED, style="dim") if absent else Text(value, style=_STYLES.get(value, ""))
        details.add_row(name.replace("_", " "), text)
    return details


def result_text(row: Result) -> str:
    """One number in a few words: "OS HR 0.64 [0.49, 0.83]", "CRc 25/38 65.8%"."""
    cells = to_row(row)
    head = f"{row.outcome} {row.measure}"
    if isinstance(row, Contrast):
        number = cells["estimate"]
    else:
        number = "not reached" if row.not_reached else cells["value"]
        if isinstance(row, ArmResult) and row.events is not None:
            number = f"{cells['events']}/{cells['total'] or '–'} {number}".strip()
    limits = f" [{cells['ci_low'] or '–'}, {cells['ci_high'] or '–'}]" if cells["ci_low"] or cells["ci_high"] else ""
    return f"{head} {number or NOT_REPORTED}{limits}"


@contextmanager
def progress(console: Console) -> Iterator[Progress]:
    """A bar with what is being done, counts and time left; silent where the console is no terminal.

    Use: `with progress(console) as bar: task = bar.add_task("reading", total=12)`, then
    `bar.update(task, advance=1, description="trial.pdf")`.
    """
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as bar:
        yield bar


def agreement_table(agreements: Iterable[Agreement]) -> Table:
    """Agreement per field, for the terminal."""
    listing = _figures(("readers", "table", "field"), ("n", "agreed", "%", "95 % CI", "kappa", "95 % CI"))
    for one in agreements:
        kappa = ("", "") if one.kappa is None else (f"{one.kappa:.2f}", f"{one.kappa_low:.2f} to {one.kappa_high:.2f}")
        listing.add_row(*(one.readers, one.table, one.field, str(one.n), str(one.agreed)), *_percent(one), *kappa)
    return listing


def accuracy_table(accuracies: Iterable[Accuracy]) -> Table:
    """Accuracy of the extractor, for the terminal."""
    listing = _figures(("rows", "table", "field", "what"), ("of", "count", "%", "95 % CI", "confidence %"))
    for one in accuracies:
        rows = "all" if one.group == "all" else f"{one.group.replace('_', ' ')} {one.member}"
        expected = "" if one.expected is None else f"{100 * one.expected:.0f}"
        listing.add_row(*(rows, one.table, one.field, one.what, str(one.n), str(one.count)), *_percent(one), expected)
    return listing


def _percent(one: Agreement | Accuracy) -> tuple[str, str]:
    return f"{100 * one.share:.0f}", f"{100 * one.low:.0f} to {100 * one.high:.0f}"


def _figures(words: Sequence[str], figures: Sequence[str]) -> Table:
    listing = _table("")
    for name in words:
        listing.add_column(name, overflow="fold")
    for name in figures:
        listing.add_column(name, justify="right")
    return listing


def _table(title: str) -> Table:
    return Table(title=title or None, box=None, header_style="bold", pad_edge=False, title_justify="left")


def _cell(text: str) -> Text:
    shown = plain(text)
    return Text(shown, style=_STYLES.get(shown, ""))


def _shortened(quote: str, length: int = 160) -> str:
    text = plain(quote)
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
