"""Keep the figures of a cohort when it closes."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, which only grows."""
    op.create_table(
        "metric_snapshots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_metric_snapshots_number_positive")),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
            name="fk_metric_snapshots_cohort_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_metric_snapshots"),
        sa.UniqueConstraint("cohort_id", "number", name="uq_metric_snapshots_cohort_id_number"),
    )
    op.execute(
        "CREATE TRIGGER metric_snapshots_append_only BEFORE UPDATE OR DELETE ON metric_snapshots "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("metric_snapshots")
