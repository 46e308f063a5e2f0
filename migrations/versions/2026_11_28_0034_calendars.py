"""What calendars are told of learning sessions, by the feeds that are read and by letters."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
SESSIONS = "learning_sessions"
FEEDS = "calendar_feeds"
CANCELLED = "ck_learning_sessions_cancelled_at_some_time"

LETTERS = "session_letters"
MAIL = "mail_messages"
BESIDE_TEXT = "ck_mail_messages_calendar"

TOLD = """
INSERT INTO session_letters (session_id, sequence, said, told_at)
SELECT id, sequence, NULL, updated_at FROM learning_sessions
"""
"""Nobody is written to of what was planned before there were letters, unless it changes."""

KNOWN = """
UPDATE learning_sessions SET
    announced_at = CASE WHEN status <> 'draft' THEN updated_at END,
    cancelled_at = CASE WHEN status = 'cancelled' THEN updated_at END
"""


def upgrade() -> None:
    """Make them."""
    _counted("sequence", sa.BigInteger(), "0")
    _counted("is_public", sa.Boolean(), "false")
    op.add_column(SESSIONS, sa.Column("cancelled_at", INSTANT, nullable=True))
    op.add_column(SESSIONS, sa.Column("announced_at", INSTANT, nullable=True))
    op.execute(KNOWN)
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE {SESSIONS} ADD CONSTRAINT {CANCELLED} "
        "CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL))",
    )
    op.create_table(
        FEEDS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        _refers("account_id", "accounts"),
        _refers("cohort_id", "cohorts"),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_feeds"),
        sa.UniqueConstraint("digest", name="uq_calendar_feeds_digest"),
    )
    for column in ("account_id", "cohort_id"):
        op.create_index(f"ix_calendar_feeds_{column}", FEEDS, [column])
    _letters()


def downgrade() -> None:
    """Take them back."""
    op.drop_constraint(BESIDE_TEXT, MAIL)
    op.drop_column(MAIL, "calendar")
    op.drop_table(LETTERS)
    op.drop_table(FEEDS)
    op.drop_constraint(CANCELLED, SESSIONS)
    for column in ("announced_at", "cancelled_at", "is_public", "sequence"):
        op.drop_column(SESSIONS, column)


def _letters() -> None:
    op.create_table(
        LETTERS,
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            [f"{SESSIONS}.id"],
            name="fk_session_letters_session_id_learning_sessions",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("session_id", name="pk_session_letters"),
    )
    op.execute(TOLD)
    op.add_column(MAIL, sa.Column("calendar", sa.Text(), nullable=True))
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE {MAIL} ADD CONSTRAINT {BESIDE_TEXT} "
        "CHECK (calendar IS NULL OR text IS NOT NULL)",
    )


def _counted(column: str, kind: sa.types.TypeEngine[object], default: str) -> None:
    op.add_column(
        SESSIONS, sa.Column(column, kind, server_default=sa.text(default), nullable=False)
    )
    _knowingly("ban-drop-default", f"ALTER TABLE {SESSIONS} ALTER COLUMN {column} DROP DEFAULT")


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_calendar_feeds_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")


def _knowingly(rules: str, statement: str) -> None:
    op.execute(f"-- squawk-ignore {rules}\n{statement}")
