"""What is kept when a membership ends, and grants that go on after it.

A grant is continued until a day; that it is held otherwise is derived, and needs no column. What a
cohort knew of a member that left is kept with the membership, its people apart, so that they can be
forgotten.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
CONTINUED = ("continued_at", "continued_until", "continued_because", "continuation_reviewer_id")
STATUSES = (
    "'idea', 'scoping', 'forming', 'launched', 'operating', 'on_hold', 'concluded', 'abandoned'"
)


def upgrade() -> None:
    """Make the columns and the tables."""
    op.add_column("grants", sa.Column("continued_at", INSTANT, nullable=True))
    op.add_column("grants", sa.Column("continued_until", sa.Date(), nullable=True))
    op.add_column("grants", sa.Column("continued_because", sa.Text(), nullable=True))
    op.add_column("grants", sa.Column("continuation_reviewer_id", sa.Uuid(), nullable=True))
    _knowingly(
        "adding-foreign-key-constraint, constraint-missing-not-valid",
        "ALTER TABLE grants ADD CONSTRAINT fk_grants_continuation_reviewer_id "
        "FOREIGN KEY (continuation_reviewer_id) REFERENCES accounts (id) ON DELETE RESTRICT",
    )
    _knowingly(
        "constraint-missing-not-valid",
        "ALTER TABLE grants ADD CONSTRAINT ck_grants_continued_whole "
        f"CHECK (num_nonnulls({', '.join(CONTINUED)}) IN (0, 4))",
    )
    _knowingly(
        "require-concurrent-index-creation",
        "CREATE INDEX ix_grants_continuation_reviewer_id ON grants (continuation_reviewer_id)",
    )
    _make_last_known()


def downgrade() -> None:
    """Take them back."""
    op.drop_table("membership_last_known_people")
    op.drop_table("memberships_last_known")
    for column in CONTINUED:
        _knowingly("ban-drop-column", f"ALTER TABLE grants DROP COLUMN {column}")


def _make_last_known() -> None:
    op.create_table(
        "memberships_last_known",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("participants", postgresql.JSONB(), nullable=False),
        sa.Column("learnings", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            f"status IN ({STATUSES})", name=op.f("ck_memberships_last_known_status")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["memberships.id"],
            name="fk_memberships_last_known_membership_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("membership_id", name="pk_memberships_last_known"),
    )
    op.create_table(
        "membership_last_known_people",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "role IN ('administrator', 'programme_manager', 'coordinator', 'facilitator', "
            "'reviewer', 'adviser', 'finance_approver', 'payment_releaser', 'funder', "
            "'collaboration_lead', 'collaboration_member', 'observer', 'auditor', 'scheduler')",
            name=op.f("ck_membership_last_known_people_role"),
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["memberships_last_known.membership_id"],
            name="fk_membership_last_known_people_membership_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name="fk_membership_last_known_people_account_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint(
            "membership_id", "account_id", "role", name="pk_membership_last_known_people"
        ),
    )
    op.create_index(
        "ix_membership_last_known_people_account_id",
        "membership_last_known_people",
        ["account_id"],
        unique=False,
    )


def _knowingly(rules: str, statement: str) -> None:
    op.execute(f"-- squawk-ignore {rules}\n{statement}")
