"""Recoveries: what was disbursed comes back, or is written off."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
BUCKETS = "'external', 'unallocated', 'reserved', 'committed', 'payable', 'in_transit', 'disbursed'"
KINDS = (
    "'receipt', 'refund', 'reservation', 'release', 'commitment', 'decommitment', "
    "'recommitment', 'acceptance', 'acceptance_undone', 'reversal', 'payment', 'settlement', "
    "'payment_failed', 'payment_returned'"
)
MORE_BUCKETS = "'recoverable', 'written_off'"
MORE_KINDS = "'recovery', 'recovery_receipt', 'write_off'"
STATUSES = "'proposed', 'agreed', 'partially_recovered', 'recovered', 'written_off', 'dismissed'"


def upgrade() -> None:
    """Make the table, and let the ledger hold what was disbursed and what becomes of it."""
    op.create_table(
        "recoveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_recoveries_status")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_recoveries_amount_minor")),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name="fk_recoveries_grant_id_grants", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recoveries"),
    )
    op.create_index("ix_recoveries_grant_id", "recoveries", ["grant_id", "created_at"])
    op.create_index("ix_recoveries_created_at", "recoveries", ["created_at", "id"])
    op.create_index("ix_recoveries_updated_at", "recoveries", ["updated_at", "id"])
    op.add_column("journal_entries", sa.Column("recovery_id", sa.Uuid(), nullable=True))
    _knowingly(
        "adding-foreign-key-constraint, constraint-missing-not-valid",
        "ALTER TABLE journal_entries ADD CONSTRAINT fk_journal_entries_recovery_id_recoveries "
        "FOREIGN KEY (recovery_id) REFERENCES recoveries (id) ON DELETE RESTRICT",
    )
    _knowingly(
        "require-concurrent-index-creation",
        "CREATE INDEX ix_journal_entries_recovery_id ON journal_entries (recovery_id)",
    )
    _allow("ledger_accounts", "bucket", f"{BUCKETS}, {MORE_BUCKETS}")
    _allow("journal_entries", "kind", f"{KINDS}, {MORE_KINDS}")


def downgrade() -> None:
    """Take all of it back."""
    _allow("ledger_accounts", "bucket", BUCKETS)
    _allow("journal_entries", "kind", KINDS)
    op.drop_column("journal_entries", "recovery_id")
    op.drop_table("recoveries")


def _allow(table: str, column: str, values: str) -> None:
    name = f"ck_{table}_{column}"
    _knowingly("ban-drop-constraint", f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({values}))",
    )


def _knowingly(rules: str, statement: str) -> None:
    """A change that the linter warns of and that is meant: the table is small."""
    op.execute(f"-- squawk-ignore {rules}\n{statement}")
