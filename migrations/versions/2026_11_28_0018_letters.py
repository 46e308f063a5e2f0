"""Letters: one mechanism of reminders, what became of each, and whose address is proved.

A person has their days in a zone of their own and one digest on each; what an import brings in says
when it was brought in. What the second mechanism wrote of offers that are still open goes over to
the one that is left, so that nobody is told twice; its table is dropped. A worker of the release
before this one finds no offers to remind of from then on, and logs so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
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
CAUSES = ("invitations", "password_resets", "announcement_deliveries")
PROVED = """
UPDATE accounts SET address_proved_at = created_at
WHERE kind = 'person' AND EXISTS (
    SELECT FROM activity
    WHERE verb = 'account.created' AND subject_id = accounts.id AND account_id IS NULL
)
"""
MAILED = """
UPDATE announcement_deliveries AS delivery SET mail_id = message.id
FROM mail_messages AS message
WHERE message.key = 'announcement:' || delivery.announcement_id || ':' || delivery.account_id
"""
OCCASIONS = "'week_before', 'on_the_day', 'overdue'"


def upgrade() -> None:
    """Make room for what letters know."""
    op.add_column("activity", sa.Column("brought_in_at", INSTANT, nullable=True))
    op.add_column("activity", sa.Column("client_request_id", sa.Text(), nullable=True))
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
    _deliveries()
    _occasions(f"{OCCASIONS}, 'half_way'")
    op.add_column("announcements", sa.Column("membership_id", sa.Uuid(), nullable=True))
    _refers("announcements", "membership_id", "memberships", "RESTRICT")
    _audiences("'members', 'leads', 'joining'")
    op.execute(TOLD_OF_OFFERS)
    _knowingly("ban-drop-table", "DROP TABLE membership_reminders")


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
    op.drop_table("address_proofs")
    op.drop_table("mail_beginnings")
    op.drop_column("password_resets", "is_link_shown")
    op.drop_column("invitations", "is_link_shown")
    for table in CAUSES:
        op.drop_column(table, "mail_id")
    op.drop_index("ix_mail_messages_dead_at", "mail_messages")
    op.drop_constraint("ck_mail_messages_subject", "mail_messages", type_="check")
    for column in ("sender_id", "subject_id", "noun"):
        op.drop_column("mail_messages", column)
    op.drop_column("accounts", "address_proved_at")
    op.drop_column("accounts", "timezone")
    op.drop_column("activity", "client_request_id")
    op.drop_column("activity", "brought_in_at")


def _deliveries() -> None:
    """Let what caused a letter know it, and a link who has seen it."""
    op.add_column("mail_messages", sa.Column("noun", sa.Text(), nullable=True))
    op.add_column("mail_messages", sa.Column("subject_id", sa.Uuid(), nullable=True))
    op.add_column("mail_messages", sa.Column("sender_id", sa.Uuid(), nullable=True))
    _checks("mail_messages", "subject", "(noun IS NULL) = (subject_id IS NULL)")
    _knowingly(
        "require-concurrent-index-creation",
        "CREATE INDEX ix_mail_messages_dead_at ON mail_messages (dead_at, id) "
        "WHERE dead_at IS NOT NULL",
    )
    op.create_table(
        "mail_beginnings",
        sa.Column("is_only", sa.Boolean(), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("is_only", name="pk_mail_beginnings"),
        sa.CheckConstraint("is_only", name=op.f("ck_mail_beginnings_one_row")),
    )
    op.create_table(
        "address_proofs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_address_proofs"),
        sa.UniqueConstraint("digest", name="uq_address_proofs_digest"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name="fk_address_proofs_account_id",
            ondelete="RESTRICT",
        ),
    )
    op.create_index("ix_address_proofs_account_id", "address_proofs", ["account_id"])
    for table in (*CAUSES, "address_proofs"):
        op.add_column(table, sa.Column("mail_id", sa.Uuid(), nullable=True))
        _refers(table, "mail_id", "mail_messages", "SET NULL")
    for table in ("invitations", "password_resets"):
        shown = sa.Column("is_link_shown", sa.Boolean(), nullable=False, server_default=sa.true())
        op.add_column(table, shown)
    op.execute(PROVED)
    op.execute(MAILED)


def _audiences(known: str) -> None:
    _unchecked("announcements", "audience")
    _checks("announcements", "audience", f"audience IN ({known})")


def _occasions(known: str) -> None:
    _unchecked("reminders", "kind")
    _checks("reminders", "kind", f"kind IN ({known})")


def _refers(table: str, column: str, to: str, on_delete: str) -> None:
    _knowingly(
        "constraint-missing-not-valid, adding-foreign-key-constraint",
        f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_{column} FOREIGN KEY ({column}) "
        f"REFERENCES {to} (id) ON DELETE {on_delete}",
    )
    _knowingly(
        "require-concurrent-index-creation",
        f"CREATE INDEX ix_{table}_{column} ON {table} ({column})",
    )


def _checks(table: str, name: str, condition: str) -> None:
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({condition})",
    )


def _unchecked(table: str, name: str) -> None:
    _knowingly("ban-drop-constraint", f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")


def _knowingly(rule: str, statement: str) -> None:
    op.execute(f"-- squawk-ignore {rule}\n{statement}")
