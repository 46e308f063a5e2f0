"""Whose account a letter was written to, and the letters that somebody caused, the latest first."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was queued before is known by its address alone, and forgotten within thirty days."""
    op.add_column("mail_messages", sa.Column("recipient_id", sa.Uuid(), nullable=True))
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_mail_messages_sender_id ON mail_messages (sender_id, queued_at, id) "
        "WHERE sender_id IS NOT NULL"
    )


def downgrade() -> None:
    """Take both back."""
    op.drop_index("ix_mail_messages_sender_id")
    op.drop_column("mail_messages", "recipient_id")
