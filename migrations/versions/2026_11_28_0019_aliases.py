"""Two accounts of one person: one is the alias of the other."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let an account say which one goes on in its place."""
    op.add_column("accounts", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    _knowingly(
        "constraint-missing-not-valid, adding-foreign-key-constraint",
        "ALTER TABLE accounts ADD CONSTRAINT fk_accounts_merged_into_id "
        "FOREIGN KEY (merged_into_id) REFERENCES accounts (id) ON DELETE RESTRICT",
    )
    _knowingly(
        "require-concurrent-index-creation",
        "CREATE INDEX ix_accounts_merged_into_id ON accounts (merged_into_id)",
    )
    _knowingly(
        "constraint-missing-not-valid",
        "ALTER TABLE accounts ADD CONSTRAINT ck_accounts_alias_is_disabled CHECK ("
        "merged_into_id IS NULL OR (kind = 'person' AND disabled_at IS NOT NULL "
        "AND merged_into_id <> id))",
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_constraint("ck_accounts_alias_is_disabled", "accounts", type_="check")
    op.drop_column("accounts", "merged_into_id")


def _knowingly(rule: str, statement: str) -> None:
    op.execute(f"-- squawk-ignore {rule}\n{statement}")
