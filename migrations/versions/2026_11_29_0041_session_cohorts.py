"""Sessions for several cohorts, and for a whole programme.

Each session that there is stays for the one cohort that planned it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TABLE = "session_cohorts"
SESSIONS = "learning_sessions"


def upgrade() -> None:
    """Make the table, and enter the cohort of each session."""
    op.create_table(
        TABLE,
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        _refers("session_id", SESSIONS),
        _refers("cohort_id", "cohorts"),
        sa.PrimaryKeyConstraint("session_id", "cohort_id", name=f"pk_{TABLE}"),
    )
    op.execute(f"INSERT INTO {TABLE} SELECT id, cohort_id FROM {SESSIONS}")
    op.create_index(f"ix_{TABLE}_cohort_id", TABLE, ["cohort_id"])
    op.add_column(SESSIONS, sa.Column("is_for_programme", sa.Boolean(), server_default="false"))
    op.execute(f"UPDATE {SESSIONS} SET is_for_programme = false")
    _knowingly("adding-not-nullable-field", "ALTER COLUMN is_for_programme SET NOT NULL")
    _knowingly("ban-drop-default", "ALTER COLUMN is_for_programme DROP DEFAULT")


def downgrade() -> None:
    """Take both back: of a session that was shared only the cohort that planned it is known."""
    op.drop_column(SESSIONS, "is_for_programme")
    op.drop_table(TABLE)


def _knowingly(rule: str, change: str) -> None:
    # The sessions of one network are few: their table is read through at once.
    op.execute(f"-- squawk-ignore {rule}\nALTER TABLE {SESSIONS} {change}")


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{TABLE}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
