"""`evidence show`: one study, document or number, with its quote."""

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evidence.cli.shared import JsonOption, StoreOption, opened, print_json
from evidence.errors import NotFound

if TYPE_CHECKING:
    from evidence.model.records import Records, Result, Study
    from evidence.model.tables import Record
    from evidence.store import Event, LinkEvent


def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="STUDY|DOCUMENT|RESULT_ID", help="An id, the label of a study, or the path of a document."
        ),
    ],
    image: Annotated[
        Path | None,
        typer.Option("--image", metavar="PAGE.png", help="Draw the page of a number, the number and its quote marked."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="With --image: where the document's file is now, if not where it was read."),
    ] = None,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Show what is known of one study, one document or one number, with the words it was read in.

    Example: evidence show "Xuan 2020"
    """
    from rich.console import Console

    from evidence import outputs
    from evidence.model.records import Patient
    from evidence.model.tables import TABLES, records_of
    from evidence.pipeline import checked_records
    from evidence.present.console import record_details, records_table

    if file is not None and image is None:
        raise typer.BadParameter("is for drawing a page; give --image PAGE.png too", param_hint="--file")
    with opened(store) as known:
        records = checked_records(known)
        row = next((row for row in (*records.results(), *records.patients) if row.result_id == name), None)
        if row is not None:
            if json:
                print_json([row])
            else:
                Console().print(record_details(row))
                if not isinstance(row, Patient):  # people decide about results alone
                    tell_inputs(row, records)
                    tell_events(known.trace(name).events)
            if image is not None:
                (document,) = (found for found in records.documents if found.document_id == row.document_id)
                typer.echo(f"wrote {outputs.write_page(row, document, image, file=file)}", err=json)
            return
        found = about(records, name)
        studies = tuple(dict.fromkeys(row.study_id for row in found.studies))
        links = known.links(*studies)
        decided = known.link_events(*studies) if studies else ()
    reasons = {(link.document_id, link.study_id): link.reason for link in links}
    if image is not None:
        raise NotFound(
            f"--image draws the page of one number, and {name!r} is none. `evidence show {shlex.quote(name)}` lists "
            "its numbers with their ids."
        )
    console = Console()
    if json:
        print_json(_with_reason(row, reasons) for table in TABLES for row in records_of(found, table))
        return
    for table in TABLES:
        rows = records_of(found, table)
        if rows:
            console.print(f"\n[bold]{table.replace('_', ' ')}[/bold]")
            console.print(records_table(rows, table))
        if table == "studies":
            tell_links(found.studies, reasons)
            tell_events(decided)


def tell_inputs(row: "Result", records: "Records") -> None:
    """The numbers a computed one came from."""
    from evidence.model.derivations import inputs_of
    from evidence.present.console import result_text

    rows = {each.result_id: each for each in records.results()}
    for name in inputs_of(row):
        if name in rows:
            typer.echo(f"computed from {name}: {result_text(rows[name])}")


def _with_reason(row: "Record", reasons: Mapping[tuple[str, str], str]) -> "Record | Mapping[str, Any]":
    """The row; of a study that other documents report too, with the reason why it is the same one."""
    from evidence.model.records import Study
    from evidence.model.tables import to_values

    if not isinstance(row, Study) or (row.document_id, row.study_id) not in reasons:
        return row
    return {**to_values(row), "linked_by": reasons[row.document_id, row.study_id]}


def tell_links(studies: "Iterable[Study]", reasons: Mapping[tuple[str, str], str]) -> None:
    """Why each document is taken to speak of the same study as others."""
    for study in studies:
        if reason := reasons.get((study.document_id, study.study_id)):
            typer.echo(f"{study.label} in document {study.document_id} is {study.study_id} by {reason}")


def tell_events(events: "Iterable[Event | LinkEvent]") -> None:
    """Decisions, oldest first."""
    for event in events:
        reason = f": {event.reason}" if event.reason else ""
        typer.echo(f"{event.at:%Y-%m-%d %H:%M} UTC  {event.action} by {event.reviewer}{reason}")


def about(records: "Records", name: str) -> "Records":
    """The rows of one study or document, found by id, label, acronym or path.

    Raises
    ------
    NotFound
        If nothing goes by this name.
    """
    from evidence.model.records import Records

    asked = name.casefold()
    documents = {row.document_id for row in records.documents if asked in (row.document_id, row.source.casefold())}
    studies = {
        row.study_id
        for row in records.studies
        if asked in (row.study_id.casefold(), row.label.casefold(), (row.acronym or "").casefold())
        or name in row.registry_ids
    }
    if not documents and not studies:
        raise NotFound(
            f"Nothing stored goes by {name!r}: no study, document or result. `evidence list` shows what there is."
        )

    def wanted(row: "Record") -> bool:
        return row.document_id in documents or getattr(row, "study_id", None) in studies

    in_documents = documents | {row.document_id for row in records.studies if row.study_id in studies}
    return Records(
        documents=tuple(row for row in records.documents if row.document_id in in_documents),
        studies=tuple(filter(wanted, records.studies)),
        arms=tuple(filter(wanted, records.arms)),
        arm_results=tuple(filter(wanted, records.arm_results)),
        contrasts=tuple(filter(wanted, records.contrasts)),
        patients=tuple(filter(wanted, records.patients)),
        flags=tuple(filter(wanted, records.flags)),
    )
