"""RSVPs to learning sessions, guests of them, and when replies to a session close."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
TABLE = "rsvps"
GUESTS = "session_guests"
SESSIONS = "learning_sessions"
CHECKS = {
    "reply_hours": "reply_hours >= 0",
    "replies_due_before_start": "replies_due_at <= starts_at",
}
STATUSES = "'yes', 'tentative', 'no', 'waitlisted', 'offered', 'lapsed', 'delegated'"


def upgrade() -> None:
    """Make the tables, and let replies to the sessions that there are close when they begin."""
    op.add_column(SESSIONS, sa.Column("reply_hours", sa.BigInteger(), server_default="0"))
    op.add_column(SESSIONS, sa.Column("replies_due_at", INSTANT))
    op.execute(f"UPDATE {SESSIONS} SET replies_due_at = starts_at, reply_hours = 0")
    for column in ("reply_hours", "replies_due_at"):
        _knowingly("adding-not-nullable-field", f"ALTER COLUMN {column} SET NOT NULL")
    _knowingly("ban-drop-default", "ALTER COLUMN reply_hours DROP DEFAULT")
    for name, condition in CHECKS.items():
        _knowingly(
            "constraint-missing-not-valid",
            f"ADD CONSTRAINT ck_learning_sessions_{name} CHECK ({condition})",
        )
    _make_rsvps()
    _make_guests()


def _make_rsvps() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("collaboration_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("replied_at", INSTANT, nullable=True),
        sa.Column("replied_for", INSTANT, nullable=True),
        sa.Column("waiting_since", INSTANT, nullable=True),
        sa.Column("offered_at", INSTANT, nullable=True),
        sa.Column("offer_expires_at", INSTANT, nullable=True),
        sa.Column("delegated_to_id", sa.Uuid(), nullable=True),
        sa.Column("access_needs", sa.Text(), nullable=True),
        sa.Column("dietary_needs", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_rsvps_status")),
        sa.CheckConstraint(
            "(status = 'offered') = (offer_expires_at IS NOT NULL)",
            name=op.f("ck_rsvps_offer_expires"),
        ),
        sa.CheckConstraint(
            "(status = 'waitlisted') = (waiting_since IS NOT NULL)",
            name=op.f("ck_rsvps_waits_since"),
        ),
        sa.CheckConstraint(
            "(status = 'delegated') = (delegated_to_id IS NOT NULL)",
            name=op.f("ck_rsvps_to_somebody"),
        ),
        sa.CheckConstraint(
            "membership_id IS NULL OR collaboration_id IS NOT NULL",
            name=op.f("ck_rsvps_member_is_collaboration"),
        ),
        _refers("session_id", "learning_sessions"),
        _refers("account_id", "accounts"),
        _refers("membership_id", "memberships"),
        _refers("collaboration_id", "collaborations"),
        _refers("delegated_to_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_rsvps"),
        sa.UniqueConstraint("session_id", "account_id", name="uq_rsvps_session_id_account_id"),
    )
    for column in ("session_id", "account_id", "membership_id", "collaboration_id"):
        op.create_index(f"ix_rsvps_{column}", TABLE, [column, "created_at", "id"])
    op.create_index("ix_rsvps_created_at", TABLE, ["created_at", "id"])
    op.create_index("ix_rsvps_updated_at", TABLE, ["updated_at", "id"])
    op.create_index("ix_rsvps_delegated_to_id", TABLE, ["delegated_to_id"])


def _make_guests() -> None:
    op.create_table(
        GUESTS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('invited', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_session_guests_status"),
        ),
        _refers("session_id", "learning_sessions", GUESTS),
        _refers("invited_by_id", "accounts", GUESTS),
        sa.PrimaryKeyConstraint("id", name="pk_session_guests"),
    )
    op.create_index(f"ix_{GUESTS}_session_id", GUESTS, ["session_id", "created_at", "id"])
    op.create_index(f"ix_{GUESTS}_created_at", GUESTS, ["created_at", "id"])
    op.create_index(f"ix_{GUESTS}_updated_at", GUESTS, ["updated_at", "id"])
    op.create_index(f"ix_{GUESTS}_email", GUESTS, ["email"])
    op.create_index(f"ix_{GUESTS}_invited_by_id", GUESTS, ["invited_by_id"])
    op.create_index(f"uq_{GUESTS}_digest", GUESTS, ["digest"], unique=True)
    op.create_index(
        f"uq_{GUESTS}_email",
        GUESTS,
        ["session_id", "email"],
        unique=True,
        postgresql_where=sa.text("status IN ('invited', 'accepted')"),
    )


def downgrade() -> None:
    """Take all of it back."""
    op.drop_table(GUESTS)
    op.drop_table(TABLE)
    op.drop_constraint(op.f("ck_learning_sessions_replies_due_before_start"), SESSIONS)
    op.drop_constraint(op.f("ck_learning_sessions_reply_hours"), SESSIONS)
    op.drop_column(SESSIONS, "replies_due_at")
    op.drop_column(SESSIONS, "reply_hours")


def _knowingly(rule: str, change: str) -> None:
    # The sessions of one network are few: their table is read through at once.
    op.execute(f"-- squawk-ignore {rule}\nALTER TABLE {SESSIONS} {change}")


def _refers(column: str, to: str, table: str = TABLE) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
