"""Addresses at which the figures of a cohort are drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "metric_charts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [of], name=f"fk_metric_charts_{column}", ondelete="RESTRICT"
            )
            for column, of in (("account_id", "accounts.id"), ("cohort_id", "cohorts.id"))
        ),
        sa.PrimaryKeyConstraint("id", name="pk_metric_charts"),
        sa.UniqueConstraint("digest", name="uq_metric_charts_digest"),
    )
    op.create_index("ix_metric_charts_account_id", "metric_charts", ["account_id"])
    op.create_index("ix_metric_charts_cohort_id", "metric_charts", ["cohort_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("metric_charts")
