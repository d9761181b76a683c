"""First tables.

Types are plain here: a migration must stay as it was when a type of `schema.py` changes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql.schema import SchemaItem

revision = "0001"
down_revision = None


def _text(*names: str, null: bool = True) -> list[SchemaItem]:
    return [sa.Column(name, sa.Text, nullable=null) for name in names]


def _integer(*names: str, null: bool = True) -> list[SchemaItem]:
    return [sa.Column(name, sa.Integer, nullable=null) for name in names]


def _printed(*names: str, null: bool = True) -> list[SchemaItem]:
    # In PostgreSQL too as wide as SQLite's: an older store has to take what was stored there.
    return [sa.Column(name, sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=null) for name in names]


def _provenance() -> list[SchemaItem]:
    return [
        *_printed("page"),
        *_text("section", "table", "row", "column"),
        *_printed("char_start", "char_end", null=False),
        *_text("quote", null=False),
        sa.Column("confidence", sa.Float(53)),
        *_text("status", null=False),
        *_text("reviewer"),
        sa.Column("reviewed_at", sa.DateTime),
        *_integer("position", null=False),
    ]


def _of_document() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"])


def _of_study() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["document_id", "study_id"], ["studies.document_id", "studies.study_id"])


def _of_arm(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["document_id", column], ["arms.document_id", "arms.arm_id"])


def upgrade() -> None:
    """Make every table of an empty database."""
    op.create_table(
        "runs",
        sa.Column("run_id", sa.Integer, primary_key=True),
        sa.Column("started_at", sa.DateTime, nullable=False),
        *_text("version", "options", null=False),
    )
    op.create_table(
        "documents",
        *_text("document_id", "source", "format", null=False),
        *_text("title"),
        *_text("authors", null=False),
        *_text("journal"),
        *_printed("year"),
        *_text("doi", "pmid", "pmcid"),
        *_printed("pages"),
        *_text("status", null=False),
        *_text("status_reason"),
        sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.run_id"), nullable=False),
        *_text("extractor_version", null=False),
        *_text("text"),
        sa.PrimaryKeyConstraint("document_id"),
    )
    op.create_table(
        "studies",
        *_text("study_id", "document_id", "label", null=False),
        *_text("acronym"),
        *_text("registry_ids", null=False),
        *_text("first_author"),
        *_printed("year"),
        *_text("report", null=False),
        *_text("design", "phase", "population"),
        *_printed("n_total"),
        *_text("followup_median_months"),
        *_integer("position", null=False),
        sa.PrimaryKeyConstraint("document_id", "study_id"),
        _of_document(),
    )
    op.create_table(
        "arms",
        *_text("arm_id", "study_id", "document_id", "label", "role", "treatment", null=False),
        *_printed("n"),
        *_integer("position", null=False),
        sa.PrimaryKeyConstraint("document_id", "arm_id"),
        _of_document(),
        _of_study(),
    )
    op.create_table(
        "arm_results",
        *_text("result_id", "document_id", "study_id", null=False),
        *_text("arm_id"),
        *_text("arm", "outcome", "outcome_text", "measure", null=False),
        *_text("timepoint_months", "value"),
        sa.Column("not_reached", sa.Boolean, nullable=False),
        *_text("ci_low", "ci_high", "ci_level", "sd"),
        *_printed("events", "total"),
        *_text("subgroup"),
        *_text("derivation", null=False),
        *_provenance(),
        sa.PrimaryKeyConstraint("result_id"),
        _of_document(),
        _of_study(),
        _of_arm("arm_id"),
    )
    op.create_table(
        "contrasts",
        *_text("result_id", "document_id", "study_id", null=False),
        *_text("arm_id", "comparator_arm_id"),
        *_text("arm", "comparator", "outcome", "outcome_text", "measure", null=False),
        *_text("estimate", "ci_low", "ci_high", "ci_level", "p_value", "p_operator", "adjustment"),
        *_text("timepoint_months", "subgroup"),
        *_text("derivation", null=False),
        *_provenance(),
        sa.PrimaryKeyConstraint("result_id"),
        _of_document(),
        _of_study(),
        _of_arm("arm_id"),
        _of_arm("comparator_arm_id"),
    )
    op.create_table(
        "flags",
        *_text("flag_id", "document_id", null=False),
        *_text("study_id"),
        *_text("result_ids", "check", "severity", "message", null=False),
        *_integer("position", null=False),
        sa.PrimaryKeyConstraint("document_id", "flag_id"),
        _of_document(),
        _of_study(),
    )
    op.create_table(
        "events",
        sa.Column("event_id", sa.Integer, primary_key=True),
        *_text("result_id", null=False),
        sa.Column("document_id", sa.Text, sa.ForeignKey("documents.document_id"), nullable=False),
        *_text("action", "reviewer", null=False),
        sa.Column("at", sa.DateTime, nullable=False),
        *_text("reason"),
        *_text("values", null=False),
    )
    op.create_index("ix_arm_results_document_id", "arm_results", ["document_id"])
    op.create_index("ix_contrasts_document_id", "contrasts", ["document_id"])
    op.create_index("ix_events_result_id", "events", ["result_id"])
    op.create_index("ix_events_document_id", "events", ["document_id"])
