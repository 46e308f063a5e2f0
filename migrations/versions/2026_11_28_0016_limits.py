"""Failed sign-ins by the day, when a secret was last used, and uploads without a checksum."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "failed_sign_ins",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("window_ends_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name="pk_failed_sign_ins"),
    )
    op.create_index(
        "ix_failed_sign_ins_window_ends_at", "failed_sign_ins", ["window_ends_at"], unique=False
    )
    op.add_column("client_secrets", sa.Column("last_used_at", INSTANT, nullable=True))
    for column in ("sha256", "media_type"):
        op.execute(
            "-- squawk-ignore ban-drop-not-null\n"
            f"ALTER TABLE uploads ALTER COLUMN {column} DROP NOT NULL"
        )


def downgrade() -> None:
    """Take it back; an upload that came without a checksum is forgotten."""
    op.execute("DELETE FROM uploads WHERE sha256 IS NULL OR media_type IS NULL")
    op.alter_column("uploads", "media_type", nullable=False)
    op.alter_column("uploads", "sha256", nullable=False)
    op.drop_column("client_secrets", "last_used_at")
    op.drop_table("failed_sign_ins")
