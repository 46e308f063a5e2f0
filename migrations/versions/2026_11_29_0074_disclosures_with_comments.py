"""Disclosures that show what was written of a member beside its numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None of those that were granted does."""
    op.add_column(
        "disclosures",
        sa.Column("with_comments", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.execute(
        "-- squawk-ignore ban-drop-default\n"
        "ALTER TABLE disclosures ALTER COLUMN with_comments DROP DEFAULT"
    )


def downgrade() -> None:
    """Forget which did."""
    op.drop_column("disclosures", "with_comments")
