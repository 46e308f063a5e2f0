"""Read the notes about all things in the order in which they were written."""

from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index of that order at once: the table is small."""
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_notes_written_at ON notes (written_at, id)"
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_notes_written_at", table_name="notes")
