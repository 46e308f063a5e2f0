"""Lines of meeting reports that nobody was known by."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
TABLE = "unmatched_attendance"
CHECKS = {
    "form": "form IN ('zoom', 'teams', 'meet')",
    "left_after_joining": "left_at > joined_at",
    "settled_by_somebody": "(settled_at IS NULL) = (settled_by_id IS NULL)",
    "assigned_is_settled": "account_id IS NULL OR settled_at IS NOT NULL",
    "evidence_of_somebody": "evidence_id IS NULL OR account_id IS NOT NULL",
}


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("joined_at", INSTANT, nullable=False),
        sa.Column("left_at", INSTANT, nullable=False),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        *(
            sa.CheckConstraint(check, name=op.f(f"ck_{TABLE}_{name}"))
            for name, check in CHECKS.items()
        ),
        _refers("session_id", "learning_sessions"),
        _refers("account_id", "accounts"),
        _refers("settled_by_id", "accounts"),
        _refers("evidence_id", "attendance_evidence"),
        sa.PrimaryKeyConstraint("id", name="pk_unmatched_attendance"),
        sa.UniqueConstraint(
            "session_id",
            "name",
            "email",
            "joined_at",
            "left_at",
            name="uq_unmatched_attendance_line",
            postgresql_nulls_not_distinct=True,
        ),
    )
    for column in ("account_id", "settled_by_id", "evidence_id"):
        op.create_index(f"ix_{TABLE}_{column}", TABLE, [column])
    op.create_index(
        f"ix_{TABLE}_open",
        TABLE,
        ["session_id"],
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table(TABLE)


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{TABLE}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
