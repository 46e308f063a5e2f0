"""People are reminded of a session a day before it begins."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

OCCASIONS = "'week_before', 'on_the_day', 'overdue', 'half_way'"


def upgrade() -> None:
    """Know one occasion more."""
    _occasions(f"{OCCASIONS}, 'day_before'")


def downgrade() -> None:
    """Know it no more."""
    op.execute("DELETE FROM reminders WHERE kind = 'day_before'")
    _occasions(OCCASIONS)


def _occasions(words: str) -> None:
    _knowingly("ban-drop-constraint", "ALTER TABLE reminders DROP CONSTRAINT ck_reminders_kind")
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE reminders ADD CONSTRAINT ck_reminders_kind CHECK (kind IN ({words}))",
    )


def _knowingly(rule: str, statement: str) -> None:
    op.execute(f"-- squawk-ignore {rule}\n{statement}")
