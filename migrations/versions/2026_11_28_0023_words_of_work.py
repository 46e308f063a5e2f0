"""What people are reminded of is a vocabulary to which packages add: no CHECK repeats it."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let it be."""
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE reminders DROP CONSTRAINT ck_reminders_work"
    )


def downgrade() -> None:
    """Hold it to what was known, of what is there or comes."""
    op.create_check_constraint(
        op.f("ck_reminders_work"), "reminders", "work <> ''", postgresql_not_valid=True
    )
