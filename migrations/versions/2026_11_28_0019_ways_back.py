"""Ways back: former names are kept, and what a merge of organisations moved."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0013"
branch_labels = None
depends_on = None

RENAMED = {"organisation": "organisations", "collaboration": "collaborations"}


def upgrade() -> None:
    """Keep former names and merges."""
    op.create_table(
        "organisation_merges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("duplicate_id", sa.Uuid(), nullable=False),
        sa.Column("former_name_id", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("undone_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("moved", JSONB(), nullable=False),
        sa.Column("stood", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_merges"),
    )
    op.create_index(
        "ix_organisation_merges_duplicate_id", "organisation_merges", ["duplicate_id", "merged_at"]
    )
    for noun, table in RENAMED.items():
        _former_names(f"former_{noun}_names", table)


def downgrade() -> None:
    """Forget them."""
    for noun in RENAMED:
        op.drop_table(f"former_{noun}_names")
    op.drop_table("organisation_merges")


def _former_names(name: str, of: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded",
            sa.Text(collation="C"),
            sa.Computed("fold(name)", persisted=True),
            nullable=False,
        ),
        sa.Column("until", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("of_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(
            ["of_id"], [f"{of}.id"], name=f"fk_{name}_of_id", ondelete="RESTRICT"
        ),
    )
    op.create_index(f"ix_{name}_of_id", name, ["of_id"])
    op.create_index(f"ix_{name}_name_folded", name, ["name_folded"])
