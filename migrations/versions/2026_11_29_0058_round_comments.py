"""What was written in rounds is moderated, and told with their results."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)

BRING_OVER = """
INSERT INTO round_comments (
    id, scope_id, round_id, confidentiality, assessment_id, question, is_justification, words,
    status, is_of_enough, version, created_at, updated_at
)
SELECT anonymous_texts.id, rounds.scope_id, rounds.id, rounds.confidentiality,
    anonymous_texts.assessment_id, anonymous_texts.question, anonymous_texts.is_justification,
    anonymous_texts.words, 'waiting', true, 1, rounds.closed_at, rounds.closed_at
FROM anonymous_texts
JOIN rounds ON rounds.id = anonymous_texts.round_id
JOIN assessments ON assessments.id = anonymous_texts.assessment_id
WHERE assessments.voided_at IS NULL AND (
    SELECT count(*) >= rounds.k + rounds.colluders
        AND count(DISTINCT coalesce(party, 'none')) >= rounds.least_organisations
        AND (rounds.least_organisations = 1 OR 2 * (
            SELECT max(sheets) FROM (
                SELECT count(*) AS sheets FROM anonymous_sheets
                WHERE assessment_id = assessments.id
                GROUP BY CASE assessments.perspective
                    WHEN 'dyadic' THEN membership_id ELSE organisation_id
                END
            ) AS of_each
        ) <= count(*))
    FROM (
        SELECT CASE assessments.perspective
            WHEN 'dyadic' THEN membership_id ELSE organisation_id
        END::text AS party
        FROM anonymous_sheets WHERE assessment_id = assessments.id
    ) AS said
)
"""
"""Of fewer than the round promised nothing may ever be read."""


def upgrade() -> None:
    """Make the table, and bring over what anonymous rounds have."""
    op.create_table(
        "round_comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("is_justification", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("is_of_enough", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "confidentiality IN ('attributed', 'confidential', 'anonymous')",
            name=op.f("ck_round_comments_confidentiality"),
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'shown', 'withheld')", name=op.f("ck_round_comments_status")
        ),
        sa.CheckConstraint(
            "(confidentiality = 'anonymous') = (sheet_id IS NULL)",
            name=op.f("ck_round_comments_nobodys"),
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_round_comments_assessment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "confidentiality"],
            ["rounds.id", "rounds.confidentiality"],
            name="fk_round_comments_round_id_rounds",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"],
            ["scopes.id"],
            name=op.f("fk_round_comments_scope_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["sheets.id"],
            name=op.f("fk_round_comments_sheet_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_comments")),
    )
    table = "round_comments"
    op.create_index("ix_round_comments_scope_id", table, ["scope_id"])
    op.create_index("ix_round_comments_round_id", table, ["round_id", "created_at", "id"])
    op.create_index("ix_round_comments_assessment_id", table, ["assessment_id", "created_at", "id"])
    op.create_index("ix_round_comments_sheet_id", table, ["sheet_id"])
    op.create_index("ix_round_comments_created_at", table, ["created_at", "id"])
    op.create_index("ix_round_comments_updated_at", table, ["updated_at", "id"])
    op.execute(BRING_OVER)
    op.execute("-- squawk-ignore ban-drop-table\nDROP TABLE anonymous_texts")


def downgrade() -> None:
    """Take it back, and leave what anonymous rounds have where it was."""
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
    op.execute(
        "INSERT INTO anonymous_texts SELECT id, round_id, assessment_id, question, "
        "is_justification, words FROM round_comments WHERE confidentiality = 'anonymous'"
    )
    op.drop_table("round_comments")
