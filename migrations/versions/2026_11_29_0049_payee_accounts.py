"""Payee accounts.

The database itself holds that what an account says never changes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
TABLE = "payee_accounts"
SAYS = ("grant_id", "number", "form", "country", "currency", "holder_name", "last_four", "sealed")

KEPT = f"""
CREATE FUNCTION refuse_another_payee_account() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF ({", ".join(f"OLD.{one}" for one in SAYS)})
        IS DISTINCT FROM ({", ".join(f"NEW.{one}" for one in SAYS)}) THEN
        RAISE EXCEPTION 'payee account % is changed', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'payee_accounts_kept';
    END IF;
    RETURN NEW;
END
$$
"""


def upgrade() -> None:
    """Make the table and the trigger that keeps what it says."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("is_fiscal_host", sa.Boolean(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("last_four", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=True),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.Column("verified_at", INSTANT, nullable=True),
        sa.Column("called_name", sa.Text(), nullable=True),
        sa.Column("called_at", INSTANT, nullable=True),
        sa.Column("number_source", sa.Text(), nullable=True),
        sa.Column("usable_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('proposed', 'verified', 'replaced', 'rejected', 'withdrawn')",
            name=op.f("ck_payee_accounts_status"),
        ),
        sa.CheckConstraint(
            "form IN ('iban', 'sort_code', 'ifsc', 'cnaps', 'routing_number')",
            name=op.f("ck_payee_accounts_form"),
        ),
        sa.CheckConstraint(
            "verified_by_id <> proposed_by_id", name=op.f("ck_payee_accounts_verified_by_another")
        ),
        sa.CheckConstraint(
            "num_nonnulls(verified_by_id, verified_at, called_at, number_source, usable_at) "
            "IN (0, 5)",
            name=op.f("ck_payee_accounts_verified_whole"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('verified', 'replaced') OR verified_at IS NOT NULL",
            name=op.f("ck_payee_accounts_verified"),
        ),
        sa.CheckConstraint(
            "usable_at >= verified_at", name=op.f("ck_payee_accounts_usable_once_verified")
        ),
        sa.CheckConstraint("length(last_four) <= 4", name=op.f("ck_payee_accounts_last_four")),
        _refers("grant_id", "grants"),
        _refers("organisation_id", "organisations"),
        _refers("proposed_by_id", "accounts"),
        _refers("verified_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_payee_accounts"),
        sa.UniqueConstraint("grant_id", "number", name="uq_payee_accounts_grant_id_number"),
    )
    for status in ("verified", "proposed"):
        op.create_index(
            f"uq_payee_accounts_one_{status}",
            TABLE,
            ["grant_id"],
            unique=True,
            postgresql_where=sa.text(f"status = '{status}'"),
        )
    op.create_index("ix_payee_accounts_created_at", TABLE, ["created_at", "id"])
    op.create_index("ix_payee_accounts_updated_at", TABLE, ["updated_at", "id"])
    for column in ("organisation_id", "proposed_by_id", "verified_by_id"):
        op.create_index(f"ix_payee_accounts_{column}", TABLE, [column])
    op.execute(KEPT)
    op.execute(
        "CREATE TRIGGER payee_accounts_kept BEFORE UPDATE ON payee_accounts "
        "FOR EACH ROW EXECUTE FUNCTION refuse_another_payee_account()"
    )


def downgrade() -> None:
    """Take all of it back."""
    op.drop_table(TABLE)
    op.execute("DROP FUNCTION refuse_another_payee_account()")


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{TABLE}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
