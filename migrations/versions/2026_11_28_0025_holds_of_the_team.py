"""A collaboration that the team put on hold is resumed by the team."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

HELD_BY_TEAM = """
UPDATE collaborations SET is_held_by_team = true
WHERE status = 'on_hold' AND NOT EXISTS (
    SELECT FROM role_assignments
    WHERE scope_id = collaborations.id AND role_assignments.role = 'collaboration_lead'
        AND account_id = (
            SELECT activity.account_id FROM activity
            WHERE subject_id = collaborations.id AND verb = 'collaboration.held'
            ORDER BY position DESC LIMIT 1
        )
)
"""


def upgrade() -> None:
    """Keep whose rest it is; of those that rest, whether no lead of theirs began it. People are
    reminded of accounts and roles too, which have no reference."""
    op.add_column(
        "collaborations",
        sa.Column("is_held_by_team", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.execute(HELD_BY_TEAM)
    _knowingly(
        "ban-drop-default", "ALTER TABLE collaborations ALTER COLUMN is_held_by_team DROP DEFAULT"
    )
    _knowingly("ban-drop-not-null", "ALTER TABLE reminders ALTER COLUMN reference DROP NOT NULL")


def downgrade() -> None:
    """Forget it."""
    op.execute("UPDATE reminders SET reference = '' WHERE reference IS NULL")
    op.alter_column("reminders", "reference", nullable=False)
    op.drop_column("collaborations", "is_held_by_team")


def _knowingly(rules: str, statement: str) -> None:
    """A change that the linter warns of and that is meant: the tables are small."""
    op.execute(f"-- squawk-ignore {rules}\n{statement}")
