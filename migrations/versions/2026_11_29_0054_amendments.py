"""Amendments of grants."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
STATUSES = (
    "'draft', 'submitted', 'approved', 'awaiting_countersignature', 'effective', 'rejected', "
    "'withdrawn', 'superseded'"
)
KINDS = (
    "'receipt', 'refund', 'reservation', 'release', 'commitment', 'decommitment', "
    "'recommitment', 'acceptance', 'acceptance_undone', 'reversal', 'payment', 'settlement', "
    "'payment_failed', 'payment_returned', 'recovery', 'recovery_receipt', 'write_off'"
)
APPROVED = "'approved', 'awaiting_countersignature', 'effective'"


def upgrade() -> None:
    """Make the table, and let the ledger move by what an amendment changes."""
    op.create_table(
        "amendments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("base_number", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("differences", postgresql.JSONB(), nullable=False),
        sa.Column("is_material", sa.Boolean(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=True),
        sa.Column("agreement_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_amendments_status")),
        sa.CheckConstraint(
            "num_nonnulls(agreement, agreement_sha256) IN (0, 2)",
            name=op.f("ck_amendments_agreement_has_its_hash"),
        ),
        sa.CheckConstraint(
            f"agreement IS NOT NULL OR status NOT IN ({APPROVED})",
            name=op.f("ck_amendments_approved_as_written"),
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name="fk_amendments_grant_id_grants", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_amendments"),
        sa.UniqueConstraint("grant_id", "number", name="uq_amendments_grant_id_number"),
    )
    op.create_index(
        "uq_amendments_one_open",
        "amendments",
        ["grant_id"],
        unique=True,
        postgresql_where=sa.text(
            "status IN ('submitted', 'approved', 'awaiting_countersignature')"
        ),
    )
    op.create_index("ix_amendments_created_at", "amendments", ["created_at", "id"])
    op.create_index("ix_amendments_updated_at", "amendments", ["updated_at", "id"])
    _allow(f"{KINDS}, 'increase', 'decrease'")


def downgrade() -> None:
    """Take all of it back."""
    _allow(KINDS)
    op.drop_table("amendments")


def _allow(kinds: str) -> None:
    name = "ck_journal_entries_kind"
    op.execute(
        f"-- squawk-ignore ban-drop-constraint\nALTER TABLE journal_entries DROP CONSTRAINT {name}"
    )
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        f"ALTER TABLE journal_entries ADD CONSTRAINT {name} CHECK (kind IN ({kinds}))"
    )
