"""Patients one by one, beside the numbers of their arms."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_PRINTED = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the table; no row that is stored changes."""
    op.create_table(
        "patients",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("result_id", "document_id", "study_id")),
        sa.Column("arm_id", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("arm", "patient", "outcome", "outcome_text")),
        sa.Column("time_months", sa.Text),
        sa.Column("event", sa.Boolean),
        sa.Column("event_text", sa.Text),
        sa.Column("page", _PRINTED),
        *(sa.Column(name, sa.Text) for name in ("section", "table", "row", "column")),
        *(sa.Column(name, _PRINTED, nullable=False) for name in ("char_start", "char_end")),
        sa.Column("quote", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("result_id"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"]),
        sa.ForeignKeyConstraint(["document_id", "study_id"], ["studies.document_id", "studies.study_id"]),
        sa.ForeignKeyConstraint(["document_id", "arm_id"], ["arms.document_id", "arms.arm_id"]),
    )
    op.create_index("ix_patients_document_id", "patients", ["document_id"])
