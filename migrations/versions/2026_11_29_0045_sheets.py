"""What was answered in rounds, and what shows that it is so."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())

KEEP_ANONYMOUS = """
CREATE FUNCTION keep_anonymous_sheets_apart() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM rounds WHERE id = NEW.round_id AND confidentiality = 'anonymous'
    ) THEN
        RAISE EXCEPTION 'sheets of nobody are of anonymous rounds'
            USING ERRCODE = '23514', CONSTRAINT = 'anonymous_sheets_rounds';
    END IF;
    RETURN NEW;
END
$$
"""

ON_ANONYMOUS = """
CREATE TRIGGER anonymous_sheets_rounds BEFORE INSERT OR UPDATE ON anonymous_sheets
FOR EACH ROW EXECUTE FUNCTION keep_anonymous_sheets_apart()
"""


def upgrade() -> None:
    """Make the tables."""
    _make_sheets()
    _make_sheet_answers()
    _make_anonymous_sheets()
    _make_anonymous_texts()
    _make_round_answered_marks()
    _make_sheet_evidence()
    _make_verifications()
    op.execute(KEEP_ANONYMOUS)
    op.execute(ON_ANONYMOUS)


def _make_sheets() -> None:
    op.create_table(
        "sheets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "confidentiality IN ('attributed', 'confidential', 'anonymous')",
            name=op.f("ck_sheets_confidentiality"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'excluded', 'withdrawn')",
            name=op.f("ck_sheets_status"),
        ),
        sa.CheckConstraint(
            "(status IN ('submitted', 'excluded')) = (submitted_at IS NOT NULL)",
            name=op.f("ck_sheets_submitted_at_some_time"),
        ),
        sa.CheckConstraint("confidentiality <> 'anonymous'", name=op.f("ck_sheets_somebodys")),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_sheets_assessment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["respondent_id"],
            ["round_respondents.id"],
            name=op.f("fk_sheets_respondent_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "confidentiality"],
            ["rounds.id", "rounds.confidentiality"],
            name="fk_sheets_round_id_rounds",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scopes.id"], name=op.f("fk_sheets_scope_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets")),
    )
    op.create_index("ix_sheets_assessment_id", "sheets", ["assessment_id", "created_at", "id"])
    op.create_index("ix_sheets_created_at", "sheets", ["created_at", "id"])
    op.create_index("ix_sheets_respondent_id", "sheets", ["respondent_id"])
    op.create_index("ix_sheets_round_id", "sheets", ["round_id", "created_at", "id"])
    op.create_index("ix_sheets_scope_id", "sheets", ["scope_id"])
    op.create_index("ix_sheets_updated_at", "sheets", ["updated_at", "id"])
    op.create_index(
        "uq_sheets_respondent_id",
        "sheets",
        ["respondent_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'withdrawn'"),
    )


def _make_sheet_answers() -> None:
    op.create_table(
        "sheet_answers",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("points", JSON, nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("justification", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('answered', 'not_applicable', 'dont_know', 'declined', 'skipped')",
            name=op.f("ck_sheet_answers_state"),
        ),
        sa.CheckConstraint("jsonb_typeof(points) = 'array'", name=op.f("ck_sheet_answers_points")),
        sa.CheckConstraint(
            "state = 'answered' OR (points = '[]'::jsonb AND words IS NULL)",
            name=op.f("ck_sheet_answers_said_if_answered"),
        ),
        sa.CheckConstraint(
            "state = 'not_applicable' OR justification IS NULL",
            name=op.f("ck_sheet_answers_justified_if_not_applicable"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["sheets.id"], name=op.f("fk_sheet_answers_sheet_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("sheet_id", "question", name=op.f("pk_sheet_answers")),
    )


def _make_anonymous_sheets() -> None:
    op.create_table(
        "anonymous_sheets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("strata", JSON, nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.CheckConstraint(
            "jsonb_typeof(answers) = 'object'", name=op.f("ck_anonymous_sheets_answers")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_anonymous_sheets_assessment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["memberships.id"],
            name=op.f("fk_anonymous_sheets_membership_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_anonymous_sheets_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["rounds.id"],
            name=op.f("fk_anonymous_sheets_round_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anonymous_sheets")),
    )
    op.create_index("ix_anonymous_sheets_assessment_id", "anonymous_sheets", ["assessment_id"])
    op.create_index(
        op.f("ix_anonymous_sheets_membership_id"), "anonymous_sheets", ["membership_id"]
    )
    op.create_index(
        op.f("ix_anonymous_sheets_organisation_id"), "anonymous_sheets", ["organisation_id"]
    )
    op.create_index("ix_anonymous_sheets_round_id", "anonymous_sheets", ["round_id"])


def _make_anonymous_texts() -> None:
    op.create_table(
        "anonymous_texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("is_justification", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_anonymous_texts_assessment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["rounds.id"],
            name=op.f("fk_anonymous_texts_round_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anonymous_texts")),
    )
    op.create_index("ix_anonymous_texts_assessment_id", "anonymous_texts", ["assessment_id"])
    op.create_index(op.f("ix_anonymous_texts_round_id"), "anonymous_texts", ["round_id"])


def _make_round_answered_marks() -> None:
    op.create_table(
        "round_answered_marks",
        sa.Column("respondent_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["respondent_id"],
            ["round_respondents.id"],
            name=op.f("fk_round_answered_marks_respondent_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["rounds.id"],
            name=op.f("fk_round_answered_marks_round_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("respondent_id", name=op.f("pk_round_answered_marks")),
    )
    op.create_index(op.f("ix_round_answered_marks_round_id"), "round_answered_marks", ["round_id"])


def _make_sheet_evidence() -> None:
    op.create_table(
        "sheet_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("collected_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('shown', 'withdrawn')", name=op.f("ck_sheet_evidence_status")
        ),
        sa.CheckConstraint(
            "url IS NOT NULL OR statement IS NOT NULL", name=op.f("ck_sheet_evidence_something")
        ),
        sa.CheckConstraint(
            "sha256 IS NULL OR url IS NOT NULL", name=op.f("ck_sheet_evidence_hash_of_something")
        ),
        sa.CheckConstraint(
            "expires_on > collected_on", name=op.f("ck_sheet_evidence_expires_after_collecting")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["rounds.id"],
            name=op.f("fk_sheet_evidence_round_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"],
            ["scopes.id"],
            name=op.f("fk_sheet_evidence_scope_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["sheets.id"],
            name=op.f("fk_sheet_evidence_sheet_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_evidence")),
    )
    op.create_index("ix_sheet_evidence_created_at", "sheet_evidence", ["created_at", "id"])
    op.create_index(op.f("ix_sheet_evidence_round_id"), "sheet_evidence", ["round_id"])
    op.create_index("ix_sheet_evidence_scope_id", "sheet_evidence", ["scope_id"])
    op.create_index("ix_sheet_evidence_sheet_id", "sheet_evidence", ["sheet_id", "question"])
    op.create_index("ix_sheet_evidence_updated_at", "sheet_evidence", ["updated_at", "id"])


def _make_verifications() -> None:
    op.create_table(
        "verifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("verdict", sa.String(40), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('standing', 'withdrawn')", name=op.f("ck_verifications_status")
        ),
        sa.CheckConstraint(
            "verdict IN ('supports', 'partly', 'does_not', 'cannot_tell')",
            name=op.f("ck_verifications_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_verifications_account_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_verifications_round_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scopes.id"], name=op.f("fk_verifications_scope_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["sheets.id"], name=op.f("fk_verifications_sheet_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifications")),
    )
    op.create_index(
        "uq_verifications_given",
        "verifications",
        ["sheet_id", "question", "account_id"],
        unique=True,
        postgresql_where=sa.text("status = 'standing'"),
    )
    op.create_index("ix_verifications_account_id", "verifications", ["account_id"])
    op.create_index("ix_verifications_created_at", "verifications", ["created_at", "id"])
    op.create_index(op.f("ix_verifications_round_id"), "verifications", ["round_id"])
    op.create_index("ix_verifications_scope_id", "verifications", ["scope_id"])
    op.create_index("ix_verifications_sheet_id", "verifications", ["sheet_id"])
    op.create_index("ix_verifications_updated_at", "verifications", ["updated_at", "id"])


def downgrade() -> None:
    """Take them back."""
    op.drop_table("verifications")
    op.drop_table("sheet_evidence")
    op.drop_table("round_answered_marks")
    op.drop_table("anonymous_texts")
    op.drop_table("anonymous_sheets")
    op.drop_table("sheet_answers")
    op.drop_table("sheets")
    op.execute("DROP FUNCTION keep_anonymous_sheets_apart()")
