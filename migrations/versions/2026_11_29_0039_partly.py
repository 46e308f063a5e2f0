"""Operations count what was done, unchanged and refused; with some of it refused they end partly.

The column of the status is made anew, since PostgreSQL before 17 cannot change how one is computed;
the table holds thirty days of operations, so that rewriting it takes no time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

COUNTS = ("done_count", "unchanged_count", "refused_count")
STATUS = """
CASE
    WHEN is_cancelled THEN 'cancelled'
    WHEN problem IS NOT NULL AND result IS NOT NULL THEN 'refused'
    WHEN problem IS NOT NULL THEN 'failed'
    WHEN refused_count > 0 THEN 'partly'
    WHEN finished_at IS NOT NULL THEN 'succeeded'
    WHEN attempt > 0 THEN 'running'
    ELSE 'queued'
END
"""
STATUS_BEFORE = """
CASE
    WHEN is_cancelled THEN 'cancelled'
    WHEN problem IS NOT NULL AND result IS NOT NULL THEN 'refused'
    WHEN problem IS NOT NULL THEN 'failed'
    WHEN finished_at IS NOT NULL THEN 'succeeded'
    WHEN attempt > 0 THEN 'running'
    ELSE 'queued'
END
"""
STATUSES = "'queued', 'running', 'succeeded', 'refused', 'failed', 'cancelled'"


def upgrade() -> None:
    """Count, and tell what was done in part from what was done whole."""
    for name in COUNTS:
        op.add_column("operations", sa.Column(name, sa.Integer(), nullable=True))
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        "ALTER TABLE operations ADD CONSTRAINT ck_operations_counts CHECK ("
        "num_nonnulls(done_count, unchanged_count, refused_count) IN (0, 3) "
        "AND least(done_count, unchanged_count, refused_count) >= 0)"
    )
    _compute(STATUS, STATUSES.replace("'succeeded'", "'succeeded', 'partly'"))


def downgrade() -> None:
    """Take it back."""
    _compute(STATUS_BEFORE, STATUSES)
    op.drop_constraint("ck_operations_counts", "operations")
    for name in COUNTS:
        op.drop_column("operations", name)


def _compute(status: str, statuses: str) -> None:
    op.execute("-- squawk-ignore ban-drop-column\nALTER TABLE operations DROP COLUMN status")
    op.execute(
        "-- squawk-ignore adding-field-with-default, constraint-missing-not-valid\n"
        "ALTER TABLE operations ADD COLUMN status varchar(40) NOT NULL "
        f"GENERATED ALWAYS AS ({status}) STORED "
        f"CONSTRAINT ck_operations_status CHECK (status IN ({statuses}))"
    )
