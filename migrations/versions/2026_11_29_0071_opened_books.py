"""Books that are opened with what stood before them, and payments as history."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

BANK = "settled_at, bank_reference, bank_reference_folded, value_on, charges_minor"
APPROVED = "status IN ('approved', 'released', 'settled', 'reversed')"
RELEASED = "status IN ('released', 'settled', 'reversed')"


def upgrade() -> None:
    """Nothing was opened yet, and no payment is history."""
    _allow("funds", "status", "status IN ('opening', 'open', 'closed')")
    for column in ("opened_by_id", "confirmed_by_id"):
        op.add_column("funds", sa.Column(column, sa.Uuid(), nullable=True))
        _knowingly(
            "adding-foreign-key-constraint, constraint-missing-not-valid",
            f"ALTER TABLE funds ADD CONSTRAINT fk_funds_{column}_accounts "
            f"FOREIGN KEY ({column}) REFERENCES accounts (id) ON DELETE RESTRICT",
        )
        _knowingly(
            "require-concurrent-index-creation",
            f"CREATE INDEX ix_funds_{column} ON funds ({column})",
        )
    _hold("funds", "opening_confirmed_by_another", "confirmed_by_id <> opened_by_id")
    _flag("journal_entries", "is_opening")
    _flag("payments", "is_history")
    for column in ("payee_id", "payee_account_id"):
        _knowingly(
            "ban-drop-not-null",
            f"ALTER TABLE payments ALTER COLUMN {column} DROP NOT NULL",
        )
    _allow(
        "payments", "approved", f"({APPROVED} AND NOT is_history) = (approved_by_id IS NOT NULL)"
    )
    _allow(
        "payments", "released", f"({RELEASED} AND NOT is_history) = (released_by_id IS NOT NULL)"
    )
    _allow("payments", "settled_whole", f"is_history OR num_nonnulls({BANK}) IN (0, 5)")
    _hold(
        "payments",
        "bank_reference_folded",
        "(bank_reference IS NULL) = (bank_reference_folded IS NULL)",
    )
    _hold(
        "payments",
        "paid_to_somebody",
        "is_history OR num_nonnulls(payee_id, payee_account_id) = 2",
    )
    _hold("payments", "history_is_over", "NOT is_history OR status IN ('settled', 'reversed')")


def downgrade() -> None:
    """Forget it, where nothing was opened."""
    for name in ("history_is_over", "paid_to_somebody", "bank_reference_folded"):
        op.drop_constraint(op.f(f"ck_payments_{name}"), "payments")
    _allow("payments", "settled_whole", f"num_nonnulls({BANK}) IN (0, 5)")
    _allow("payments", "released", f"({RELEASED}) = (released_by_id IS NOT NULL)")
    _allow("payments", "approved", f"({APPROVED}) = (approved_by_id IS NOT NULL)")
    for column in ("payee_account_id", "payee_id"):
        op.alter_column("payments", column, nullable=False)
    op.drop_column("payments", "is_history")
    op.drop_column("journal_entries", "is_opening")
    op.drop_constraint(op.f("ck_funds_opening_confirmed_by_another"), "funds")
    op.drop_column("funds", "confirmed_by_id")
    op.drop_column("funds", "opened_by_id")
    _allow("funds", "status", "status IN ('open', 'closed')")


def _flag(table: str, column: str) -> None:
    """A column that is false of all that is there, and is said of all that comes."""
    op.add_column(table, sa.Column(column, sa.Boolean(), server_default=sa.false(), nullable=False))
    _knowingly("ban-drop-default", f"ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT")


def _allow(table: str, name: str, condition: str) -> None:
    _knowingly("ban-drop-constraint", f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")
    _hold(table, name, condition)


def _hold(table: str, name: str, condition: str) -> None:
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({condition})",
    )


def _knowingly(rules: str, statement: str) -> None:
    """A change that the linter warns of and that is meant: the table is small."""
    op.execute(f"-- squawk-ignore {rules}\n{statement}")
