"""Cohorts and their memberships."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WITHIN_CAPACITY = """
CREATE FUNCTION keep_memberships_within_capacity() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    taking constant text[] := ARRAY[
        'offered', 'accepted', 'onboarding', 'active', 'paused', 'completed'
    ];
    capacity bigint;
    taken bigint;
BEGIN
    IF NEW.override_reason IS NOT NULL OR NOT NEW.status = ANY (taking) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = ANY (taking) THEN
        RETURN NULL;
    END IF;
    SELECT announced_capacity INTO capacity
        FROM cohorts WHERE id = NEW.cohort_id FOR NO KEY UPDATE;
    SELECT count(*) INTO taken
        FROM memberships WHERE cohort_id = NEW.cohort_id AND status = ANY (taking);
    IF taken > capacity THEN
        RAISE EXCEPTION 'more places taken than announced'
            USING ERRCODE = '23514', CONSTRAINT = 'ck_memberships_within_capacity';
    END IF;
    RETURN NULL;
END
$$
"""


def life() -> list[sa.Column[object]]:
    """The columns of every record."""
    return [
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), nullable=False),
    ]


def refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """A reference that keeps what it points at."""
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete="RESTRICT"
    )


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "cohorts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded",
            sa.Text(collation="C"),
            sa.Computed("fold(name)", persisted=True),
            nullable=False,
        ),
        sa.Column("focus", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("announced_capacity", sa.BigInteger(), nullable=True),
        sa.Column("minimum_size", sa.BigInteger(), nullable=False),
        sa.Column("planned_start_on", sa.Date(), nullable=True),
        sa.Column("planned_end_on", sa.Date(), nullable=True),
        sa.Column("starts_automatically", sa.Boolean(), nullable=False),
        sa.Column("offer_hours", sa.BigInteger(), nullable=False),
        sa.Column("late_joining_days", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("retention_denominator", sa.BigInteger(), nullable=True),
        sa.Column("commons_id", sa.Uuid(), nullable=False),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_cohorts"),
        refers("cohorts", "id", "scopes"),
        refers("cohorts", "programme_id", "programmes"),
        refers("cohorts", "commons_id", "scopes"),
        sa.UniqueConstraint("reference", name="uq_cohorts_reference"),
        sa.UniqueConstraint("commons_id", name="uq_cohorts_commons_id"),
        sa.CheckConstraint(
            "status IN ('draft', 'recruiting', 'selecting', 'confirmed', 'running', "
            "'wrapping_up', 'closed', 'cancelled')",
            name=op.f("ck_cohorts_status"),
        ),
        sa.CheckConstraint(
            "planned_end_on >= planned_start_on", name=op.f("ck_cohorts_planned_in_order")
        ),
        sa.CheckConstraint("announced_capacity >= 1", name=op.f("ck_cohorts_capacity_positive")),
        sa.CheckConstraint("minimum_size >= 1", name=op.f("ck_cohorts_minimum_positive")),
        sa.CheckConstraint(
            "minimum_size <= announced_capacity", name=op.f("ck_cohorts_minimum_within_capacity")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'cancelled') OR (announced_capacity IS NOT NULL "
            "AND planned_start_on IS NOT NULL AND planned_end_on IS NOT NULL)",
            name=op.f("ck_cohorts_announced_whole"),
        ),
        sa.CheckConstraint(
            "(started_at IS NULL) = (retention_denominator IS NULL)",
            name=op.f("ck_cohorts_denominator_frozen_at_start"),
        ),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_cohorts_ended_after_start")),
    )
    op.create_index("ix_cohorts_programme_id", "cohorts", ["programme_id"])
    op.create_index("ix_cohorts_name_folded", "cohorts", ["name_folded", "id"])
    op.create_index("ix_cohorts_created_at", "cohorts", ["created_at", "id"])
    op.create_table(
        "memberships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("waitlist_rank", sa.BigInteger(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("offer_expires_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("activated_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("departure", sa.String(40), nullable=True),
        sa.Column("counts_for_retention", sa.Boolean(), nullable=False),
        sa.Column("is_returning", sa.Boolean(), nullable=False),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_memberships"),
        refers("memberships", "id", "scopes"),
        refers("memberships", "cohort_id", "cohorts"),
        refers("memberships", "collaboration_id", "collaborations"),
        sa.UniqueConstraint(
            "cohort_id", "collaboration_id", name="uq_memberships_cohort_id_collaboration_id"
        ),
        sa.CheckConstraint(
            "status IN ('waitlisted', 'offered', 'accepted', 'onboarding', 'active', 'paused', "
            "'completed', 'withdrawn', 'removed', 'declined', 'expired')",
            name=op.f("ck_memberships_status"),
        ),
        sa.CheckConstraint(
            "(status = 'waitlisted') = (waitlist_rank IS NOT NULL)",
            name=op.f("ck_memberships_rank_of_waiting"),
        ),
        sa.CheckConstraint(
            "status <> 'offered' OR offer_expires_at IS NOT NULL",
            name=op.f("ck_memberships_offer_expires"),
        ),
        sa.CheckConstraint(
            "status <> 'withdrawn' OR departure IS NOT NULL",
            name=op.f("ck_memberships_departure_said"),
        ),
        sa.CheckConstraint(
            "departure IN ('capacity', 'priorities', 'funding', 'partnership_ended', "
            "'ineligible', 'cohort_cancelled', 'other')",
            name=op.f("ck_memberships_departure"),
        ),
    )
    op.create_index("ix_memberships_collaboration_id", "memberships", ["collaboration_id"])
    op.create_index("ix_memberships_cohort_id_status", "memberships", ["cohort_id", "status"])
    op.create_index("ix_memberships_created_at", "memberships", ["created_at", "id"])
    op.create_index(
        "uq_memberships_cohort_id_waitlist_rank",
        "memberships",
        ["cohort_id", "waitlist_rank"],
        unique=True,
        postgresql_where=sa.text("waitlist_rank IS NOT NULL"),
    )
    op.create_index(
        "ix_memberships_offer_expires_at",
        "memberships",
        ["offer_expires_at"],
        postgresql_where=sa.text("status = 'offered'"),
    )
    op.create_table(
        "membership_pauses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("paused_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("returns_on", sa.Date(), nullable=False),
        sa.Column("resumed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_membership_pauses"),
        refers("membership_pauses", "membership_id", "memberships"),
        sa.CheckConstraint(
            "resumed_at >= paused_at", name=op.f("ck_membership_pauses_resumed_after_pause")
        ),
    )
    op.create_index("ix_membership_pauses_membership_id", "membership_pauses", ["membership_id"])
    op.create_index(
        "uq_membership_pauses_current",
        "membership_pauses",
        ["membership_id"],
        unique=True,
        postgresql_where=sa.text("resumed_at IS NULL"),
    )
    op.create_table(
        "pause_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("returns_on", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.TIMESTAMP(timezone=True), nullable=True),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_pause_requests"),
        refers("pause_requests", "membership_id", "memberships"),
        refers("pause_requests", "asked_by_id", "accounts"),
        refers("pause_requests", "settled_by_id", "accounts"),
        sa.CheckConstraint(
            "status IN ('open', 'agreed', 'declined', 'withdrawn')",
            name=op.f("ck_pause_requests_status"),
        ),
        sa.CheckConstraint(
            "(status = 'open') = (settled_at IS NULL)",
            name=op.f("ck_pause_requests_settled_unless_open"),
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by_id IS NULL)",
            name=op.f("ck_pause_requests_settled_by_somebody"),
        ),
        sa.CheckConstraint(
            "status <> 'declined' OR answer IS NOT NULL",
            name=op.f("ck_pause_requests_declined_for_a_reason"),
        ),
    )
    op.create_index(
        "ix_pause_requests_membership_id", "pause_requests", ["membership_id", "created_at", "id"]
    )
    op.create_index("ix_pause_requests_created_at", "pause_requests", ["created_at", "id"])
    op.create_index("ix_pause_requests_asked_by_id", "pause_requests", ["asked_by_id"])
    op.create_index("ix_pause_requests_settled_by_id", "pause_requests", ["settled_by_id"])
    op.create_index(
        "uq_pause_requests_open",
        "pause_requests",
        ["membership_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "membership_reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("occasion_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_membership_reminders"),
        refers("membership_reminders", "membership_id", "memberships"),
        sa.UniqueConstraint(
            "membership_id",
            "kind",
            "occasion_at",
            name="uq_membership_reminders_membership_id_kind_occasion_at",
        ),
        sa.CheckConstraint("kind IN ('answer_offer')", name=op.f("ck_membership_reminders_kind")),
    )
    op.create_table(
        "cohort_requirements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("guidance", sa.Text(), nullable=True),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("is_judged", sa.Boolean(), nullable=False),
        sa.Column("anchor", sa.String(40), nullable=False),
        sa.Column("offset_days", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_cohort_requirements"),
        refers("cohort_requirements", "cohort_id", "cohorts"),
        sa.UniqueConstraint("cohort_id", "key", name="uq_cohort_requirements_cohort_id_key"),
        sa.CheckConstraint(
            "stage IN ('onboarding', 'completion')", name=op.f("ck_cohort_requirements_stage")
        ),
        sa.CheckConstraint(
            "anchor IN ('accepted', 'planned_start', 'planned_end')",
            name=op.f("ck_cohort_requirements_anchor"),
        ),
    )
    op.create_index(
        "ix_cohort_requirements_position", "cohort_requirements", ["cohort_id", "position", "id"]
    )
    op.create_table(
        "membership_tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("settled_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("waiver_reason", sa.Text(), nullable=True),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_membership_tasks"),
        refers("membership_tasks", "membership_id", "memberships"),
        refers("membership_tasks", "requirement_id", "cohort_requirements"),
        sa.UniqueConstraint(
            "membership_id",
            "requirement_id",
            name="uq_membership_tasks_membership_id_requirement_id",
        ),
        sa.CheckConstraint(
            "status IN ('open', 'met', 'waived')", name=op.f("ck_membership_tasks_status")
        ),
        sa.CheckConstraint(
            "(status = 'waived') = (waiver_reason IS NOT NULL)",
            name=op.f("ck_membership_tasks_waived_for_a_reason"),
        ),
        sa.CheckConstraint(
            "(status = 'open') = (settled_at IS NULL)",
            name=op.f("ck_membership_tasks_settled_unless_open"),
        ),
    )
    op.create_index("ix_membership_tasks_requirement_id", "membership_tasks", ["requirement_id"])
    op.create_index("ix_membership_tasks_due_on", "membership_tasks", ["due_on", "id"])
    op.create_table(
        "notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        refers("notes", "scope_id", "scopes"),
        refers("notes", "author_id", "accounts"),
    )
    op.create_index("ix_notes_subject_id", "notes", ["subject_id", "written_at", "id"])
    op.create_index("ix_notes_scope_id", "notes", ["scope_id"])
    op.create_index("ix_notes_author_id", "notes", ["author_id"])
    op.create_table(
        "announcements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("publish_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("recipient_count", sa.BigInteger(), nullable=True),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
        refers("announcements", "cohort_id", "cohorts"),
        refers("announcements", "author_id", "accounts"),
        sa.CheckConstraint(
            "status IN ('draft', 'scheduled', 'sent', 'cancelled')",
            name=op.f("ck_announcements_status"),
        ),
        sa.CheckConstraint(
            "audience IN ('members', 'leads')", name=op.f("ck_announcements_audience")
        ),
        sa.CheckConstraint(
            "status <> 'scheduled' OR publish_at IS NOT NULL",
            name=op.f("ck_announcements_scheduled_for"),
        ),
        sa.CheckConstraint(
            "(publish_at IS NULL) = (timezone IS NULL)",
            name=op.f("ck_announcements_zone_of_publish_at"),
        ),
        sa.CheckConstraint(
            "(status = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_announcements_sent_once")
        ),
        sa.CheckConstraint(
            "(sent_at IS NULL) = (recipient_count IS NULL)",
            name=op.f("ck_announcements_counted_when_sent"),
        ),
        sa.CheckConstraint("recipient_count >= 1", name=op.f("ck_announcements_sent_to_somebody")),
    )
    op.create_index(
        "ix_announcements_cohort_id", "announcements", ["cohort_id", "created_at", "id"]
    )
    op.create_index("ix_announcements_author_id", "announcements", ["author_id"])
    op.create_index(
        "ix_announcements_publish_at",
        "announcements",
        ["publish_at"],
        postgresql_where=sa.text("status = 'scheduled'"),
    )
    op.create_table(
        "announcement_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("is_mailed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_announcement_deliveries"),
        refers("announcement_deliveries", "announcement_id", "announcements"),
        refers("announcement_deliveries", "account_id", "accounts"),
        refers("announcement_deliveries", "membership_id", "memberships"),
        sa.UniqueConstraint(
            "announcement_id",
            "account_id",
            name="uq_announcement_deliveries_announcement_id_account_id",
        ),
    )
    op.create_index(
        "ix_announcement_deliveries_account_id",
        "announcement_deliveries",
        ["account_id", "announcement_id"],
    )
    op.create_index(
        "ix_announcement_deliveries_membership_id", "announcement_deliveries", ["membership_id"]
    )
    op.execute(WITHIN_CAPACITY)
    op.execute(
        "CREATE TRIGGER memberships_within_capacity "
        "AFTER INSERT OR UPDATE OF status, override_reason ON memberships "
        "FOR EACH ROW EXECUTE FUNCTION keep_memberships_within_capacity()"
    )


def downgrade() -> None:
    """Take them back."""
    op.drop_table("announcement_deliveries")
    op.drop_table("announcements")
    op.drop_table("notes")
    op.drop_table("membership_tasks")
    op.drop_table("cohort_requirements")
    op.drop_table("membership_reminders")
    op.drop_table("pause_requests")
    op.drop_table("membership_pauses")
    op.drop_table("memberships")
    op.execute("DROP FUNCTION keep_memberships_within_capacity()")
    op.drop_table("cohorts")
