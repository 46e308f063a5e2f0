"""What is left of learning sessions: action items, feedback, minutes and presenters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _make_action_items()
    _make_feedback()
    _make_minutes()
    _make_presenters()


def _make_action_items() -> None:
    table = "action_items"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("raised_in_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'done', 'dropped')", name=op.f(f"ck_{table}_status")
        ),
        sa.CheckConstraint(
            "(status = 'open') = (settled_at IS NULL)",
            name=op.f(f"ck_{table}_settled_unless_open"),
        ),
        _refers(table, "scope_id", "scopes"),
        _refers(table, "session_id", "learning_sessions"),
        _refers(table, "raised_in_id", "learning_sessions"),
        _refers(table, "owner_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_scope_id", table, ["scope_id"])
    op.create_index(f"ix_{table}_raised_in_id", table, ["raised_in_id"])
    op.create_index(f"ix_{table}_session_id", table, ["session_id", "due_on", "id"])
    op.create_index(f"ix_{table}_owner_id", table, ["owner_id", "due_on", "id"])
    for column in ("due_on", "created_at", "updated_at"):
        op.create_index(f"ix_{table}_{column}", table, [column, "id"])


def _make_feedback() -> None:
    givers, answers, releases = (
        f"session_feedback_{one}" for one in ("givers", "answers", "releases")
    )
    op.create_table(
        givers,
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        _refers(givers, "session_id", "learning_sessions"),
        _refers(givers, "account_id", "accounts"),
        sa.PrimaryKeyConstraint("session_id", "account_id", name=f"pk_{givers}"),
    )
    op.create_index(f"ix_{givers}_account_id", givers, ["account_id"])
    op.create_table(
        answers,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("rating", sa.BigInteger(), nullable=False),
        sa.Column("recommendation", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f(f"ck_{answers}_rating")),
        sa.CheckConstraint(
            "recommendation BETWEEN 0 AND 10", name=op.f(f"ck_{answers}_recommendation")
        ),
        _refers(answers, "session_id", "learning_sessions"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{answers}"),
    )
    op.create_index(f"ix_{answers}_session_id", answers, ["session_id"])
    op.create_table(
        releases,
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=False),
        sa.Column("released", postgresql.JSONB(), nullable=True),
        _refers(releases, "session_id", "learning_sessions"),
        sa.PrimaryKeyConstraint("session_id", name=f"pk_{releases}"),
    )


def _make_minutes() -> None:
    consents, minutes = "recording_consents", "session_minutes"
    recordings, voices = "session_recordings", "session_recording_voices"
    op.create_table(
        consents,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=True),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("said_at", INSTANT, nullable=False),
        _refers(consents, "session_id", "learning_sessions"),
        _refers(consents, "account_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{consents}"),
    )
    op.create_index(f"ix_{consents}_account_id", consents, ["account_id"])
    op.create_index(
        f"uq_{consents}_session_id_account_id_segment",
        consents,
        ["session_id", "account_id", "segment"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        minutes,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("recap", sa.Text(), nullable=False),
        sa.Column("links", postgresql.JSONB(), nullable=False),
        sa.Column("learning_ids", postgresql.JSONB(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("status IN ('draft', 'published')", name=op.f(f"ck_{minutes}_status")),
        sa.CheckConstraint(
            "(status = 'published') = (published_at IS NOT NULL)",
            name=op.f(f"ck_{minutes}_published_at"),
        ),
        _refers(minutes, "session_id", "learning_sessions"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{minutes}"),
        sa.UniqueConstraint("session_id", name=f"uq_{minutes}_session_id"),
    )
    for column in ("created_at", "updated_at"):
        op.create_index(f"ix_{minutes}_{column}", minutes, [column, "id"])
    op.create_table(
        recordings,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=True),
        _refers(recordings, "minutes_id", minutes),
        sa.PrimaryKeyConstraint("id", name=f"pk_{recordings}"),
        sa.UniqueConstraint(
            "minutes_id",
            "position",
            name=f"uq_{recordings}_minutes_id_position",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.create_table(
        voices,
        sa.Column("recording_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        _refers(voices, "recording_id", recordings),
        _refers(voices, "account_id", "accounts"),
        sa.PrimaryKeyConstraint("recording_id", "account_id", name=f"pk_{voices}"),
    )
    op.create_index(f"ix_{voices}_account_id", voices, ["account_id"])


def _make_presenters() -> None:
    table = "session_presenters"
    op.create_table(
        table,
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        _refers(table, "session_id", "learning_sessions"),
        _refers(table, "membership_id", "memberships"),
        sa.PrimaryKeyConstraint("session_id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_membership_id", table, ["membership_id"])


def downgrade() -> None:
    """Take them back."""
    op.drop_table("session_presenters")
    for table in ("session_recording_voices", "session_recordings", "session_minutes"):
        op.drop_table(table)
    op.drop_table("recording_consents")
    for table in ("answers", "givers", "releases"):
        op.drop_table(f"session_feedback_{table}")
    op.drop_table("action_items")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
