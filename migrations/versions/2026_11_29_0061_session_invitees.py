"""Whose calendars were asked to keep a session, so that who takes no part any more is told."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
TABLE = "session_invitees"

KNOWN = """
INSERT INTO session_invitees (session_id, account_id, sequence)
SELECT learning_sessions.id, accounts.id, max(split_part(mail_messages.key, ':', 3)::bigint)
FROM mail_messages
JOIN learning_sessions ON learning_sessions.id = mail_messages.subject_id
JOIN accounts ON accounts.id::text = split_part(mail_messages.key, ':', 4)
WHERE mail_messages.noun = 'learning_session' AND mail_messages.key LIKE 'session:%'
    AND learning_sessions.status <> 'cancelled'
GROUP BY learning_sessions.id, accounts.id
"""
"""Those of the letters that are still kept."""


def upgrade() -> None:
    """Make the table, and write down who has had letters."""
    op.create_table(
        TABLE,
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["learning_sessions.id"],
            name=f"fk_{TABLE}_session_id_learning_sessions",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=f"fk_{TABLE}_account_id_accounts",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("session_id", "account_id", name=f"pk_{TABLE}"),
    )
    op.create_index(f"ix_{TABLE}_account_id", TABLE, ["account_id"])
    op.execute(KNOWN)


def downgrade() -> None:
    """Drop it."""
    op.drop_table(TABLE)
