"""An index for what somebody did: whom nothing binds is looked for at each list of work."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_activity_person_id ON activity (person_id, verb)"
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_activity_person_id")
