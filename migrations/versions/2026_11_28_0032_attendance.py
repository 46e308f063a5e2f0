"""The evidence of who attended learning sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
TABLE = "attendance_evidence"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", INSTANT, nullable=True),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.Column("said", sa.String(40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "said IN ('attended', 'excused', 'absent', 'contributed_later')",
            name=op.f("ck_attendance_evidence_said"),
        ),
        sa.CheckConstraint(
            "(joined_at IS NULL) = (left_at IS NULL)",
            name=op.f("ck_attendance_evidence_stay_whole"),
        ),
        sa.CheckConstraint(
            "left_at > joined_at", name=op.f("ck_attendance_evidence_left_after_joining")
        ),
        sa.CheckConstraint(
            "(said IS NULL) = (joined_at IS NOT NULL)",
            name=op.f("ck_attendance_evidence_stay_or_said"),
        ),
        sa.CheckConstraint(
            "reason IS NULL OR said IS NOT NULL",
            name=op.f("ck_attendance_evidence_reason_of_what_is_said"),
        ),
        _refers("session_id", "learning_sessions"),
        _refers("account_id", "accounts"),
        _refers("membership_id", "memberships"),
        _refers("recorded_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_attendance_evidence"),
        sa.UniqueConstraint(
            "session_id",
            "account_id",
            "joined_at",
            "left_at",
            name="uq_attendance_evidence_session_id_account_id_joined_at_left_at",
        ),
    )
    for column in ("account_id", "membership_id", "recorded_by_id"):
        op.create_index(f"ix_attendance_evidence_{column}", TABLE, [column])
    op.create_index(
        "uq_attendance_evidence_said",
        TABLE,
        ["session_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("said IS NOT NULL"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table(TABLE)


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_attendance_evidence_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
