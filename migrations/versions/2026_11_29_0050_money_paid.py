"""What is in transit and disbursed has buckets of its own."""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

BUCKETS = "'external', 'unallocated', 'reserved', 'committed', 'payable'"
KINDS = (
    "'receipt', 'refund', 'reservation', 'release', 'commitment', 'decommitment', "
    "'recommitment', 'acceptance', 'acceptance_undone', 'reversal'"
)


def upgrade() -> None:
    """Know two buckets more, and how money comes there."""
    _words("ledger_accounts", "bucket", f"{BUCKETS}, 'in_transit', 'disbursed'")
    more = "'payment', 'settlement', 'payment_failed', 'payment_returned'"
    _words("journal_entries", "kind", f"{KINDS}, {more}")


def downgrade() -> None:
    """Know them no more; the books must not name them."""
    _words("journal_entries", "kind", KINDS)
    _words("ledger_accounts", "bucket", BUCKETS)


def _words(table: str, column: str, words: str) -> None:
    name = f"ck_{table}_{column}"
    _knowingly("ban-drop-constraint", f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({words}))",
    )


def _knowingly(rule: str, statement: str) -> None:
    op.execute(f"-- squawk-ignore {rule}\n{statement}")
