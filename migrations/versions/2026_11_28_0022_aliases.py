"""Two accounts of one person: one is the alias of the other."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let an account say which one goes on in its place."""
    op.add_column("accounts", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_accounts_merged_into_id",
        "accounts",
        "accounts",
        ["merged_into_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.create_index("ix_accounts_merged_into_id", "accounts", ["merged_into_id"])
    op.create_check_constraint(
        op.f("ck_accounts_alias_is_disabled"),
        "accounts",
        "merged_into_id IS NULL OR (kind = 'person' AND disabled_at IS NOT NULL "
        "AND merged_into_id <> id)",
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_constraint("ck_accounts_alias_is_disabled", "accounts", type_="check")
    op.drop_column("accounts", "merged_into_id")
