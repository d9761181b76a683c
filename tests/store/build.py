"""Documents and rows for the tests of the store, small and complete."""

import hashlib
import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from unittest import mock

from sqlalchemy import create_engine, text

from evidence.model.codes import Adjustment, Design, DocumentStatus, Measure, Outcome, Report, Role, Severity
from evidence.model.document import Bibliography, CleanText, Document, Page
from evidence.model.records import Arm, ArmResult, Contrast, Flag, Patient, Records, Source, Study
from evidence.store import open_store, schema

TEXT = "Overall survival: hazard ratio 0.60 (95% CI, 0.40 to 0.90). Remission in 25 of 38 patients (65.8%)."


def document_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def document(name: str = "trial", *, status: DocumentStatus = DocumentStatus.OK, text: str = TEXT) -> Document:
    return Document(
        document_id=document_id(name),
        source=f"papers/{name}.pdf",
        format="pdf",
        text=text,
        clean=CleanText.unchanged(text),
        pages=(Page(number=1, char_start=0, char_end=len(text)),),
        bibliography=Bibliography(title=f"A trial; {name}", authors=("Müller A", "O'Neil; B"), year=2019, doi="10.1/x"),
        status=status,
        status_reason=None if status is DocumentStatus.OK else "page 2 is a scan",
    )


def quoted(quote: str) -> Source:
    start = TEXT.index(quote)
    return Source(char_start=start, char_end=start + len(quote), quote=quote, page=1, section="Results")


def study(name: str = "trial", number: int = 1, **known: object) -> Study:
    said = {"label": "Trial", **known}
    return Study(study_id=f"{document_id(name)}-s{number}", document_id=document_id(name), **said)


def records(name: str = "trial", **known: object) -> Records:
    """One study with two arms, one number of an arm, one comparison and one flag."""
    mine = document_id(name)
    about = {
        "acronym": "ADMIRAL",
        "registry_ids": ("NCT00000001",),
        "first_author": "Perl",
        "year": 2019,
        "report": Report.PRIMARY,
        "design": Design.RANDOMIZED,
        "phase": "3",
        "population": "relapsed AML",
        "n_total": 371,
        "followup_median_months": Decimal("17.80"),
    }
    one = study(name, **{**about, **known})
    a, b = (
        Arm(
            arm_id=f"{mine}-a{n}", study_id=one.study_id, document_id=mine, label=label, role=role, treatment=drugs, n=n
        )
        for n, (label, role, drugs) in enumerate(
            [
                ("drug A", Role.EXPERIMENTAL, ("drug a",)),
                ("chemotherapy", Role.CONTROL, ("cytarabine", "mitoxantrone")),
            ],
            start=1,
        )
    )
    remission = ArmResult(
        result_id=f"{mine}-r1",
        document_id=mine,
        study_id=one.study_id,
        arm_id=a.arm_id,
        arm=a.label,
        outcome=Outcome.CRC,
        outcome_text="remission",
        measure=Measure.PROPORTION,
        source=quoted("25 of 38 patients (65.8%)"),
        value=Decimal("65.8"),
        events=25,
        total=38,
        confidence=0.9,
    )
    survival = Contrast(
        result_id=f"{mine}-r2",
        document_id=mine,
        study_id=one.study_id,
        arm_id=a.arm_id,
        comparator_arm_id=b.arm_id,
        arm=a.label,
        comparator=b.label,
        outcome=Outcome.OS,
        outcome_text="overall survival",
        measure=Measure.HR,
        source=quoted("hazard ratio 0.60 (95% CI, 0.40 to 0.90)"),
        estimate=Decimal("0.60"),
        ci_low=Decimal("0.40"),
        ci_high=Decimal("0.90"),
        ci_level=Decimal("95"),
        adjustment=Adjustment.UNADJUSTED,
        confidence=0.95,
    )
    alone = Patient(
        result_id=f"{mine}-p1",
        document_id=mine,
        study_id=one.study_id,
        arm_id=a.arm_id,
        arm=a.label,
        patient="UPN 7",
        outcome=Outcome.OS,
        outcome_text="survival (months)",
        source=quoted("38"),
        time_months=Decimal("38"),
        event=False,
        event_text="alive",
    )
    doubt = Flag(
        flag_id=f"{mine}-f1",
        document_id=mine,
        study_id=one.study_id,
        result_ids=(survival.result_id, remission.result_id),
        check="arm_totals_mismatch",
        severity=Severity.WARNING,
        message="38 patients here, 371 there.",
    )
    return Records(
        documents=(document(name).record(),),
        studies=(one,),
        arms=(a, b),
        arm_results=(remission,),
        contrasts=(survival,),
        patients=(alone, replace(alone, result_id=f"{mine}-p2", patient="UPN 8", event=None, event_text=None)),
        flags=(doubt,),
    )


def hazard_ratio(name: str = "trial") -> str:
    """Result id of the comparison of a document."""
    return f"{document_id(name)}-r2"


def remission(name: str = "trial") -> str:
    """Result id of the number of one arm of a document."""
    return f"{document_id(name)}-r1"


def older(new: Path, old: Path, revision: str) -> str:
    """URL of a store as an older program left it: what its tables have room for of the SQLite store `new`."""
    with mock.patch.object(schema, "REVISION", revision):
        open_store(f"sqlite:///{old}").close()
    connection = sqlite3.connect(old)
    connection.execute("ATTACH ? AS new", [str(new)])
    for table in schema.metadata.sorted_tables:
        columns = ", ".join(f'"{row[1]}"' for row in connection.execute(f"PRAGMA main.table_info({table.name})"))
        if columns:
            connection.execute(f"INSERT INTO main.{table.name} ({columns}) SELECT {columns} FROM new.{table.name}")
    connection.commit()
    connection.close()
    return f"sqlite:///{old}"


def tamper(url: str, *statements: str) -> None:
    """Write into a database by other means than the program, as one who owns it can: past its guards and references."""
    engine = create_engine(url)
    with engine.begin() as connection:
        guards = []
        if connection.dialect.name == "sqlite":
            known = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            guards = [(name, sql) for name, sql in known if not any(name in statement for statement in statements)]
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name, _ in guards:
            connection.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.exec_driver_sql(statement)
        for _, sql in guards:
            connection.execute(text(sql))
    engine.dispose()
