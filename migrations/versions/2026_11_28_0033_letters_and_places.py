"""Whose account a letter was written to, the letters that somebody caused, the latest first; and
cohorts for which no number of places is announced."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


WHOLE = (
    "status IN ('draft', 'cancelled') "
    "OR (planned_start_on IS NOT NULL AND planned_end_on IS NOT NULL)"
)
WITH_CAPACITY = (
    "status IN ('draft', 'cancelled') OR (announced_capacity IS NOT NULL "
    "AND planned_start_on IS NOT NULL AND planned_end_on IS NOT NULL)"
)


def upgrade() -> None:
    """Letters that were queued before are known by their address, and forgotten in thirty days."""
    op.add_column("mail_messages", sa.Column("recipient_id", sa.Uuid(), nullable=True))
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_mail_messages_sender_id ON mail_messages (sender_id, queued_at, id) "
        "WHERE sender_id IS NOT NULL"
    )
    _replace(WHOLE)


def downgrade() -> None:
    """Take all back; a cohort without a number of places has as many as are taken."""
    op.execute(
        "UPDATE cohorts SET announced_capacity = greatest(minimum_size, (SELECT count(*) "
        "FROM memberships WHERE cohort_id = cohorts.id)) "
        "WHERE announced_capacity IS NULL AND status NOT IN ('draft', 'cancelled')"
    )
    _replace(WITH_CAPACITY)
    op.drop_index("ix_mail_messages_sender_id")
    op.drop_column("mail_messages", "recipient_id")


def _replace(condition: str) -> None:
    """What must be known of a cohort that is no draft any more."""
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE cohorts DROP CONSTRAINT ck_cohorts_announced_whole"
    )
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        f"ALTER TABLE cohorts ADD CONSTRAINT ck_cohorts_announced_whole CHECK ({condition})"
    )
