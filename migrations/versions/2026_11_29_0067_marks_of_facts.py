"""Count how often a fact changed that metrics are made of, where it is changed."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


@dataclass(frozen=True)
class Fact:
    """A table, its key, the columns that metrics read, and to which cohort, collaboration and
    programme its rows belong, where `one` is a row that changed."""

    table: str
    columns: str
    places: str
    key: str = "id"
    where: str = "true"
    turns: str = ""
    """An instant of the row that metrics compare with the present."""

    @property
    def function(self) -> str:
        return f"touch_metrics_of_{self.table}"


OF_GRANT = """
    SELECT grants.cohort_id, grants.collaboration_id, NULL::uuid
    FROM grants WHERE grants.id = one.grant_id
"""
OF_SESSION = """
    SELECT session_cohorts.cohort_id, NULL::uuid, NULL::uuid
    FROM session_cohorts WHERE session_cohorts.session_id = one.session_id
"""
OF_COLLABORATION = """
    SELECT NULL::uuid, collaborations.id, collaborations.programme_id
    FROM collaborations WHERE collaborations.id = one.collaboration_id
"""
OF_DONE = """
    SELECT cohorts.id, NULL::uuid, cohorts.programme_id FROM cohorts
    WHERE one.noun = 'cohort' AND cohorts.id = one.subject_id
    UNION ALL
    SELECT memberships.cohort_id, memberships.collaboration_id, NULL FROM memberships
    WHERE one.noun = 'membership' AND memberships.id = one.subject_id
    UNION ALL
    SELECT NULL, collaborations.id, collaborations.programme_id FROM collaborations
    WHERE one.noun = 'collaboration' AND collaborations.id = one.subject_id
    UNION ALL
    SELECT grants.cohort_id, grants.collaboration_id, NULL FROM grants
    WHERE grants.id = CASE one.noun
        WHEN 'grant' THEN one.subject_id
        WHEN 'milestone' THEN (SELECT grant_id FROM milestones WHERE id = one.subject_id)
        WHEN 'report' THEN (SELECT grant_id FROM reports WHERE id = one.subject_id)
        WHEN 'payment' THEN (SELECT grant_id FROM payments WHERE id = one.subject_id)
    END
"""

FACTS = (
    Fact("programmes", "reference, name", "SELECT NULL::uuid, NULL::uuid, one.id"),
    Fact(
        "cohorts",
        "reference, name, programme_id, status, announced_capacity, planned_start_on",
        "SELECT one.id, NULL::uuid, one.programme_id",
    ),
    Fact(
        "collaborations",
        "reference, name, programme_id, status, launched_at, merged_into_id",
        "SELECT NULL::uuid, one.id, one.programme_id",
    ),
    Fact(
        "memberships",
        "cohort_id, collaboration_id, status, counts_for_retention, activated_at, ended_at",
        "SELECT one.cohort_id, one.collaboration_id, NULL::uuid",
    ),
    Fact(
        "membership_pauses",
        "membership_id, paused_at, resumed_at",
        "SELECT memberships.cohort_id, NULL::uuid, NULL::uuid "
        "FROM memberships WHERE memberships.id = one.membership_id",
    ),
    Fact(
        "role_assignments",
        "account_id, role, scope_id, valid_from, valid_until, is_to_come",
        "SELECT memberships.cohort_id, NULL::uuid, NULL::uuid "
        "FROM memberships WHERE memberships.collaboration_id = one.scope_id",
        where="role LIKE 'collaboration_%'",
    ),
    Fact(
        "learning_sessions",
        "status, announced_at, starts_at, ends_at, sitting_of_id",
        OF_SESSION.replace("one.session_id", "one.id"),
    ),
    Fact(
        "session_cohorts",
        "cohort_id",
        "SELECT one.cohort_id, NULL::uuid, NULL::uuid",
        key="session_id",
    ),
    Fact("sitting_members", "sitting_of_id, session_id", OF_SESSION, key="membership_id"),
    Fact("attendance_evidence", "session_id, account_id, said, joined_at, left_at", OF_SESSION),
    Fact("session_feedback_releases", "closed_at, released", OF_SESSION, key="session_id"),
    Fact(
        "grants",
        "cohort_id, collaboration_id, fund_id, status",
        "SELECT one.cohort_id, one.collaboration_id, NULL::uuid",
    ),
    Fact(
        "grant_versions",
        "grant_id, currency, award_minor, effective_at, superseded_at",
        OF_GRANT,
    ),
    Fact("milestones", "grant_id, status, due_at", OF_GRANT, turns="due_at"),
    Fact(
        "milestone_extensions",
        "milestone_id, is_granted, decided_at, old_due_at",
        OF_GRANT.replace(
            "one.grant_id", "(SELECT grant_id FROM milestones WHERE id = one.milestone_id)"
        ),
    ),
    Fact("reports", "grant_id", OF_GRANT),
    Fact("payments", "grant_id, milestone_id, status, created_at", OF_GRANT),
    Fact("funds", "programme_id, currency", "SELECT NULL::uuid, NULL::uuid, one.programme_id"),
    Fact(
        "ledger_accounts",
        "fund_id, grant_id, bucket, balance_minor",
        f"{OF_GRANT} UNION ALL SELECT NULL, NULL, funds.programme_id "
        "FROM funds WHERE funds.id = one.fund_id",
    ),
    Fact(
        "postings",
        "account_id, entry_id, side, amount_minor",
        "SELECT grants.cohort_id, grants.collaboration_id, funds.programme_id "
        "FROM ledger_accounts JOIN funds ON funds.id = ledger_accounts.fund_id "
        "LEFT JOIN grants ON grants.id = ledger_accounts.grant_id "
        "WHERE ledger_accounts.id = one.account_id",
        key="line",
    ),
    Fact("data_sets", "collaboration_id", OF_COLLABORATION),
    Fact(
        "access_changes",
        "data_set_id, to_access, since_on, recorded_at",
        OF_COLLABORATION.replace(
            "one.collaboration_id",
            "(SELECT collaboration_id FROM data_sets WHERE id = one.data_set_id)",
        ),
    ),
    Fact("support", "collaboration_id, minutes", OF_COLLABORATION),
    Fact(
        "targets",
        "programme_id, counting_rule, value",
        "SELECT NULL::uuid, NULL::uuid, one.programme_id",
    ),
    Fact(
        "activity",
        "noun, subject_id, from_status, to_status, occurred_at, recorded_at, "
        "detail -> 'announced_capacity' AS announced_capacity",
        OF_DONE,
        key="position",
        where="noun IN ('cohort', 'membership', 'collaboration', 'grant', 'milestone', 'report', "
        "'payment') AND (to_status IS NOT NULL OR detail ? 'announced_capacity')",
    ),
)

CHANGED = """
SELECT metric_places.* FROM (
    {changed}
) AS one, LATERAL (
    {places}
) AS places (cohort_id, collaboration_id, programme_id),
LATERAL metric_places(places.cohort_id, places.collaboration_id, places.programme_id{turns})
"""

PLACES = """
CREATE FUNCTION metric_places(
    cohort uuid, collaboration uuid, programme uuid, turns_at timestamptz DEFAULT NULL
) RETURNS TABLE (scope_id uuid, at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT given.id, turns_at FROM (
        VALUES (cohort), (collaboration),
        (coalesce(programme, (SELECT programme_id FROM cohorts WHERE id = cohort)))
    ) AS given (id)
    WHERE given.id IS NOT NULL
$$
"""

TOUCH = """
CREATE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM touch_metrics(found.scope_id, found.at)
        FROM (SELECT DISTINCT * FROM ({inserted}) AS every ORDER BY 1, 2) AS found;
    ELSIF TG_OP = 'UPDATE' THEN
        PERFORM touch_metrics(found.scope_id, found.at)
        FROM (SELECT DISTINCT * FROM ({updated}) AS every ORDER BY 1, 2) AS found;
    ELSE
        PERFORM touch_metrics(found.scope_id, found.at)
        FROM (SELECT DISTINCT * FROM ({deleted}) AS every ORDER BY 1, 2) AS found;
    END IF;
    RETURN NULL;
END
$$
"""

TOUCH_ONE = """
CREATE FUNCTION touch_metrics(touched uuid, turning timestamptz) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO metric_touches (transaction_id, scope_id, turns_at)
    VALUES (pg_current_xact_id()::text::bigint, touched, coalesce(turning, 'infinity'))
    ON CONFLICT ON CONSTRAINT pk_metric_touches DO NOTHING
$$
"""

MARK = """
CREATE FUNCTION mark_touched_metrics() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    mine CONSTANT bigint := pg_current_xact_id()::text::bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM metric_touches WHERE transaction_id = mine) THEN
        RETURN NULL;
    END IF;
    INSERT INTO metric_marks (scope_id, changes, changed_at)
    SELECT scope_id, 1, clock_timestamp() FROM metric_touches
    WHERE transaction_id = mine GROUP BY scope_id ORDER BY scope_id
    ON CONFLICT (scope_id) DO UPDATE
    SET changes = metric_marks.changes + 1,
        changed_at = greatest(metric_marks.changed_at, excluded.changed_at);
    INSERT INTO metric_turns (scope_id, turns_at)
    SELECT scope_id, turns_at FROM metric_touches
    WHERE transaction_id = mine AND turns_at < 'infinity' ORDER BY scope_id, turns_at
    ON CONFLICT ON CONSTRAINT pk_metric_turns DO NOTHING;
    DELETE FROM metric_touches WHERE transaction_id = mine;
    RETURN NULL;
END
$$
"""

REMEMBER = """
INSERT INTO metric_marks (scope_id, changes, changed_at)
SELECT id, 1, updated_at FROM cohorts
UNION ALL SELECT id, 1, updated_at FROM programmes
UNION ALL SELECT id, 1, updated_at FROM collaborations
ON CONFLICT (scope_id) DO UPDATE SET changes = metric_marks.changes + 1
"""

REMEMBER_TURNS = """
INSERT INTO metric_turns (scope_id, turns_at)
SELECT DISTINCT places.scope_id, places.at
FROM milestones JOIN grants ON grants.id = milestones.grant_id,
LATERAL metric_places(grants.cohort_id, grants.collaboration_id, NULL, milestones.due_at) AS places
WHERE places.at IS NOT NULL
"""


def statements(fact: Fact) -> Iterator[str]:
    """What keeps the marks of one table: a function, and a trigger for each way to change it."""
    keyed = f"SELECT {fact.key}, {fact.columns} FROM {{rows}} WHERE {fact.where}"
    old, new = keyed.format(rows="old_rows"), keyed.format(rows="new_rows")
    ways = {
        "inserted": new,
        "deleted": old,
        "updated": f"({old} EXCEPT {new}) UNION ALL ({new} EXCEPT {old})",
    }
    turns = f", one.{fact.turns}" if fact.turns else ""
    told = {
        name: CHANGED.format(changed=rows, places=fact.places, turns=turns)
        for name, rows in ways.items()
    }
    yield TOUCH.format(function=fact.function, **told)
    for event, rows in (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        yield (
            f"CREATE TRIGGER {fact.table}_touch_metrics_on_{event.lower()} AFTER {event} "
            f"ON {fact.table} REFERENCING {rows} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION {fact.function}()"
        )


def upgrade() -> None:
    """Keep the marks by facts, and no longer by what was done."""
    op.execute("DROP TRIGGER activity_marks_metrics ON activity")
    for function in ("mark_metrics()", "metric_scopes_of(uuid)"):
        # The trigger alone called them.
        op.execute(f"-- squawk-ignore ban-drop-function\nDROP FUNCTION {function}")
    op.create_table(
        "metric_touches",
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("turns_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("transaction_id", "scope_id", "turns_at", name="pk_metric_touches"),
    )
    op.create_table(
        "metric_turns",
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("turns_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("scope_id", "turns_at", name="pk_metric_turns"),
    )
    for statement in (PLACES, TOUCH_ONE, MARK, REMEMBER, REMEMBER_TURNS):
        op.execute(statement)
    op.execute(
        "CREATE CONSTRAINT TRIGGER metric_touches_mark AFTER INSERT ON metric_touches "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mark_touched_metrics()"
    )
    for fact in FACTS:
        for statement in statements(fact):
            op.execute(statement)


def downgrade() -> None:
    """Keep them by what was done, as before."""
    for fact in FACTS:
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER {fact.table}_touch_metrics_on_{event} ON {fact.table}")
        op.execute(f"DROP FUNCTION {fact.function}()")
    op.drop_table("metric_touches")
    op.drop_table("metric_turns")
    op.execute("DROP FUNCTION mark_touched_metrics()")
    op.execute("DROP FUNCTION touch_metrics(uuid, timestamptz)")
    op.execute("DROP FUNCTION metric_places(uuid, uuid, uuid, timestamptz)")
    script = op.get_context().script
    assert script is not None
    before = script.get_revision("0057").module
    op.execute(before.SCOPES_OF)
    op.execute(before.MARK)
    op.execute(
        "CREATE CONSTRAINT TRIGGER activity_marks_metrics AFTER INSERT ON activity "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mark_metrics()"
    )
