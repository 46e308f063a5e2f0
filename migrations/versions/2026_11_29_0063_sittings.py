"""Other sittings of a session, and which members attend them."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

SESSIONS = "learning_sessions"
TABLE = "sitting_members"


def upgrade() -> None:
    """No session has another sitting until one is planned."""
    op.add_column(SESSIONS, sa.Column("sitting_of_id", sa.Uuid(), nullable=True))
    _knowingly(
        "adding-foreign-key-constraint, constraint-missing-not-valid",
        f"ADD CONSTRAINT fk_{SESSIONS}_sitting_of_id_{SESSIONS} FOREIGN KEY (sitting_of_id) "
        f"REFERENCES {SESSIONS} (id) ON DELETE RESTRICT",
    )
    _knowingly(
        "constraint-missing-not-valid",
        f"ADD CONSTRAINT ck_{SESSIONS}_sitting_of_another CHECK (sitting_of_id <> id)",
    )
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        f"CREATE INDEX ix_{SESSIONS}_sitting_of_id ON {SESSIONS} (sitting_of_id, starts_at, id)"
    )
    op.create_table(
        TABLE,
        sa.Column("sitting_of_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        _refers("sitting_of_id", SESSIONS),
        _refers("membership_id", "memberships"),
        _refers("session_id", SESSIONS),
        sa.PrimaryKeyConstraint("sitting_of_id", "membership_id", name=f"pk_{TABLE}"),
        sa.CheckConstraint("session_id <> sitting_of_id", name=f"ck_{TABLE}_in_another_sitting"),
    )
    op.create_index(f"ix_{TABLE}_membership_id", TABLE, ["membership_id"])
    op.create_index(f"ix_{TABLE}_session_id", TABLE, ["session_id"])


def downgrade() -> None:
    """Forget who attended which: each sitting is a session for all again."""
    op.drop_table(TABLE)
    op.drop_column(SESSIONS, "sitting_of_id")


def _knowingly(rule: str, change: str) -> None:
    # The sessions of one network are few: their table is read through at once.
    op.execute(f"-- squawk-ignore {rule}\nALTER TABLE {SESSIONS} {change}")


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{TABLE}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
