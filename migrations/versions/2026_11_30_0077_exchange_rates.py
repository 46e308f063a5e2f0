"""Exchange rates, and what grants, payments and entries in another currency than their fund's say.

What is there is in the currency of its fund: until now nothing else could be offered.
"""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
KINDS = (
    "'receipt', 'refund', 'reservation', 'release', 'commitment', 'decommitment', "
    "'recommitment', 'acceptance', 'acceptance_undone', 'reversal', 'payment', 'settlement', "
    "'payment_failed', 'payment_returned', 'recovery', 'recovery_receipt', 'write_off', "
    "'increase', 'decrease', 'expense', 'expense_undone'"
)
MORE_KINDS = "'exchange_loss', 'exchange_gain'"

KEEP = """
CREATE FUNCTION keep_exchange_rate() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (to_jsonb(NEW) - '{status,version,updated_at}'::text[])
            <> (to_jsonb(OLD) - '{status,version,updated_at}'::text[])
    THEN
        RAISE EXCEPTION 'what an exchange rate says does not change'
            USING ERRCODE = '23514', CONSTRAINT = 'exchange_rates_unchanging';
    END IF;
    RETURN NEW;
END
$$
"""

CHECKS = {
    "journal_entries": {
        "granted_minor": "granted_minor IS NULL OR granted_minor >= 0 AND grant_id IS NOT NULL",
        "granted_currency": "(granted_minor IS NULL) = (granted_currency IS NULL)",
    },
    "milestone_terms": {"booked_minor": "booked_minor >= 0"},
    "payments": {
        "booked_minor": "booked_minor IS NULL OR booked_minor > 0 AND NOT is_history",
        "taken": "taken_minor > 0 AND taken_rate > 0",
        "exchanged_whole": "num_nonnulls(taken_minor, taken_rate, rate_source, rate_on) = CASE "
        "WHEN booked_minor IS NOT NULL AND settled_at IS NOT NULL THEN 4 ELSE 0 END",
    },
    "bank_lines": {
        "taken_minor": "taken_minor > 0",
        "taken_whole": "(taken_minor IS NULL) = (taken_currency IS NULL)",
    },
}
COLUMNS = {
    "journal_entries": [
        sa.Column("granted_minor", sa.BigInteger()),
        sa.Column("granted_currency", sa.Text()),
    ],
    "grants": [sa.Column("exchange_rate_id", sa.Uuid())],
    "milestone_terms": [sa.Column("booked_minor", sa.BigInteger())],
    "payments": [
        sa.Column("booked_minor", sa.BigInteger()),
        sa.Column("taken_minor", sa.BigInteger()),
        sa.Column("taken_rate", sa.Numeric(24, 12)),
        sa.Column("rate_source", sa.Text()),
        sa.Column("rate_on", sa.Date()),
    ],
    "bank_lines": [
        sa.Column("taken_minor", sa.BigInteger()),
        sa.Column("taken_currency", sa.Text()),
    ],
}


def upgrade() -> None:
    """Make the table, and room for amounts in two currencies."""
    op.create_table(
        "exchange_rates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("rate", sa.Numeric(24, 12), nullable=False),
        sa.Column("minor_rate", sa.Numeric(32, 16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("quoted_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('standing', 'withdrawn')", name=op.f("ck_exchange_rates_status")
        ),
        sa.CheckConstraint("rate > 0 AND minor_rate > 0", name=op.f("ck_exchange_rates_rate")),
        _refers("exchange_rates", "fund_id", "funds"),
        _refers("exchange_rates", "recorded_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_exchange_rates"),
    )
    op.create_index(
        "uq_exchange_rates_one_standing",
        "exchange_rates",
        ["fund_id", "currency", "quoted_on"],
        unique=True,
        postgresql_where=sa.text("status = 'standing'"),
    )
    op.create_index("ix_exchange_rates_fund_id", "exchange_rates", ["fund_id", "quoted_on", "id"])
    for column in ("quoted_on", "created_at", "updated_at"):
        op.create_index(f"ix_exchange_rates_{column}", "exchange_rates", [column, "id"])
    op.create_index("ix_exchange_rates_recorded_by_id", "exchange_rates", ["recorded_by_id"])
    op.execute(KEEP)
    op.execute(
        "CREATE TRIGGER exchange_rates_kept BEFORE UPDATE OR DELETE ON exchange_rates "
        "FOR EACH ROW EXECUTE FUNCTION keep_exchange_rate()"
    )
    for table, columns in COLUMNS.items():
        for column in columns:
            op.add_column(table, column)
    _knowingly(
        "adding-foreign-key-constraint, constraint-missing-not-valid",
        "ALTER TABLE grants ADD CONSTRAINT fk_grants_exchange_rate_id_exchange_rates "
        "FOREIGN KEY (exchange_rate_id) REFERENCES exchange_rates (id) ON DELETE RESTRICT",
    )
    _knowingly(
        "require-concurrent-index-creation",
        "CREATE INDEX ix_grants_exchange_rate_id ON grants (exchange_rate_id)",
    )
    for table, checks in CHECKS.items():
        for name, condition in checks.items():
            _knowingly(
                "constraint-missing-not-valid",
                f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({condition})",
            )
    _allow(f"{KINDS}, {MORE_KINDS}")


def downgrade() -> None:
    """Take all of it back."""
    _allow(KINDS)
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column.name)
    op.drop_table("exchange_rates")
    op.execute("DROP FUNCTION keep_exchange_rate()")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")


def _allow(kinds: str) -> None:
    name = "ck_journal_entries_kind"
    _knowingly("ban-drop-constraint", f"ALTER TABLE journal_entries DROP CONSTRAINT {name}")
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE journal_entries ADD CONSTRAINT {name} CHECK (kind IN ({kinds}))",
    )


def _knowingly(rules: str, statement: str) -> None:
    """Run a statement that waits for nobody here: the tables are small while it does."""
    op.execute(f"-- squawk-ignore {rules}\n{statement}")
