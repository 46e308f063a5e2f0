"""Reminders of obligations."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Make the table: one row for each person, obligation, due date and occasion."""
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("work", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("reminded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('week_before', 'on_the_day', 'overdue')", name=op.f("ck_reminders_kind")
        ),
        sa.CheckConstraint(
            "work IN ('answer_offer', 'begin_onboarding', 'activate_membership', 'meet_task', "
            "'decide_pause_request', 'await_pause_decision', 'resume_membership', 'sign_grant', "
            "'renew_check', 'report_milestone', 'submit_report', 'answer_change_requests', "
            "'review_report', 'decide_extension', 'close_grant')",
            name=op.f("ck_reminders_work"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_reminders_account_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
        sa.UniqueConstraint(
            "account_id",
            "work",
            "subject_id",
            "due_at",
            "kind",
            name="uq_reminders_account_id_work_subject_id_due_at_kind",
        ),
    )
    op.create_index(
        "ix_reminders_account_id", "reminders", ["account_id", "reminded_at", "id"], unique=False
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("reminders")
