"""What of grants everybody is told."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
STATUSES = "'proposed', 'consented', 'published', 'withdrawn'"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "grant_publications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_grant_publications_status")),
        sa.CheckConstraint("length(title) <= 140", name=op.f("ck_grant_publications_title")),
        sa.CheckConstraint(
            "status <> 'published' OR published_at IS NOT NULL",
            name=op.f("ck_grant_publications_published_at"),
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"],
            ["grants.id"],
            name="fk_grant_publications_grant_id_grants",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_grant_publications"),
        sa.UniqueConstraint("grant_id", name="uq_grant_publications_grant_id"),
        sa.UniqueConstraint("identifier", name="uq_grant_publications_identifier"),
    )
    for column in ("created_at", "updated_at"):
        op.create_index(f"ix_grant_publications_{column}", "grant_publications", [column, "id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("grant_publications")
