"""Grants, their versions and milestones."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)

TABLES = (
    "grant_templates",
    "due_diligence_policies",
    "due_diligence_checks",
    "milestone_extensions",
    "acceptance_criteria",
    "milestone_terms",
    "milestones",
    "budget_lines",
    "grant_signatures",
    "grant_versions",
    "grants",
)

SUMS_TO_AWARD = """
CREATE FUNCTION check_sums_of_grant_version() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    changed uuid;
    award bigint;
BEGIN
    FOREACH changed IN ARRAY CASE
        WHEN TG_OP = 'DELETE' THEN ARRAY[(to_jsonb(OLD) ->> TG_ARGV[0])::uuid]
        WHEN TG_OP = 'INSERT' THEN ARRAY[(to_jsonb(NEW) ->> TG_ARGV[0])::uuid]
        ELSE ARRAY[(to_jsonb(OLD) ->> TG_ARGV[0])::uuid, (to_jsonb(NEW) ->> TG_ARGV[0])::uuid]
    END LOOP
        -- The lock makes whoever commits second count what the first has committed.
        SELECT award_minor INTO award FROM grant_versions WHERE id = changed FOR NO KEY UPDATE;
        CONTINUE WHEN NOT FOUND;
        IF award <> (
            SELECT coalesce(sum(amount_minor), 0) FROM milestone_terms
            WHERE grant_version_id = changed
        ) THEN
            RAISE EXCEPTION 'the milestones of a grant version do not sum to its award'
                USING ERRCODE = '23514', CONSTRAINT = 'milestone_terms_sum_to_award';
        END IF;
        IF award <> (
            SELECT coalesce(sum(amount_minor), award) FROM budget_lines
            WHERE grant_version_id = changed
        ) THEN
            RAISE EXCEPTION 'the budget lines of a grant version do not sum to its award'
                USING ERRCODE = '23514', CONSTRAINT = 'budget_lines_sum_to_award';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$
"""

SUMMED = (
    ("grant_versions", "id", "INSERT OR UPDATE OF award_minor"),
    ("milestone_terms", "grant_version_id", "INSERT OR UPDATE OR DELETE"),
    ("budget_lines", "grant_version_id", "INSERT OR UPDATE OR DELETE"),
)

KEEP_EFFECTIVE_VERSION = """
CREATE FUNCTION keep_effective_version() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.effective_at IS NOT NULL AND (
        TG_OP = 'DELETE'
        OR (to_jsonb(NEW) - '{superseded_at,version,updated_at}'::text[])
            <> (to_jsonb(OLD) - '{superseded_at,version,updated_at}'::text[])
        OR OLD.superseded_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a signed version of a grant does not change'
            USING ERRCODE = '23514', CONSTRAINT = 'grant_versions_unchanging';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$
"""

KEEP_EFFECTIVE_TERMS = """
CREATE FUNCTION keep_effective_terms() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM grant_versions
        WHERE effective_at IS NOT NULL AND id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.grant_version_id END,
            CASE WHEN TG_OP <> 'DELETE' THEN NEW.grant_version_id END
        )
    ) THEN
        RAISE EXCEPTION 'what a signed version of a grant says does not change'
            USING ERRCODE = '23514', CONSTRAINT = 'grant_terms_unchanging';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$
"""

KEEP_EFFECTIVE_CRITERIA = """
CREATE FUNCTION keep_effective_criteria() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM milestone_terms
        JOIN grant_versions ON grant_versions.id = milestone_terms.grant_version_id
        WHERE grant_versions.effective_at IS NOT NULL AND milestone_terms.id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.milestone_terms_id END,
            CASE WHEN TG_OP <> 'DELETE' THEN NEW.milestone_terms_id END
        )
    ) THEN
        RAISE EXCEPTION 'the criteria of a signed version of a grant do not change'
            USING ERRCODE = '23514', CONSTRAINT = 'grant_terms_unchanging';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$
"""

DUE_AS_AGREED = """
CREATE FUNCTION check_due_as_agreed() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM milestones AS present
        WHERE present.id = NEW.id
        AND NOT EXISTS (
            SELECT FROM milestone_terms
            JOIN grant_versions ON grant_versions.id = milestone_terms.grant_version_id
            WHERE milestone_terms.milestone_id = present.id
            AND grant_versions.superseded_at IS NULL
            AND milestone_terms.due_on = present.due_on
            AND milestone_terms.timezone = present.timezone
        )
        AND NOT EXISTS (
            SELECT FROM milestone_extensions
            WHERE milestone_extensions.milestone_id = present.id
            AND milestone_extensions.is_granted
            AND milestone_extensions.new_due_at = present.due_at
        )
    ) THEN
        RAISE EXCEPTION 'a due date moves by a recorded extension only'
            USING ERRCODE = '23514', CONSTRAINT = 'milestones_due_as_agreed';
    END IF;
    RETURN NULL;
END
$$
"""

FUNCTIONS = (
    SUMS_TO_AWARD,
    KEEP_EFFECTIVE_VERSION,
    KEEP_EFFECTIVE_TERMS,
    KEEP_EFFECTIVE_CRITERIA,
    DUE_AS_AGREED,
)

KEPT = (
    ("grant_versions", "keep_effective_version", "UPDATE OR DELETE"),
    ("milestone_terms", "keep_effective_terms", "INSERT OR UPDATE OR DELETE"),
    ("budget_lines", "keep_effective_terms", "INSERT OR UPDATE OR DELETE"),
    ("acceptance_criteria", "keep_effective_criteria", "INSERT OR UPDATE OR DELETE"),
    ("grant_signatures", "refuse_change", "UPDATE OR DELETE"),
    ("due_diligence_checks", "refuse_change", "UPDATE OR DELETE"),
)


def upgrade() -> None:
    """Make the tables, and the triggers that hold what was agreed."""
    _grants()
    _grant_versions()
    _grant_signatures()
    _budget_lines()
    _milestones()
    _milestone_terms()
    _acceptance_criteria()
    _milestone_extensions()
    _due_diligence_checks()
    _due_diligence_policies()
    _grant_templates()
    for function in FUNCTIONS:
        op.execute(function)
    for table, key, changes in SUMMED:
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_sum_to_award AFTER {changes} ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            f"EXECUTE FUNCTION check_sums_of_grant_version('{key}')"
        )
    for table, function, changes in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE {changes} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
    op.execute(
        "CREATE CONSTRAINT TRIGGER milestones_due_as_agreed "
        "AFTER INSERT OR UPDATE OF due_on, due_at, timezone ON milestones "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_due_as_agreed()"
    )


def downgrade() -> None:
    """Take them back."""
    for table in TABLES:
        op.drop_table(table)
    for function in (
        "check_sums_of_grant_version",
        "keep_effective_version",
        "keep_effective_terms",
        "keep_effective_criteria",
        "check_due_as_agreed",
    ):
        op.execute(f"DROP FUNCTION {function}")


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'pending_due_diligence', 'offered', 'active', "
            "'suspended', 'closing', 'closed', 'terminated', 'cancelled')",
            name=op.f("ck_grants_status"),
        ),
        sa.CheckConstraint(
            "length(reference) <= 20", name=op.f("ck_grants_reference_leaves_room_for_milestones")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name="fk_grants_cohort_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name="fk_grants_collaboration_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["id"], ["scopes.id"], name="fk_grants_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["memberships.id"],
            name="fk_grants_membership_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
        sa.UniqueConstraint("cohort_id", "number", name="uq_grants_cohort_id_number"),
        sa.UniqueConstraint("reference", name="uq_grants_reference"),
    )
    op.create_index("ix_grants_collaboration_id", "grants", ["collaboration_id"], unique=False)
    op.create_index("ix_grants_created_at", "grants", ["created_at", "id"], unique=False)
    op.create_index("ix_grants_membership_id", "grants", ["membership_id"], unique=False)


def _grant_versions() -> None:
    op.create_table(
        "grant_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("award_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tax_treatment", sa.String(40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("tolerance_per_cent", sa.BigInteger(), nullable=False),
        sa.Column("tolerance_minor", sa.BigInteger(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=True),
        sa.Column("agreement_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("effective_at", INSTANT, nullable=True),
        sa.Column("superseded_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "tax_treatment IN ('net', 'including', 'outside')",
            name=op.f("ck_grant_versions_tax_treatment"),
        ),
        sa.CheckConstraint("award_minor >= 0", name=op.f("ck_grant_versions_award_minor")),
        sa.CheckConstraint(
            "tolerance_per_cent BETWEEN 0 AND 100",
            name=op.f("ck_grant_versions_tolerance_per_cent"),
        ),
        sa.CheckConstraint("tolerance_minor >= 0", name=op.f("ck_grant_versions_tolerance_minor")),
        sa.CheckConstraint(
            "effective_at IS NULL OR agreement IS NOT NULL",
            name=op.f("ck_grant_versions_effective_was_agreed"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_grant_versions_ends_after_start")),
        sa.CheckConstraint(
            "num_nonnulls(agreement, agreement_sha256) IN (0, 2)",
            name=op.f("ck_grant_versions_agreement_has_its_hash"),
        ),
        sa.CheckConstraint(
            "superseded_at >= effective_at",
            name=op.f("ck_grant_versions_superseded_after_effective"),
        ),
        sa.CheckConstraint(
            "superseded_at IS NULL OR effective_at IS NOT NULL",
            name=op.f("ck_grant_versions_superseded_was_effective"),
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name="fk_grant_versions_grant_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_grant_versions"),
        sa.UniqueConstraint("grant_id", "number", name="uq_grant_versions_grant_id_number"),
    )
    op.create_index(
        "uq_grant_versions_one_effective",
        "grant_versions",
        ["grant_id"],
        unique=True,
        postgresql_where=sa.text("effective_at IS NOT NULL AND superseded_at IS NULL"),
    )


def _grant_signatures() -> None:
    op.create_table(
        "grant_signatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_version_id", sa.Uuid(), nullable=False),
        sa.Column("capacity", sa.String(40), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "capacity IN ('grantee', 'convenor')", name=op.f("ck_grant_signatures_capacity")
        ),
        sa.ForeignKeyConstraint(
            ["grant_version_id"],
            ["grant_versions.id"],
            name="fk_grant_signatures_grant_version_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts.id"],
            name="fk_grant_signatures_person_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_grant_signatures"),
        sa.UniqueConstraint(
            "grant_version_id",
            "capacity",
            "agreement_sha256",
            name="uq_grant_signatures_grant_version_id_capacity_agreement_sha256",
        ),
    )
    op.create_index(
        "ix_grant_signatures_person_id", "grant_signatures", ["person_id"], unique=False
    )


def _budget_lines() -> None:
    op.create_table(
        "budget_lines",
        sa.Column("grant_version_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_budget_lines_amount_minor")),
        sa.ForeignKeyConstraint(
            ["grant_version_id"],
            ["grant_versions.id"],
            name="fk_budget_lines_grant_version_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("grant_version_id", "line_id", name="pk_budget_lines"),
        sa.UniqueConstraint(
            "grant_version_id",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name="uq_budget_lines_grant_version_id_position",
        ),
    )


def _milestones() -> None:
    op.create_table(
        "milestones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("is_parallel", sa.Boolean(), nullable=False),
        sa.Column("needs_certification", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("opens_at", INSTANT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("reported_at", INSTANT, nullable=True),
        sa.Column("accepted_minor", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('signature', 'delivery', 'reporting', 'engagement')",
            name=op.f("ck_milestones_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('planned', 'reported', 'changes_requested', 'accepted', "
            "'partially_accepted', 'rejected', 'waived', 'cancelled')",
            name=op.f("ck_milestones_status"),
        ),
        sa.CheckConstraint(
            "(status = 'partially_accepted') = (accepted_minor IS NOT NULL)",
            name=op.f("ck_milestones_part"),
        ),
        sa.CheckConstraint("length(reference) <= 24", name=op.f("ck_milestones_reference")),
        sa.CheckConstraint("opens_at <= due_at", name=op.f("ck_milestones_opens_before_due")),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name="fk_milestones_grant_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_milestones"),
        sa.UniqueConstraint("grant_id", "number", name="uq_milestones_grant_id_number"),
        sa.UniqueConstraint("reference", name="uq_milestones_reference"),
    )
    op.create_index("ix_milestones_due_at", "milestones", ["due_at", "id"], unique=False)


def _milestone_terms() -> None:
    op.create_table(
        "milestone_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_version_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_milestone_terms_amount_minor")),
        sa.ForeignKeyConstraint(
            ["grant_version_id"],
            ["grant_versions.id"],
            name="fk_milestone_terms_grant_version_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
            name="fk_milestone_terms_milestone_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_milestone_terms"),
        sa.UniqueConstraint(
            "grant_version_id",
            "milestone_id",
            name="uq_milestone_terms_grant_version_id_milestone_id",
        ),
    )
    op.create_index(
        "ix_milestone_terms_milestone_id", "milestone_terms", ["milestone_id"], unique=False
    )


def _acceptance_criteria() -> None:
    op.create_table(
        "acceptance_criteria",
        sa.Column("milestone_terms_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("is_evidence_required", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["milestone_terms_id"],
            ["milestone_terms.id"],
            name="fk_acceptance_criteria_milestone_terms_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint(
            "milestone_terms_id", "criterion_id", name="pk_acceptance_criteria"
        ),
    )


def _milestone_extensions() -> None:
    op.create_table(
        "milestone_extensions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("old_due_on", sa.Date(), nullable=False),
        sa.Column("old_due_at", INSTANT, nullable=False),
        sa.Column("new_due_on", sa.Date(), nullable=False),
        sa.Column("new_due_at", INSTANT, nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("is_granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("new_due_at > old_due_at", name=op.f("ck_milestone_extensions_later")),
        sa.CheckConstraint(
            "num_nonnulls(decided_by_id, decided_at, is_granted) IN (0, 3)",
            name=op.f("ck_milestone_extensions_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["accounts.id"],
            name="fk_milestone_extensions_asked_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["accounts.id"],
            name="fk_milestone_extensions_decided_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"],
            ["grants.id"],
            name="fk_milestone_extensions_grant_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
            name="fk_milestone_extensions_milestone_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_milestone_extensions"),
    )
    op.create_index(
        "ix_milestone_extensions_asked_by_id", "milestone_extensions", ["asked_by_id"], unique=False
    )
    op.create_index(
        "ix_milestone_extensions_decided_by_id",
        "milestone_extensions",
        ["decided_by_id"],
        unique=False,
    )
    op.create_index(
        "ix_milestone_extensions_grant_id", "milestone_extensions", ["grant_id"], unique=False
    )
    op.create_index(
        "ix_milestone_extensions_milestone_id",
        "milestone_extensions",
        ["milestone_id"],
        unique=False,
    )
    op.create_index(
        "uq_milestone_extensions_one_open",
        "milestone_extensions",
        ["milestone_id"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )


def _due_diligence_checks() -> None:
    op.create_table(
        "due_diligence_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("done_by_id", sa.Uuid(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('identity', 'sanctions', 'governance', 'data_protection', "
            "'conflicts_of_interest', 'eligibility')",
            name=op.f("ck_due_diligence_checks_kind"),
        ),
        sa.CheckConstraint(
            "outcome IN ('passed', 'failed', 'waived')",
            name=op.f("ck_due_diligence_checks_outcome"),
        ),
        sa.CheckConstraint(
            "expires_on >= done_on", name=op.f("ck_due_diligence_checks_expires_after_done")
        ),
        sa.CheckConstraint(
            "outcome = 'passed' OR note IS NOT NULL",
            name=op.f("ck_due_diligence_checks_note_where_not_passed"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(file_id, url) <= 1", name=op.f("ck_due_diligence_checks_file_or_url")
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"],
            ["accounts.id"],
            name="fk_due_diligence_checks_done_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name="fk_due_diligence_checks_file_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"],
            ["grants.id"],
            name="fk_due_diligence_checks_grant_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_due_diligence_checks"),
        sa.UniqueConstraint("file_id", name="uq_due_diligence_checks_file_id"),
        sa.UniqueConstraint(
            "grant_id", "kind", "number", name="uq_due_diligence_checks_grant_id_kind_number"
        ),
    )
    op.create_index(
        "ix_due_diligence_checks_done_by_id", "due_diligence_checks", ["done_by_id"], unique=False
    )
    op.create_index(
        "ix_due_diligence_checks_recorded_at",
        "due_diligence_checks",
        ["recorded_at", "id"],
        unique=False,
    )


def _due_diligence_policies() -> None:
    op.create_table(
        "due_diligence_policies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("required_kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name="fk_due_diligence_policies_programme_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_due_diligence_policies"),
        sa.UniqueConstraint("programme_id", name="uq_due_diligence_policies_programme_id"),
    )


def _grant_templates() -> None:
    op.create_table(
        "grant_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name="fk_grant_templates_programme_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_grant_templates"),
    )
    op.create_index(
        "ix_grant_templates_created_at", "grant_templates", ["created_at", "id"], unique=False
    )
    op.create_index(
        "ix_grant_templates_programme_id",
        "grant_templates",
        ["programme_id", "created_at", "id"],
        unique=False,
    )
