"""A chain of hashes through the decisions, and the checksum of every stored text."""

import hashlib

import sqlalchemy as sa
from alembic import op

# Not plain code of its own, unlike the tables: what is hashed must stay the same for as long as there are stores.
from evidence.store.chain import COLUMNS, hash_of

revision = "0004"
down_revision = "0003"

_CHAINED = ("events", "link_events")


def upgrade() -> None:
    """Chain the decisions in the order they were made; none of what they say changes."""
    connection = op.get_bind()
    for name in _CHAINED:
        for column in ("previous", "hash"):
            op.add_column(name, sa.Column(column, sa.Text))
        events = sa.table(name, *(sa.column(column) for column in (*COLUMNS[name], "hash")))
        last = ""
        for row in connection.execute(sa.select(events).order_by(events.c.event_id)).mappings().all():
            linked = {"previous": last, "hash": hash_of(name, {**row, "previous": last})}
            connection.execute(sa.update(events).where(events.c.event_id == row["event_id"]).values(**linked))
            last = linked["hash"]
        with op.batch_alter_table(name) as batch:
            for column in ("previous", "hash"):
                batch.alter_column(column, existing_type=sa.Text, nullable=False)
        op.create_index(f"ix_{name}_previous", name, ["previous"], unique=True)
    op.add_column("documents", sa.Column("text_sha256", sa.Text))
    documents = sa.table("documents", *(sa.column(column) for column in ("document_id", "text", "text_sha256")))
    ids = connection.scalars(sa.select(documents.c.document_id).where(documents.c.text.is_not(None))).all()
    for document_id in ids:
        mine = documents.c.document_id == document_id
        text: str = connection.execute(sa.select(documents.c.text).where(mine)).scalar_one()
        checksum = hashlib.sha256(text.encode()).hexdigest()
        connection.execute(sa.update(documents).where(mine).values(text_sha256=checksum))
