"""What was imported."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "imported_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_imported_records"),
        sa.UniqueConstraint(
            "source", "noun", "external_id", name="uq_imported_records_source_noun_external_id"
        ),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_imported_records_sha256")),
        sa.CheckConstraint(
            "last_seen_at >= first_seen_at", name=op.f("ck_imported_records_seen_in_order")
        ),
    )
    op.create_index("ix_imported_records_source_record", "imported_records", ["source", "record"])
    op.create_index("ix_imported_records_subject_id", "imported_records", ["subject_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("imported_records")
