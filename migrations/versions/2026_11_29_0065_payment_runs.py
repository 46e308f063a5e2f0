"""Runs of payments, and which payments are in them.

The database itself holds that a payment is in one run at a time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
RUNS, ITEMS = "payment_runs", "payment_run_items"
CHECKS = {
    "status": "status IN ('draft', 'approved', 'released', 'done', 'cancelled')",
    "released_by_another": "released_by_id <> approved_by_id",
    "approved_whole": "num_nonnulls(approved_by_id, approved_at) IN (0, 2)",
    "released_whole": "num_nonnulls(released_by_id, released_at) IN (0, 2)",
    "released": "(status IN ('released', 'done')) = (released_at IS NOT NULL)",
    "approved": "status NOT IN ('approved', 'released', 'done') OR approved_at IS NOT NULL",
}
BECAUSE = (
    "'held', 'cancelled', 'voided', 'released_apart', 'refused', 'run_cancelled', 'settled', "
    "'failed'"
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        RUNS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("gathered_by_id", sa.Uuid(), nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", INSTANT, nullable=True),
        sa.Column("released_by_id", sa.Uuid(), nullable=True),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        *(
            sa.CheckConstraint(holds, name=op.f(f"ck_{RUNS}_{name}"))
            for name, holds in CHECKS.items()
        ),
        _refers(RUNS, "fund_id", "funds"),
        _refers(RUNS, "gathered_by_id", "accounts"),
        _refers(RUNS, "approved_by_id", "accounts"),
        _refers(RUNS, "released_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{RUNS}"),
        sa.UniqueConstraint("fund_id", "number", name=f"uq_{RUNS}_fund_id_number"),
    )
    op.create_index(f"ix_{RUNS}_fund_id", RUNS, ["fund_id", "created_at", "id"])
    op.create_index(f"ix_{RUNS}_created_at", RUNS, ["created_at", "id"])
    op.create_index(f"ix_{RUNS}_updated_at", RUNS, ["updated_at", "id"])
    for column in ("gathered_by_id", "approved_by_id", "released_by_id"):
        op.create_index(f"ix_{RUNS}_{column}", RUNS, [column])
    _make_items()


def _make_items() -> None:
    op.create_table(
        ITEMS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("left_because", sa.String(40), nullable=True),
        sa.Column("left_detail", sa.Text(), nullable=True),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.CheckConstraint(f"left_because IN ({BECAUSE})", name=op.f(f"ck_{ITEMS}_left_because")),
        sa.CheckConstraint(
            "(left_because IS NULL) = (left_at IS NULL)", name=op.f(f"ck_{ITEMS}_left_whole")
        ),
        sa.CheckConstraint(
            "left_detail IS NULL OR left_because IS NOT NULL", name=op.f(f"ck_{ITEMS}_left_detail")
        ),
        _refers(ITEMS, "run_id", RUNS),
        _refers(ITEMS, "payment_id", "payments"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ITEMS}"),
        sa.UniqueConstraint("run_id", "payment_id", name=f"uq_{ITEMS}_run_id_payment_id"),
    )
    op.create_index(
        f"uq_{ITEMS}_one_live",
        ITEMS,
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("left_because IS NULL"),
    )
    op.create_index(f"ix_{ITEMS}_payment_id", ITEMS, ["payment_id"])


def downgrade() -> None:
    """Forget the runs."""
    op.drop_table(ITEMS)
    op.drop_table(RUNS)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
