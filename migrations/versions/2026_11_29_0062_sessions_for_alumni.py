"""Sessions for those that have completed a cohort, besides the cohorts that they are for."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None is until somebody says so."""
    op.add_column(
        "learning_sessions",
        sa.Column("is_for_alumni", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.execute(
        "-- squawk-ignore ban-drop-default\n"
        "ALTER TABLE learning_sessions ALTER COLUMN is_for_alumni DROP DEFAULT"
    )


def downgrade() -> None:
    """Forget of which it was said."""
    op.drop_column("learning_sessions", "is_for_alumni")
