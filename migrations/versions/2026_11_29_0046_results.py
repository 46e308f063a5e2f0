"""Results of rounds: what was told, and apart from it what it was told of.

What was published does not change, but for its status; triggers hold that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
SCORE = sa.Numeric(9, 6)

KEEP_PUBLISHED = """
CREATE FUNCTION keep_published_results() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.status <> 'provisional' AND (
        TG_OP = 'DELETE'
        OR NEW.status = 'provisional'
        OR (to_jsonb(NEW) - '{status,version,updated_at}'::text[])
            <> (to_jsonb(OLD) - '{status,version,updated_at}'::text[])
    ) THEN
        RAISE EXCEPTION 'published results do not change'
            USING ERRCODE = '23514', CONSTRAINT = 'result_sets_unchanging';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$
"""

KEEP_ROWS = """
CREATE FUNCTION keep_rows_of_results() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    -- Of two collaborations that become one, the results lie with the one that stays.
    IF TG_OP = 'UPDATE'
        AND (to_jsonb(NEW) - 'collaboration_id') = (to_jsonb(OLD) - 'collaboration_id')
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' OR EXISTS (
        SELECT FROM result_sets
        WHERE id = coalesce(NEW.result_set_id, OLD.result_set_id) AND status <> 'provisional'
    ) THEN
        RAISE EXCEPTION 'published results do not change'
            USING ERRCODE = '23514', CONSTRAINT = 'result_sets_unchanging';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$
"""

ON_CHANGE = """
CREATE TRIGGER result_sets_unchanging BEFORE UPDATE OR DELETE ON result_sets
FOR EACH ROW EXECUTE FUNCTION keep_published_results()
"""


def upgrade() -> None:
    """Make the tables."""
    _make_sets()
    op.create_table(
        "result_inputs",
        sa.Column("result_set_id", sa.Uuid(), nullable=False),
        sa.Column("sheets", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        _refers("result_inputs", "result_set_id", "result_sets", "CASCADE"),
        sa.PrimaryKeyConstraint("result_set_id", name="pk_result_inputs"),
    )
    _make_results()
    op.execute(KEEP_PUBLISHED)
    op.execute(ON_CHANGE)
    op.execute(KEEP_ROWS)
    for table in ("result_inputs", "results"):
        op.execute(
            f"CREATE TRIGGER {table}_unchanging BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keep_rows_of_results()"
        )


def _make_sets() -> None:
    op.create_table(
        "result_sets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("framework_version_id", sa.Uuid(), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("structure_hash", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("output_hash", sa.Text(), nullable=False),
        sa.Column("exclusions", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("networks", sa.Text(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('provisional', 'published', 'superseded', 'retracted')",
            name=op.f("ck_result_sets_status"),
        ),
        sa.CheckConstraint(
            "(status = 'provisional') = (published_at IS NULL)",
            name=op.f("ck_result_sets_published_at"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(parameters::jsonb) = 'object'", name=op.f("ck_result_sets_parameters")
        ),
        *(
            sa.CheckConstraint(
                f"jsonb_typeof({column}::jsonb) = 'array'", name=op.f(f"ck_result_sets_{column}")
            )
            for column in ("exclusions", "agreement", "networks")
        ),
        _refers("result_sets", "scope_id", "scopes"),
        _refers("result_sets", "cohort_id", "cohorts"),
        _refers("result_sets", "round_id", "rounds"),
        _refers("result_sets", "framework_version_id", "framework_versions"),
        _refers("result_sets", "after_id", "result_sets"),
        sa.PrimaryKeyConstraint("id", name="pk_result_sets"),
    )
    op.create_index(
        "uq_result_sets_provisional",
        "result_sets",
        ["round_id"],
        unique=True,
        postgresql_where=sa.text("status = 'provisional'"),
    )
    for column in ("scope_id", "framework_version_id", "after_id"):
        op.create_index(f"ix_result_sets_{column}", "result_sets", [column])
    for column in ("round_id", "cohort_id"):
        op.create_index(f"ix_result_sets_{column}", "result_sets", [column, "created_at", "id"])
    for column in ("created_at", "updated_at"):
        op.create_index(f"ix_result_sets_{column}", "result_sets", [column, "id"])


def _make_results() -> None:
    op.create_table(
        "results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("result_set_id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("collaboration_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("perspective", sa.String(40), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("breakdown", sa.Text(), nullable=True),
        sa.Column("part", sa.Text(), nullable=True),
        sa.Column("is_suppressed", sa.Boolean(), nullable=False),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("sheets", sa.BigInteger(), nullable=True),
        sa.Column("organisations", sa.BigInteger(), nullable=True),
        sa.Column("score", SCORE, nullable=True),
        sa.Column("null_reason", sa.Text(), nullable=True),
        sa.Column("coverage", SCORE, nullable=True),
        sa.Column("deviation", SCORE, nullable=True),
        sa.Column("low", SCORE, nullable=True),
        sa.Column("high", SCORE, nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("confidence", SCORE, nullable=True),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=True),
        sa.Column("blockers", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "perspective IN ('self', 'peer', 'stakeholder', 'dyadic')",
            name=op.f("ck_results_perspective"),
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_results_score")),
        sa.CheckConstraint(
            "(NOT is_suppressed AND band IS NULL) OR num_nonnulls(sheets, organisations, score, "
            "null_reason, coverage, deviation, low, high, method, confidence, level) = 0 "
            "AND counts = '[]' AND blockers = '[]'",
            name=op.f("ck_results_suppressed_says_nothing"),
        ),
        sa.CheckConstraint(
            "NOT (is_suppressed AND band IS NOT NULL)", name=op.f("ck_results_suppressed_or_banded")
        ),
        sa.CheckConstraint(
            "(membership_id IS NULL) = (collaboration_id IS NULL)", name=op.f("ck_results_of_whom")
        ),
        _refers("results", "result_set_id", "result_sets", "CASCADE"),
        _refers("results", "scope_id", "scopes"),
        _refers("results", "membership_id", "memberships"),
        _refers("results", "collaboration_id", "collaborations"),
        sa.PrimaryKeyConstraint("id", name="pk_results"),
        sa.UniqueConstraint("result_set_id", "place", name="uq_results_result_set_id_place"),
    )
    for column in ("scope_id", "collaboration_id"):
        op.create_index(f"ix_results_{column}", "results", [column])
    op.create_index(
        "ix_results_membership_id", "results", ["membership_id", "result_set_id", "place"]
    )


def downgrade() -> None:
    """Take them back."""
    for table in ("results", "result_inputs", "result_sets"):
        op.drop_table(table)
    op.execute("DROP FUNCTION keep_rows_of_results()")
    op.execute("DROP FUNCTION keep_published_results()")


def _refers(
    table: str, column: str, to: str, ondelete: str = "RESTRICT"
) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)
