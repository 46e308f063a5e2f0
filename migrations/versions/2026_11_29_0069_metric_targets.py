"""Targets of metrics of cohorts and programmes."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "metric_targets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=True),
        sa.Column("comparator", sa.String(40), nullable=False),
        sa.Column("value", sa.Numeric(20, 6), nullable=False),
        sa.Column("baseline", sa.Numeric(20, 6), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "comparator IN ('at_least', 'at_most')",
            name=op.f("ck_metric_targets_comparator"),
        ),
        sa.CheckConstraint(
            "value >= 0 AND baseline >= 0", name=op.f("ck_metric_targets_not_negative")
        ),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_metric_targets_due_after_start")),
        sa.CheckConstraint(
            "scope_id = coalesce(cohort_id, programme_id)", name=op.f("ck_metric_targets_scope")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [of], name=f"fk_metric_targets_{column}", ondelete="RESTRICT"
            )
            for column, of in (
                ("scope_id", "scopes.id"),
                ("programme_id", "programmes.id"),
                ("cohort_id", "cohorts.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_metric_targets"),
    )
    op.create_index(
        "uq_metric_targets_standing",
        "metric_targets",
        ["scope_id", "metric", sa.text("coalesce(dimension, '')"), "comparator", "due_on"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    for name, columns in (
        ("programme_id", ["programme_id"]),
        ("cohort_id", ["cohort_id"]),
        ("due_on", ["due_on", "id"]),
        ("updated_at", ["updated_at", "id"]),
        ("scope_id", ["scope_id", "due_on", "id"]),
    ):
        op.create_index(f"ix_metric_targets_{name}", "metric_targets", columns)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("metric_targets")
