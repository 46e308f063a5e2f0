"""Count how often anything was done that the metrics of a scope could show."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)

SCOPES_OF = """
CREATE FUNCTION metric_scopes_of(done_in uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
    WITH places (cohort_id, collaboration_id, programme_id) AS (
        SELECT id, NULL::uuid, programme_id FROM cohorts WHERE id = done_in
        UNION ALL
        SELECT id, NULL, programme_id FROM cohorts WHERE commons_id = done_in
        UNION ALL
        SELECT cohort_id, collaboration_id, NULL FROM memberships WHERE id = done_in
        UNION ALL
        SELECT cohort_id, collaboration_id, NULL FROM grants WHERE id = done_in
        UNION ALL
        SELECT cohort_id, NULL, NULL FROM session_cohorts WHERE session_id = done_in
        UNION ALL
        SELECT NULL, id, programme_id FROM collaborations WHERE done_in IN (id, dossier_id)
        UNION ALL
        SELECT NULL, NULL, programme_id FROM funds WHERE id = done_in
        UNION ALL
        SELECT NULL, NULL, id FROM programmes WHERE id = done_in
    )
    SELECT cohort_id FROM places WHERE cohort_id IS NOT NULL
    UNION
    SELECT collaboration_id FROM places WHERE collaboration_id IS NOT NULL
    UNION
    SELECT coalesce(places.programme_id, cohorts.programme_id)
    FROM places LEFT JOIN cohorts ON cohorts.id = places.cohort_id
    WHERE coalesce(places.programme_id, cohorts.programme_id) IS NOT NULL
$$
"""

MARK = """
CREATE FUNCTION mark_metrics() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    marked bigint := coalesce(nullif(current_setting('pln.marked_until', true), ''), '0')::bigint;
BEGIN
    IF NEW.position <= marked THEN
        RETURN NULL;
    END IF;
    INSERT INTO metric_marks (scope_id, changes, changed_at)
    SELECT places.marked_id, 1, max(done.recorded_at)
    FROM activity AS done, metric_scopes_of(done.scope_id) AS places (marked_id)
    WHERE done.epoch = NEW.epoch
    AND done.transaction_id = NEW.transaction_id
    AND done.position > marked
    GROUP BY places.marked_id
    ORDER BY places.marked_id
    ON CONFLICT (scope_id) DO UPDATE
    SET changes = metric_marks.changes + 1,
        changed_at = greatest(metric_marks.changed_at, excluded.changed_at);
    PERFORM set_config(
        'pln.marked_until',
        (
            SELECT max(position)::text FROM activity
            WHERE epoch = NEW.epoch AND transaction_id = NEW.transaction_id
        ),
        true
    );
    RETURN NULL;
END
$$
"""

REMEMBER = """
INSERT INTO metric_marks (scope_id, changes, changed_at)
SELECT marked.scope_id, 1, max(done.recorded_at)
FROM (
    SELECT scope_id, max(recorded_at) AS recorded_at FROM activity GROUP BY scope_id
) AS done, metric_scopes_of(done.scope_id) AS marked (scope_id)
GROUP BY marked.scope_id
"""


def upgrade() -> None:
    """Make the table, fill it from what was done, and let it be kept."""
    op.create_table(
        "metric_marks",
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("scope_id", name="pk_metric_marks"),
    )
    op.execute(SCOPES_OF)
    op.execute(MARK)
    op.execute(REMEMBER)
    op.execute(
        "CREATE CONSTRAINT TRIGGER activity_marks_metrics AFTER INSERT ON activity "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mark_metrics()"
    )


def downgrade() -> None:
    """Take it back."""
    op.execute("DROP TRIGGER activity_marks_metrics ON activity")
    op.execute("DROP FUNCTION mark_metrics()")
    op.execute("DROP FUNCTION metric_scopes_of(uuid)")
    op.drop_table("metric_marks")
