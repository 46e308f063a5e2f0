"""Rounds that count what is missing as nothing, and rounds whose history was imported."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

KEEP_PROMISES = """
CREATE OR REPLACE FUNCTION keep_rounds_promises() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.opened_at IS NOT NULL AND (
        NEW.opened_at IS DISTINCT FROM OLD.opened_at
        OR (NEW.cohort_id, NEW.framework_version_id, NEW.confidentiality, NEW.perspectives)
            <> (OLD.cohort_id, OLD.framework_version_id, OLD.confidentiality, OLD.perspectives)
        OR NEW.compares_to_id IS DISTINCT FROM OLD.compares_to_id
        OR NEW.peers_each IS DISTINCT FROM OLD.peers_each
        {more}OR NEW.k < OLD.k
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
MORE = (
    "OR NEW.is_strict <> OLD.is_strict\n"
    "        OR NEW.imported_from IS DISTINCT FROM OLD.imported_from\n        "
)


def upgrade() -> None:
    """No round is either until somebody says so; once open it stays what it is."""
    op.add_column(
        "rounds",
        sa.Column("is_strict", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.execute(
        "-- squawk-ignore ban-drop-default\nALTER TABLE rounds ALTER COLUMN is_strict DROP DEFAULT"
    )
    op.add_column("rounds", sa.Column("imported_from", sa.Text(), nullable=True))
    op.execute(KEEP_PROMISES.format(more=MORE))


def downgrade() -> None:
    """Forget both."""
    op.execute(KEEP_PROMISES.format(more=""))
    op.drop_column("rounds", "imported_from")
    op.drop_column("rounds", "is_strict")
