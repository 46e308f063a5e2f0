"""Rounds of trust assessments: what is promised, and who is asked about whom.

A trigger keeps what a round promised once it is open.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())

KEEP_PROMISES = """
CREATE FUNCTION keep_rounds_promises() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.opened_at IS NOT NULL AND (
        NEW.opened_at IS DISTINCT FROM OLD.opened_at
        OR (NEW.cohort_id, NEW.framework_version_id, NEW.confidentiality, NEW.perspectives)
            <> (OLD.cohort_id, OLD.framework_version_id, OLD.confidentiality, OLD.perspectives)
        OR NEW.compares_to_id IS DISTINCT FROM OLD.compares_to_id
        OR NEW.peers_each IS DISTINCT FROM OLD.peers_each
        OR NEW.k < OLD.k
        OR NEW.colluders < OLD.colluders
        OR NEW.least_organisations < OLD.least_organisations
        OR NEW.peers_required < OLD.peers_required
        OR NOT OLD.breakdowns @> NEW.breakdowns
    ) THEN
        RAISE EXCEPTION 'what a round promised when it opened is only made stricter'
            USING ERRCODE = '23514', CONSTRAINT = 'rounds_promises';
    END IF;
    RETURN NEW;
END
$$
"""

ON_CHANGE = """
CREATE TRIGGER rounds_promises BEFORE UPDATE ON rounds
FOR EACH ROW EXECUTE FUNCTION keep_rounds_promises()
"""


def upgrade() -> None:
    """Make the tables."""
    _make_rounds()
    _make_assessments()
    _make_round_respondents()
    op.execute(KEEP_PROMISES)
    op.execute(ON_CHANGE)


def _make_rounds() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("framework_version_id", sa.Uuid(), nullable=False),
        sa.Column("compares_to_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("perspectives", JSON, nullable=False),
        sa.Column("k", sa.BigInteger(), nullable=False),
        sa.Column("colluders", sa.BigInteger(), nullable=False),
        sa.Column("least_organisations", sa.BigInteger(), nullable=False),
        sa.Column("breakdowns", JSON, nullable=False),
        sa.Column("peers_required", sa.BigInteger(), nullable=False),
        sa.Column("peers_each", sa.BigInteger(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("opens_at", INSTANT, nullable=False),
        sa.Column("closes_at", INSTANT, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("asked", sa.BigInteger(), nullable=True),
        sa.Column("answered", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'scheduled', 'open', 'closed', 'moderating', 'published', "
            "'archived', 'cancelled')",
            name=op.f("ck_rounds_status"),
        ),
        sa.CheckConstraint(
            "kind IN ('baseline', 'midline', 'endline', 'pulse')", name=op.f("ck_rounds_kind")
        ),
        sa.CheckConstraint(
            "confidentiality IN ('attributed', 'confidential', 'anonymous')",
            name=op.f("ck_rounds_confidentiality"),
        ),
        sa.CheckConstraint(
            "(status IN ('draft', 'scheduled', 'open', 'cancelled')) = (closed_at IS NULL)",
            name=op.f("ck_rounds_closed_at_closing"),
        ),
        sa.CheckConstraint("jsonb_typeof(breakdowns) = 'array'", name=op.f("ck_rounds_breakdowns")),
        sa.CheckConstraint(
            "jsonb_typeof(perspectives) = 'array'", name=op.f("ck_rounds_perspectives")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'scheduled', 'cancelled') OR opened_at IS NOT NULL",
            name=op.f("ck_rounds_opened_at_some_time"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (answered IS NULL) AND (closed_at IS NULL) = (asked IS NULL)",
            name=op.f("ck_rounds_counted_at_closing"),
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_rounds_closes_after_opening")),
        sa.CheckConstraint("colluders >= 0", name=op.f("ck_rounds_colluders")),
        sa.CheckConstraint("k >= 3", name=op.f("ck_rounds_k_floor")),
        sa.CheckConstraint("least_organisations >= 1", name=op.f("ck_rounds_least_organisations")),
        sa.CheckConstraint("peers_each >= 1", name=op.f("ck_rounds_peers_each")),
        sa.CheckConstraint("peers_required >= 1", name=op.f("ck_rounds_peers_required")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_rounds_cohort_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["compares_to_id"],
            ["rounds.id"],
            name=op.f("fk_rounds_compares_to_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["framework_version_id"],
            ["framework_versions.id"],
            name=op.f("fk_rounds_framework_version_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scopes.id"], name=op.f("fk_rounds_scope_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("id", "confidentiality", name=op.f("uq_rounds_id_confidentiality")),
    )
    op.create_index("ix_rounds_cohort_id", "rounds", ["cohort_id", "opens_at", "id"])
    op.create_index("ix_rounds_compares_to_id", "rounds", ["compares_to_id"])
    op.create_index("ix_rounds_created_at", "rounds", ["created_at", "id"])
    op.create_index("ix_rounds_framework_version_id", "rounds", ["framework_version_id"])
    op.create_index("ix_rounds_opens_at", "rounds", ["opens_at", "id"])
    op.create_index("ix_rounds_scope_id", "rounds", ["scope_id"])
    op.create_index("ix_rounds_updated_at", "rounds", ["updated_at", "id"])


def _make_assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("perspective", sa.String(40), nullable=False),
        sa.Column("voided_at", INSTANT, nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "perspective IN ('self', 'peer', 'stakeholder', 'dyadic')",
            name=op.f("ck_assessments_perspective"),
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL)",
            name=op.f("ck_assessments_voided_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["memberships.id"],
            name=op.f("fk_assessments_membership_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_assessments_round_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scopes.id"], name=op.f("fk_assessments_scope_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint("id", "round_id", name=op.f("uq_assessments_id_round_id")),
        sa.UniqueConstraint(
            "round_id",
            "membership_id",
            "perspective",
            name=op.f("uq_assessments_round_id_membership_id_perspective"),
        ),
    )
    op.create_index("ix_assessments_created_at", "assessments", ["created_at", "id"])
    op.create_index(
        "ix_assessments_membership_id", "assessments", ["membership_id", "created_at", "id"]
    )
    op.create_index("ix_assessments_scope_id", "assessments", ["scope_id"])
    op.create_index("ix_assessments_updated_at", "assessments", ["updated_at", "id"])


def _make_round_respondents() -> None:
    op.create_table(
        "round_respondents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("strata", JSON, nullable=False),
        sa.Column("is_told_apart", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("invited_by_id", sa.Uuid(), nullable=True),
        sa.Column("excused_at", INSTANT, nullable=True),
        sa.Column("excuse", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "(excused_at IS NULL) = (excuse IS NULL)",
            name=op.f("ck_round_respondents_excused_for_a_reason"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(account_id, email) = 1",
            name=op.f("ck_round_respondents_account_or_address"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(name, email, digest, invited_by_id) IN (0, 4)",
            name=op.f("ck_round_respondents_stakeholder_has_link"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_round_respondents_account_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_round_respondents_assessment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"],
            ["accounts.id"],
            name=op.f("fk_round_respondents_invited_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["memberships.id"],
            name=op.f("fk_round_respondents_membership_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_round_respondents_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["rounds.id"],
            name=op.f("fk_round_respondents_round_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"],
            ["scopes.id"],
            name=op.f("fk_round_respondents_scope_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_respondents")),
        sa.UniqueConstraint(
            "assessment_id",
            "account_id",
            name=op.f("uq_round_respondents_assessment_id_account_id"),
        ),
        sa.UniqueConstraint(
            "assessment_id", "email", name=op.f("uq_round_respondents_assessment_id_email")
        ),
        sa.UniqueConstraint("digest", name=op.f("uq_round_respondents_digest")),
    )
    op.create_index("ix_round_respondents_account_id", "round_respondents", ["account_id"])
    op.create_index("ix_round_respondents_created_at", "round_respondents", ["created_at", "id"])
    op.create_index("ix_round_respondents_email", "round_respondents", ["email"])
    op.create_index("ix_round_respondents_invited_by_id", "round_respondents", ["invited_by_id"])
    op.create_index("ix_round_respondents_membership_id", "round_respondents", ["membership_id"])
    op.create_index(
        "ix_round_respondents_organisation_id", "round_respondents", ["organisation_id"]
    )
    op.create_index(
        "ix_round_respondents_round_id", "round_respondents", ["round_id", "created_at", "id"]
    )
    op.create_index("ix_round_respondents_scope_id", "round_respondents", ["scope_id"])
    op.create_index("ix_round_respondents_updated_at", "round_respondents", ["updated_at", "id"])


def downgrade() -> None:
    """Take them back."""
    op.drop_table("round_respondents")
    op.drop_table("assessments")
    op.drop_table("rounds")
    op.execute("DROP FUNCTION keep_rounds_promises()")
