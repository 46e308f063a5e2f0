"""Funds and their ledgers.

The database itself holds that an entry has two sides of the same sum, that nothing is changed in or
added to it later, and that no bucket of a fund falls below zero.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
BUCKETS = "'external', 'unallocated', 'reserved', 'committed', 'payable'"
KINDS = (
    "'receipt', 'refund', 'reservation', 'release', 'commitment', 'decommitment', "
    "'recommitment', 'acceptance', 'acceptance_undone', 'reversal'"
)

BALANCES = """
CREATE FUNCTION refuse_unequal_sides() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    its_id uuid := CASE TG_TABLE_NAME
        WHEN 'postings' THEN to_jsonb(NEW) ->> 'entry_id' ELSE to_jsonb(NEW) ->> 'id'
    END;
BEGIN
    IF (
        SELECT count(*) < 2
        OR sum(amount_minor) FILTER (WHERE side = 'debit')
            IS DISTINCT FROM sum(amount_minor) FILTER (WHERE side = 'credit')
        FROM postings WHERE entry_id = its_id
    ) THEN
        RAISE EXCEPTION 'the two sides of entry % are not equal', its_id
            USING ERRCODE = '23514', CONSTRAINT = 'journal_entries_balance';
    END IF;
    RETURN NULL;
END
$$
"""

POSTED = """
CREATE FUNCTION keep_ledger_balance() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF (SELECT transaction_id FROM journal_entries WHERE id = NEW.entry_id)
        <> current_transaction_number() THEN
        RAISE EXCEPTION 'entry % is closed', NEW.entry_id
            USING ERRCODE = '23514', CONSTRAINT = 'journal_entries_closed';
    END IF;
    UPDATE ledger_accounts SET version = version + 1, balance_minor = balance_minor + CASE
        WHEN (bucket = 'external') = (NEW.side = 'debit') THEN NEW.amount_minor
        ELSE -NEW.amount_minor
    END
    WHERE id = NEW.account_id;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    """Make the tables and the triggers that keep them sound."""
    op.create_table(
        "funds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("funder_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded",
            sa.Text(collation="C"),
            sa.Computed("fold(name)", persisted=True),
            nullable=False,
        ),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("limit_minor", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_funds_status")),
        sa.CheckConstraint("limit_minor > 0", name=op.f("ck_funds_limit_minor")),
        _refers("funds", "id", "scopes"),
        _refers("funds", "programme_id", "programmes"),
        _refers("funds", "funder_id", "organisations"),
        sa.PrimaryKeyConstraint("id", name="pk_funds"),
        sa.UniqueConstraint("reference", name="uq_funds_reference"),
    )
    op.create_index("ix_funds_programme_id", "funds", ["programme_id", "reference"])
    op.create_index("ix_funds_funder_id", "funds", ["funder_id"])
    op.create_index("ix_funds_name_folded", "funds", ["name_folded", "id"])
    op.create_index("ix_funds_created_at", "funds", ["created_at", "id"])
    op.create_index("ix_funds_updated_at", "funds", ["updated_at", "id"])
    op.create_index(
        "ix_funds_trigrams",
        "funds",
        ["name_folded", "reference"],
        postgresql_using="gin",
        postgresql_ops={"name_folded": "gin_trgm_ops", "reference": "gin_trgm_ops"},
    )
    _make_accounts()
    _make_entries()
    _make_postings()
    op.add_column("grants", sa.Column("fund_id", sa.Uuid(), nullable=True))
    _knowingly(
        "adding-foreign-key-constraint, constraint-missing-not-valid",
        "ALTER TABLE grants ADD CONSTRAINT fk_grants_fund_id_funds "
        "FOREIGN KEY (fund_id) REFERENCES funds (id) ON DELETE RESTRICT",
    )
    _knowingly(
        "require-concurrent-index-creation", "CREATE INDEX ix_grants_fund_id ON grants (fund_id)"
    )


def _make_accounts() -> None:
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("bucket", sa.String(40), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        sa.Column("balance_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(f"bucket IN ({BUCKETS})", name=op.f("ck_ledger_accounts_bucket")),
        sa.CheckConstraint("balance_minor >= 0", name=op.f("ck_ledger_accounts_balance_minor")),
        _refers("ledger_accounts", "fund_id", "funds"),
        _refers("ledger_accounts", "grant_id", "grants"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_accounts"),
        sa.UniqueConstraint(
            "fund_id",
            "bucket",
            "grant_id",
            name="uq_ledger_accounts_fund_id_bucket_grant_id",
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("id", "fund_id", name="uq_ledger_accounts_id_fund_id"),
    )
    op.create_index("ix_ledger_accounts_grant_id", "ledger_accounts", ["grant_id"])


def _make_entries() -> None:
    op.create_table(
        "journal_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        sa.Column("milestone_id", sa.Uuid(), nullable=True),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.Column("bank_reference_folded", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column(
            "transaction_id",
            sa.BigInteger(),
            server_default=sa.text("current_transaction_number()"),
            nullable=False,
        ),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_journal_entries_kind")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_journal_entries_amount_minor")),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)",
            name=op.f("ck_journal_entries_reversal"),
        ),
        sa.CheckConstraint("reverses_id <> id", name=op.f("ck_journal_entries_not_of_itself")),
        sa.CheckConstraint(
            "(bank_reference IS NULL) = (bank_reference_folded IS NULL)",
            name=op.f("ck_journal_entries_bank_reference_folded"),
        ),
        _refers("journal_entries", "fund_id", "funds"),
        _refers("journal_entries", "grant_id", "grants"),
        sa.CheckConstraint(
            "milestone_id IS NULL OR grant_id IS NOT NULL",
            name=op.f("ck_journal_entries_milestone_of_a_grant"),
        ),
        _refers("journal_entries", "milestone_id", "milestones"),
        _refers("journal_entries", "reverses_id", "journal_entries"),
        _refers("journal_entries", "recorded_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_journal_entries"),
        sa.UniqueConstraint("id", "fund_id", name="uq_journal_entries_id_fund_id"),
        sa.UniqueConstraint("reverses_id", name="uq_journal_entries_reverses_id"),
    )
    op.create_index(
        "ix_journal_entries_bank_reference_folded",
        "journal_entries",
        ["fund_id", "bank_reference_folded"],
        postgresql_where=sa.text("bank_reference_folded IS NOT NULL"),
    )
    entries = "journal_entries"
    op.create_index("ix_journal_entries_fund_id", entries, ["fund_id", "effective_on", "id"])
    op.create_index("ix_journal_entries_effective_on", entries, ["effective_on", "id"])
    op.create_index("ix_journal_entries_recorded_at", entries, ["recorded_at", "id"])
    op.create_index("ix_journal_entries_grant_id", entries, ["grant_id", "milestone_id"])
    op.create_index("ix_journal_entries_milestone_id", entries, ["milestone_id"])
    op.create_index("ix_journal_entries_recorded_by_id", entries, ["recorded_by_id"])


def _make_postings() -> None:
    op.create_table(
        "postings",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("side IN ('debit', 'credit')", name=op.f("ck_postings_side")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_postings_amount_minor")),
        sa.ForeignKeyConstraint(
            ["entry_id", "fund_id"],
            ["journal_entries.id", "journal_entries.fund_id"],
            name="fk_postings_entry_id_journal_entries",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "fund_id"],
            ["ledger_accounts.id", "ledger_accounts.fund_id"],
            name="fk_postings_account_id_ledger_accounts",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("entry_id", "line", name="pk_postings"),
        sa.UniqueConstraint("entry_id", "account_id", name="uq_postings_entry_id_account_id"),
    )
    op.create_index("ix_postings_account_id", "postings", ["account_id"])
    op.execute(BALANCES)
    op.execute(POSTED)
    for table in ("journal_entries", "postings"):
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_balance AFTER INSERT ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unequal_sides()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER postings_kept AFTER INSERT ON postings "
        "FOR EACH ROW EXECUTE FUNCTION keep_ledger_balance()"
    )


def downgrade() -> None:
    """Take all of it back."""
    op.drop_column("grants", "fund_id")
    for table in ("postings", "journal_entries", "ledger_accounts", "funds"):
        op.drop_table(table)
    for function in ("keep_ledger_balance()", "refuse_unequal_sides()"):
        op.execute(f"DROP FUNCTION {function}")


def _knowingly(rules: str, statement: str) -> None:
    """A change that the linter warns of and that is meant: the table is small."""
    op.execute(f"-- squawk-ignore {rules}\n{statement}")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
