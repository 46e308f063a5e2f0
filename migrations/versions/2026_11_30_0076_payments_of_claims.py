"""Payments and payee accounts that are of a grant, or of the claim of a person."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

PAYMENTS, ACCOUNTS = "payments", "payee_accounts"
LIVE = "status NOT IN ('cancelled', 'reversed')"
PAID_BEFORE = "is_history OR num_nonnulls(payee_id, payee_account_id) = 2"
PAID = "is_history OR (payee_account_id IS NOT NULL AND (payee_id IS NULL) = (grant_id IS NULL))"
CHECKS = {
    PAYMENTS: {
        "of_one_source": "num_nonnulls(milestone_id, expense_claim_id) = 1",
        "grant_of_its_milestone": "(grant_id IS NULL) = (milestone_id IS NULL)",
        "scope_of_its_source": "scope_id = coalesce(grant_id, expense_claim_id)",
    },
    ACCOUNTS: {
        "of_one_source": "num_nonnulls(grant_id, expense_claim_id) = 1",
        "scope_of_its_source": "scope_id = coalesce(grant_id, expense_claim_id)",
        "organisations_or_persons": "(organisation_id IS NULL) = (grant_id IS NULL)",
    },
}
NO_MORE_NULL = {PAYMENTS: ("grant_id", "milestone_id"), ACCOUNTS: ("grant_id", "organisation_id")}


def upgrade() -> None:
    """Let each be of one of the two."""
    for table, columns in NO_MORE_NULL.items():
        _add(table)
        for column in columns:
            _knowingly(
                "ban-drop-not-null", f"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL"
            )
        for name, holds in CHECKS[table].items():
            _knowingly(
                "constraint-missing-not-valid",
                f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({holds})",
            )
        _number(table, "scope_id", "grant_id")
        _index(f"CREATE INDEX ix_{table}_grant_id ON {table} (grant_id)")
        _index(f"CREATE INDEX ix_{table}_expense_claim_id ON {table} (expense_claim_id)")
    _check_paid(PAID)
    _index(
        f"CREATE UNIQUE INDEX uq_payments_one_live_of_claim ON payments (expense_claim_id) "
        f"WHERE {LIVE}"
    )
    _one_of_each("scope_id")


def downgrade() -> None:
    """Let them be of grants alone, where none is of a claim."""
    _one_of_each("grant_id")
    _check_paid(PAID_BEFORE)
    for table, columns in NO_MORE_NULL.items():
        op.drop_index(f"ix_{table}_grant_id", table)
        _number(table, "grant_id", "scope_id")
        for name in CHECKS[table]:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        for column in columns:
            op.alter_column(table, column, nullable=False)
        op.drop_column(table, "expense_claim_id")
        op.drop_column(table, "scope_id")


def _add(table: str) -> None:
    op.add_column(table, sa.Column("scope_id", sa.Uuid(), nullable=True))
    op.add_column(table, sa.Column("expense_claim_id", sa.Uuid(), nullable=True))
    op.execute(f"UPDATE {table} SET scope_id = grant_id")
    _knowingly(
        "adding-not-nullable-field", f"ALTER TABLE {table} ALTER COLUMN scope_id SET NOT NULL"
    )
    for column, to in (("scope_id", "scopes"), ("expense_claim_id", "expense_claims")):
        _knowingly(
            "adding-foreign-key-constraint, constraint-missing-not-valid",
            f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_{column}_{to} "
            f"FOREIGN KEY ({column}) REFERENCES {to} (id) ON DELETE RESTRICT",
        )


def _number(table: str, now: str, before: str) -> None:
    """Count them within one thing, and no more within another."""
    _knowingly(
        "ban-drop-constraint", f"ALTER TABLE {table} DROP CONSTRAINT uq_{table}_{before}_number"
    )
    _knowingly(
        "disallowed-unique-constraint, constraint-missing-not-valid",
        f"ALTER TABLE {table} ADD CONSTRAINT uq_{table}_{now}_number UNIQUE ({now}, number)",
    )


def _check_paid(holds: str) -> None:
    name = "ck_payments_paid_to_somebody"
    _knowingly("ban-drop-constraint", f"ALTER TABLE payments DROP CONSTRAINT {name}")
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE payments ADD CONSTRAINT {name} CHECK ({holds})",
    )


def _one_of_each(column: str) -> None:
    for status in ("verified", "proposed"):
        name = f"uq_payee_accounts_one_{status}"
        _knowingly("require-concurrent-index-deletion", f"DROP INDEX {name}")
        _index(f"CREATE UNIQUE INDEX {name} ON payee_accounts ({column}) WHERE status = '{status}'")


def _index(statement: str) -> None:
    _knowingly("require-concurrent-index-creation", statement)


def _knowingly(rules: str, statement: str) -> None:
    """A change that the linter warns of and that is meant: the tables are small."""
    op.execute(f"-- squawk-ignore {rules}\n{statement}")
