"""Files of the bank, and their lines.

The database itself holds that a line is told once in a fund, by whatever file.
"""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
FILES, LINES = "bank_statements", "bank_lines"
CHECKS = {
    "status": "status IN ('unmatched', 'ambiguous', 'matched', 'set_aside')",
    "outcome": "outcome IN ('paid', 'not_paid')",
    "obstacle": (
        "obstacle IN ('no_payment', 'several_payments', 'amount_differs', 'not_with_the_bank', "
        "'refused')"
    ),
    "amount_minor": "amount_minor > 0",
    "charges_minor": "charges_minor >= 0",
    "matched": "(status = 'matched') = (payment_id IS NOT NULL)",
}


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        FILES,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("known_count", sa.BigInteger(), nullable=False),
        sa.Column("other_count", sa.BigInteger(), nullable=False),
        sa.Column("imported_by_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "form IN ('csv', 'camt_053', 'camt_054')", name=op.f(f"ck_{FILES}_form")
        ),
        sa.CheckConstraint(
            "known_count >= 0 AND other_count >= 0", name=op.f(f"ck_{FILES}_counts")
        ),
        _refers(FILES, "fund_id", "funds"),
        _refers(FILES, "imported_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{FILES}"),
    )
    _make_orders(FILES)
    op.create_index(f"ix_{FILES}_fund_id", FILES, ["fund_id", "created_at", "id"])
    op.create_index(f"ix_{FILES}_imported_by_id", FILES, ["imported_by_id"])
    _make_lines()


def _make_lines() -> None:
    op.create_table(
        LINES,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("end_to_end_id", sa.Text(), nullable=True),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("charges_minor", sa.BigInteger(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("obstacle", sa.String(40), nullable=True),
        sa.Column("obstacle_detail", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        *(
            sa.CheckConstraint(holds, name=op.f(f"ck_{LINES}_{name}"))
            for name, holds in CHECKS.items()
        ),
        _refers(LINES, "statement_id", FILES),
        _refers(LINES, "fund_id", "funds"),
        _refers(LINES, "payment_id", "payments"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{LINES}"),
        sa.UniqueConstraint("fund_id", "fingerprint", name=f"uq_{LINES}_fund_id_fingerprint"),
        sa.UniqueConstraint("statement_id", "position", name=f"uq_{LINES}_statement_id_position"),
    )
    _make_orders(LINES)
    for column in ("statement_id", "fund_id"):
        op.create_index(f"ix_{LINES}_{column}", LINES, [column, "created_at", "id"])
    op.create_index(f"ix_{LINES}_payment_id", LINES, ["payment_id"])


def downgrade() -> None:
    """Forget what the bank said."""
    op.drop_table(LINES)
    op.drop_table(FILES)


def _make_orders(table: str) -> None:
    for column in ("created_at", "updated_at"):
        op.create_index(f"ix_{table}_{column}", table, [column, "id"])


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
