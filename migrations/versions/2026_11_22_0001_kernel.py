"""The kernel: folded names, activity, endorsements, idempotent answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FOLD = r"""
CREATE FUNCTION fold(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(replace(replace(
    translate(
        regexp_replace(lower(normalize(words, NFKD)), '[\u0300-\u036f]', '', 'g'),
        'øłđı', 'oldi'
    ),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')
"""

CURRENT_EPOCH = """
CREATE FUNCTION current_activity_epoch() RETURNS integer
LANGUAGE sql STABLE
AS 'SELECT max(epoch) FROM activity_epochs'
"""

CURRENT_TRANSACTION = """
CREATE FUNCTION current_transaction_number() RETURNS bigint
LANGUAGE sql VOLATILE
AS 'SELECT pg_current_xact_id()::text::bigint'
"""

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END
$$
"""


def upgrade() -> None:
    """Make the tables, and the functions that every later revision uses."""
    op.create_table(
        "activity_epochs",
        sa.Column("epoch", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "began_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("epoch", name="pk_activity_epochs"),
    )
    op.execute("INSERT INTO activity_epochs DEFAULT VALUES")
    for function in (FOLD, CURRENT_EPOCH, CURRENT_TRANSACTION, REFUSE_CHANGE):
        op.execute(function)
    op.create_table(
        "activity",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "epoch",
            sa.Integer(),
            server_default=sa.text("current_activity_epoch()"),
            nullable=False,
        ),
        sa.Column(
            "transaction_id",
            sa.BigInteger(),
            server_default=sa.text("current_transaction_number()"),
            nullable=False,
        ),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("position", name="pk_activity"),
    )
    op.create_index("ix_activity_order", "activity", ["epoch", "transaction_id", "position"])
    op.create_index("ix_activity_subject", "activity", ["subject_id", "position"])
    op.create_index("ix_activity_scope_id", "activity", ["scope_id", "position"])
    op.execute(
        "CREATE TRIGGER activity_append_only BEFORE UPDATE OR DELETE ON activity "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER activity_no_truncate BEFORE TRUNCATE ON activity "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.create_table(
        "endorsements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("endorsed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_endorsements"),
        sa.UniqueConstraint(
            "subject_id", "move", "person_id", name="uq_endorsements_subject_id_move_person_id"
        ),
    )
    op.create_table(
        "idempotent_answers",
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("headers", postgresql.JSONB(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("demanded", postgresql.JSONB(), nullable=False),
        sa.Column("answered_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("principal_id", "operation", "key", name="pk_idempotent_answers"),
    )
    op.create_index("ix_idempotent_answers_answered_at", "idempotent_answers", ["answered_at"])


def downgrade() -> None:
    """Take them back."""
    for table in ("idempotent_answers", "endorsements", "activity", "activity_epochs"):
        op.drop_table(table)
    for function in (
        "refuse_change()",
        "current_transaction_number()",
        "current_activity_epoch()",
        "fold(text)",
    ):
        op.execute(f"DROP FUNCTION {function}")
