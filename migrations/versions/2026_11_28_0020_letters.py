"""Letters: one mechanism of reminders.

A person has their days in a zone of their own and one digest on each; what an import brings in says
when it was brought in. What the second mechanism wrote of offers that are still open goes over to
the one that is left, so that nobody is told twice; its table is dropped. A worker of the release
before this one finds no offers to remind of from then on, and logs so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
TOLD_OF_OFFERS = """
INSERT INTO reminders (id, account_id, kind, work, subject_id, reference, name, due_at, due_on,
    timezone, reminded_at)
SELECT gen_random_uuid(), held.account_id, 'half_way', 'answer_offer', membership.id,
    collaboration.reference, collaboration.name, membership.offer_expires_at,
    (membership.offer_expires_at AT TIME ZONE membership.timezone)::date, membership.timezone,
    reminder.reminded_at
FROM membership_reminders AS reminder
JOIN memberships AS membership ON membership.id = reminder.membership_id
    AND membership.status = 'offered' AND membership.offered_at = reminder.occasion_at
JOIN collaborations AS collaboration ON collaboration.id = membership.collaboration_id
JOIN (
    SELECT DISTINCT account_id, scope_id FROM role_assignments
    WHERE role = 'collaboration_lead' AND (valid_until IS NULL OR valid_until > now())
) AS held ON held.scope_id = membership.collaboration_id
"""
OCCASIONS = "'week_before', 'on_the_day', 'overdue'"


def upgrade() -> None:
    """Make room for what letters know."""
    op.add_column("activity", sa.Column("brought_in_at", INSTANT, nullable=True))
    op.add_column("accounts", sa.Column("timezone", sa.Text(), nullable=True))
    op.add_column("accounts", sa.Column("address_proved_at", INSTANT, nullable=True))
    op.create_table(
        "reminder_digests",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("gathered_on", sa.Date(), nullable=False),
        sa.Column("gathered_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_reminder_digests"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name="fk_reminder_digests_account_id",
            ondelete="RESTRICT",
        ),
    )
    _occasions(f"{OCCASIONS}, 'half_way'")
    op.add_column("announcements", sa.Column("membership_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_announcements_membership_id",
        "announcements",
        "memberships",
        ["membership_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.create_index("ix_announcements_membership_id", "announcements", ["membership_id"])
    _audiences("'members', 'leads', 'joining'")
    op.execute(TOLD_OF_OFFERS)
    op.execute("-- squawk-ignore ban-drop-table\nDROP TABLE membership_reminders")


def downgrade() -> None:
    """Take it back."""
    op.create_table(
        "membership_reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("occasion_at", INSTANT, nullable=False),
        sa.Column("reminded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_membership_reminders"),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["memberships.id"],
            name="fk_membership_reminders_membership_id",
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint(
            "membership_id",
            "kind",
            "occasion_at",
            name="uq_membership_reminders_membership_id_kind_occasion_at",
        ),
        sa.CheckConstraint("kind IN ('answer_offer')", name=op.f("ck_membership_reminders_kind")),
    )
    op.execute("UPDATE announcements SET audience = 'members' WHERE audience = 'joining'")
    _audiences("'members', 'leads'")
    op.drop_column("announcements", "membership_id")
    op.execute("DELETE FROM reminders WHERE kind = 'half_way'")
    _occasions(OCCASIONS)
    op.drop_table("reminder_digests")
    op.drop_column("accounts", "address_proved_at")
    op.drop_column("accounts", "timezone")
    op.drop_column("activity", "brought_in_at")


def _audiences(known: str) -> None:
    op.drop_constraint("ck_announcements_audience", "announcements", type_="check")
    op.create_check_constraint(
        op.f("ck_announcements_audience"), "announcements", f"audience IN ({known})"
    )


def _occasions(known: str) -> None:
    op.drop_constraint("ck_reminders_kind", "reminders", type_="check")
    op.create_check_constraint(op.f("ck_reminders_kind"), "reminders", f"kind IN ({known})")
