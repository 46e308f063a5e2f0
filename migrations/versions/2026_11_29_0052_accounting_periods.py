"""Accounting periods of a fund.

The database itself holds that no entry counts on a day of a closed one, or before it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)

REFUSE_CLOSED = """
CREATE FUNCTION refuse_closed_period() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    -- Whoever closes a period waits for this entry, or this entry for them: the next statement
    -- sees what they committed.
    PERFORM FROM funds WHERE id = NEW.fund_id FOR KEY SHARE;
    IF EXISTS (
        SELECT FROM accounting_periods
        WHERE fund_id = NEW.fund_id AND status = 'closed' AND ends_on >= NEW.effective_on
    ) THEN
        RAISE EXCEPTION 'the accounting period of % is closed', NEW.effective_on
            USING ERRCODE = '23514', CONSTRAINT = 'journal_entries_period_open';
    END IF;
    RETURN NEW;
END
$$
"""

KEEP_CLOSED = """
CREATE FUNCTION keep_closed_period() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.status = 'closed' THEN
        RAISE EXCEPTION 'a closed accounting period does not change'
            USING ERRCODE = '23514', CONSTRAINT = 'accounting_periods_unchanging';
    END IF;
    PERFORM FROM funds WHERE id = OLD.fund_id FOR UPDATE;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$
"""


def upgrade() -> None:
    """Make the table and the triggers that keep closed periods as they are."""
    op.create_table(
        "accounting_periods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded",
            sa.Text(collation="C"),
            sa.Computed("fold(name)", persisted=True),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'closed')", name=op.f("ck_accounting_periods_status")
        ),
        sa.CheckConstraint(
            "ends_on >= starts_on", name=op.f("ck_accounting_periods_ends_after_start")
        ),
        sa.CheckConstraint(
            "num_nonnulls(closed_at, closed_by_id) = CASE status WHEN 'closed' THEN 2 ELSE 0 END",
            name=op.f("ck_accounting_periods_closed_by_somebody"),
        ),
        _refers("fund_id", "funds"),
        _refers("closed_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_accounting_periods"),
        sa.UniqueConstraint("fund_id", "starts_on", name="uq_accounting_periods_fund_id_starts_on"),
    )
    for column in ("starts_on", "created_at", "updated_at"):
        name = f"ix_accounting_periods_{column}"
        op.create_index(name, "accounting_periods", [column, "id"])
    op.create_index("ix_accounting_periods_closed_by_id", "accounting_periods", ["closed_by_id"])
    op.create_index(
        "ix_accounting_periods_trigrams",
        "accounting_periods",
        ["name_folded"],
        postgresql_using="gin",
        postgresql_ops={"name_folded": "gin_trgm_ops"},
    )
    op.execute(REFUSE_CLOSED)
    op.execute(KEEP_CLOSED)
    op.execute(
        "CREATE TRIGGER journal_entries_period_open BEFORE INSERT ON journal_entries "
        "FOR EACH ROW EXECUTE FUNCTION refuse_closed_period()"
    )
    op.execute(
        "CREATE TRIGGER accounting_periods_kept BEFORE UPDATE OR DELETE ON accounting_periods "
        "FOR EACH ROW EXECUTE FUNCTION keep_closed_period()"
    )


def downgrade() -> None:
    """Take all of it back."""
    op.execute("DROP TRIGGER journal_entries_period_open ON journal_entries")
    op.drop_table("accounting_periods")
    for function in ("refuse_closed_period()", "keep_closed_period()"):
        op.execute(f"DROP FUNCTION {function}")


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_accounting_periods_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
