"""Payments and their attempts.

The database itself holds that requester, approver and releaser are three, that a milestone has one
payment that was not given up, and that a bank's reference settles one payment of a fund.
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
STATUSES = (
    "'requested', 'approved', 'on_hold', 'released', 'settled', 'failed', 'cancelled', 'reversed'"
)
NOT_GIVEN_UP = "status NOT IN ('cancelled', 'reversed')"
CHECKS = {
    "status": f"status IN ({STATUSES})",
    "amount_minor": "amount_minor > 0",
    "tax_minor": "tax_minor BETWEEN 0 AND amount_minor",
    "charges_minor": "charges_minor >= 0",
    "invoice_folded": "(invoice_number IS NULL) = (invoice_folded IS NULL)",
    "approved_by_another": "approved_by_id <> requested_by_id",
    "released_by_another": (
        "released_by_id <> requested_by_id AND released_by_id <> approved_by_id"
    ),
    "approved_whole": "num_nonnulls(approved_by_id, approved_at, approved_sha256) IN (0, 3)",
    "approved": (
        "(status IN ('approved', 'released', 'settled', 'reversed')) = (approved_by_id IS NOT NULL)"
    ),
    "released": "(status IN ('released', 'settled', 'reversed')) = (released_by_id IS NOT NULL)",
    "settled": "(status IN ('settled', 'reversed')) = (settled_at IS NOT NULL)",
    "settled_whole": (
        "num_nonnulls(settled_at, bank_reference, bank_reference_folded, value_on, "
        "charges_minor) IN (0, 5)"
    ),
}


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        sa.Column("payee_account_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("invoice_number", sa.Text(), nullable=True),
        sa.Column("invoice_folded", sa.Text(), nullable=True),
        sa.Column("requested_by_id", sa.Uuid(), nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", INSTANT, nullable=True),
        sa.Column("approved_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("released_by_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.Column("bank_reference_folded", sa.Text(), nullable=True),
        sa.Column("value_on", sa.Date(), nullable=True),
        sa.Column("charges_minor", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        *(
            sa.CheckConstraint(holds, name=op.f(f"ck_payments_{name}"))
            for name, holds in CHECKS.items()
        ),
        _refers("payments", "grant_id", "grants"),
        _refers("payments", "milestone_id", "milestones"),
        _refers("payments", "fund_id", "funds"),
        _refers("payments", "payee_id", "organisations"),
        _refers("payments", "payee_account_id", "payee_accounts"),
        _refers("payments", "requested_by_id", "accounts"),
        _refers("payments", "approved_by_id", "accounts"),
        _refers("payments", "released_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sa.UniqueConstraint("reference", name="uq_payments_reference"),
        sa.UniqueConstraint("grant_id", "number", name="uq_payments_grant_id_number"),
    )
    _index("uq_payments_one_live", ["milestone_id"], NOT_GIVEN_UP)
    _index("uq_payments_invoice", ["payee_id", "invoice_folded"], NOT_GIVEN_UP)
    _index(
        "uq_payments_bank_reference",
        ["fund_id", "bank_reference_folded"],
        "bank_reference_folded IS NOT NULL",
    )
    op.create_index("ix_payments_fund_id", "payments", ["fund_id", "created_at", "id"])
    op.create_index("ix_payments_payee_id", "payments", ["payee_id", "created_at", "id"])
    op.create_index("ix_payments_milestone_id", "payments", ["milestone_id"])
    op.create_index("ix_payments_created_at", "payments", ["created_at", "id"])
    op.create_index("ix_payments_updated_at", "payments", ["updated_at", "id"])
    for column in ("payee_account_id", "requested_by_id", "approved_by_id", "released_by_id"):
        op.create_index(f"ix_payments_{column}", "payments", [column])
    _make_attempts()


def _make_attempts() -> None:
    attempts = "payment_attempts"
    op.create_table(
        attempts,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("end_to_end_id", sa.Text(), nullable=False),
        sa.Column("payee_account_id", sa.Uuid(), nullable=False),
        sa.Column("released_by_id", sa.Uuid(), nullable=False),
        sa.Column("released_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(fault IS NULL) OR (ended_at IS NOT NULL)",
            name=op.f("ck_payment_attempts_fault_at_its_end"),
        ),
        _refers(attempts, "payment_id", "payments"),
        _refers(attempts, "payee_account_id", "payee_accounts"),
        _refers(attempts, "released_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_payment_attempts"),
        sa.UniqueConstraint("end_to_end_id", name="uq_payment_attempts_end_to_end_id"),
        sa.UniqueConstraint("payment_id", "number", name="uq_payment_attempts_payment_id_number"),
    )
    op.create_index(
        "uq_payment_attempts_one_open",
        attempts,
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    for column in ("payee_account_id", "released_by_id"):
        op.create_index(f"ix_payment_attempts_{column}", attempts, [column])


def downgrade() -> None:
    """Take all of it back."""
    op.drop_table("payment_attempts")
    op.drop_table("payments")


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "payments", columns, unique=True, postgresql_where=sa.text(where))


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
