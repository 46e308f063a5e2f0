"""Operations that came to their end and could change nothing: refused, with a result that says why.

The column is made anew, since PostgreSQL before 17 cannot change how one is computed; the table
holds thirty days of operations, so that rewriting it takes no time.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATUS = """
CASE
    WHEN is_cancelled THEN 'cancelled'
    WHEN problem IS NOT NULL AND result IS NOT NULL THEN 'refused'
    WHEN problem IS NOT NULL THEN 'failed'
    WHEN finished_at IS NOT NULL THEN 'succeeded'
    WHEN attempt > 0 THEN 'running'
    ELSE 'queued'
END
"""
STATUS_BEFORE = """
CASE
    WHEN is_cancelled THEN 'cancelled'
    WHEN problem IS NOT NULL THEN 'failed'
    WHEN finished_at IS NOT NULL THEN 'succeeded'
    WHEN attempt > 0 THEN 'running'
    ELSE 'queued'
END
"""


def upgrade() -> None:
    """Tell the refused from the failed."""
    statuses = "'queued', 'running', 'succeeded', 'refused', 'failed', 'cancelled'"
    _compute(STATUS, statuses)


def downgrade() -> None:
    """Take it back."""
    _compute(STATUS_BEFORE, "'queued', 'running', 'succeeded', 'failed', 'cancelled'")


def _compute(status: str, statuses: str) -> None:
    op.execute("-- squawk-ignore ban-drop-column\nALTER TABLE operations DROP COLUMN status")
    op.execute(
        "-- squawk-ignore adding-field-with-default, constraint-missing-not-valid\n"
        "ALTER TABLE operations ADD COLUMN status varchar(40) NOT NULL "
        f"GENERATED ALWAYS AS ({status}) STORED "
        f"CONSTRAINT ck_operations_status CHECK (status IN ({statuses}))"
    )
