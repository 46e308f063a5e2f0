"""Reports on milestones."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)

TABLES = (
    "publication_consents",
    "change_requests",
    "report_versions",
    "evidence",
    "report_expenditures",
    "report_answers",
    "reports",
)


def upgrade() -> None:
    """Make the tables; what was submitted is never changed."""
    _reports()
    _report_answers()
    _report_expenditures()
    _evidence()
    _report_versions()
    _change_requests()
    _publication_consents()
    op.execute(
        "CREATE TRIGGER report_versions_append_only BEFORE UPDATE OR DELETE ON report_versions "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Take them back."""
    for table in TABLES:
        op.drop_table(table)


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("period_starts_on", sa.Date(), nullable=True),
        sa.Column("period_ends_on", sa.Date(), nullable=True),
        sa.Column("narrative", sa.Text(), nullable=True),
        sa.Column("public_summary", sa.Text(), nullable=True),
        sa.Column("submissions", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("prepared_by_id", sa.Uuid(), nullable=True),
        sa.Column("certified_by_id", sa.Uuid(), nullable=True),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'ready_for_certification', 'submitted', 'in_review', "
            "'changes_requested', 'accepted', 'rejected', 'excused', 'withdrawn')",
            name=op.f("ck_reports_status"),
        ),
        sa.CheckConstraint(
            "prepared_by_id IS NOT NULL OR status = 'excused'",
            name=op.f("ck_reports_begun_by_someone"),
        ),
        sa.CheckConstraint(
            "status <> 'accepted' OR decided_by_id IS NOT NULL",
            name=op.f("ck_reports_acceptance_decided"),
        ),
        sa.CheckConstraint(
            "(decided_by_id IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_reports_decision_has_its_instant"),
        ),
        sa.CheckConstraint(
            "certified_by_id <> prepared_by_id", name=op.f("ck_reports_certified_by_another")
        ),
        sa.CheckConstraint(
            "period_ends_on >= period_starts_on", name=op.f("ck_reports_period_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["certified_by_id"],
            ["accounts.id"],
            name="fk_reports_certified_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["accounts.id"], name="fk_reports_decided_by_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name="fk_reports_grant_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name="fk_reports_milestone_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"],
            ["accounts.id"],
            name="fk_reports_prepared_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["accounts.id"], name="fk_reports_reviewer_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
    )
    op.create_index("ix_reports_certified_by_id", "reports", ["certified_by_id"], unique=False)
    op.create_index("ix_reports_created_at", "reports", ["created_at", "id"], unique=False)
    op.create_index("ix_reports_decided_by_id", "reports", ["decided_by_id"], unique=False)
    op.create_index("ix_reports_grant_id", "reports", ["grant_id"], unique=False)
    op.create_index("ix_reports_milestone_id", "reports", ["milestone_id"], unique=False)
    op.create_index("ix_reports_prepared_by_id", "reports", ["prepared_by_id"], unique=False)
    op.create_index("ix_reports_reviewer_id", "reports", ["reviewer_id"], unique=False)
    op.create_index("ix_reports_status", "reports", ["status", "grant_id"], unique=False)
    op.create_index(
        "uq_reports_one_at_a_time",
        "reports",
        ["milestone_id"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('rejected', 'withdrawn')"),
    )


def _report_answers() -> None:
    op.create_table(
        "report_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("is_met", sa.Boolean(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name="fk_report_answers_report_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["accounts.id"],
            name="fk_report_answers_written_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report_answers"),
        sa.UniqueConstraint(
            "report_id", "criterion_id", name="uq_report_answers_report_id_criterion_id"
        ),
    )
    op.create_index(
        "ix_report_answers_written_by_id", "report_answers", ["written_by_id"], unique=False
    )


def _report_expenditures() -> None:
    op.create_table(
        "report_expenditures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_report_expenditures_amount_minor")),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
            name="fk_report_expenditures_report_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["accounts.id"],
            name="fk_report_expenditures_written_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report_expenditures"),
        sa.UniqueConstraint(
            "report_id", "line_id", name="uq_report_expenditures_report_id_line_id"
        ),
    )
    op.create_index(
        "ix_report_expenditures_written_by_id",
        "report_expenditures",
        ["written_by_id"],
        unique=False,
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("may_be_published", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("num_nonnulls(file_id, url) = 1", name=op.f("ck_evidence_file_or_url")),
        sa.CheckConstraint(
            "NOT may_be_published OR licence IS NOT NULL",
            name=op.f("ck_evidence_published_under_a_licence"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["accounts.id"], name="fk_evidence_added_by_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name="fk_evidence_file_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name="fk_evidence_grant_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name="fk_evidence_report_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
        sa.UniqueConstraint("file_id", name="uq_evidence_file_id"),
    )
    op.create_index("ix_evidence_added_by_id", "evidence", ["added_by_id"], unique=False)
    op.create_index("ix_evidence_grant_id", "evidence", ["grant_id"], unique=False)
    op.create_index("ix_evidence_report_id", "evidence", ["report_id"], unique=False)


def _report_versions() -> None:
    op.create_table(
        "report_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=False),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_report_versions_sha256")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name="fk_report_versions_report_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"],
            ["accounts.id"],
            name="fk_report_versions_submitted_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report_versions"),
        sa.UniqueConstraint("report_id", "number", name="uq_report_versions_report_id_number"),
    )
    op.create_index(
        "ix_report_versions_submitted_by_id", "report_versions", ["submitted_by_id"], unique=False
    )


def _change_requests() -> None:
    op.create_table(
        "change_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.String(40), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=True),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_change_requests_answered_by_someone"),
        ),
        sa.CheckConstraint(
            "part IN ('narrative', 'criterion', 'budget', 'budget_line', 'summary')",
            name=op.f("ck_change_requests_part"),
        ),
        sa.CheckConstraint(
            "(part = 'criterion') = (criterion_id IS NOT NULL)",
            name=op.f("ck_change_requests_names_criterion"),
        ),
        sa.CheckConstraint(
            "(part = 'budget_line') = (line_id IS NOT NULL)",
            name=op.f("ck_change_requests_names_line"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["accounts.id"],
            name="fk_change_requests_answered_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name="fk_change_requests_report_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"],
            ["accounts.id"],
            name="fk_change_requests_requested_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_change_requests"),
    )
    op.create_index(
        "ix_change_requests_answered_by_id", "change_requests", ["answered_by_id"], unique=False
    )
    op.create_index(
        "ix_change_requests_requested_by_id", "change_requests", ["requested_by_id"], unique=False
    )
    op.create_index(
        "uq_change_requests_one_a_part",
        "change_requests",
        ["report_id", "round", "part", "criterion_id", "line_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def _publication_consents() -> None:
    op.create_table(
        "publication_consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('given', 'withdrawn')", name=op.f("ck_publication_consents_status")
        ),
        sa.CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_at IS NOT NULL) "
            "AND (withdrawn_by_id IS NULL) = (withdrawn_at IS NULL)",
            name=op.f("ck_publication_consents_withdrawn_by_someone"),
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"],
            ["accounts.id"],
            name="fk_publication_consents_given_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"],
            ["grants.id"],
            name="fk_publication_consents_grant_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
            name="fk_publication_consents_report_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"],
            ["accounts.id"],
            name="fk_publication_consents_withdrawn_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_publication_consents"),
    )
    for column in ("given_by_id", "grant_id", "report_id", "withdrawn_by_id"):
        op.create_index(
            f"ix_publication_consents_{column}", "publication_consents", [column], unique=False
        )
    op.create_index(
        "uq_publication_consents_one_in_force",
        "publication_consents",
        ["report_id", "number"],
        unique=True,
        postgresql_where=sa.text("status = 'given'"),
    )
