"""Endorsements are shown, lapse and belong to whoever may give them; reports count their content.

A signature that stands goes on standing, from now on for as long as any other. What was endorsed of
a decision was bound to a hash that cannot be made again: it lapses, which is recorded, and the
first person says it anew. A certificate goes to the version that it was given for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STALE_SIGNATURES = """
DELETE FROM endorsements WHERE move = 'activate' AND NOT EXISTS (
    SELECT FROM grants JOIN grant_versions ON grant_id = grants.id
    WHERE grants.id = subject_id AND grants.status = 'offered' AND superseded_at IS NULL
    AND encode(agreement_sha256, 'hex') = digest
)
"""

RECORD_LAPSED = """
INSERT INTO activity (noun, subject_id, scope_id, verb, account_id, person_id, detail, occurred_at)
SELECT noun, subject_id, coalesce(milestones.grant_id, subject_id),
    noun || '.' || move || '_lapsed', NULL, person_id, '{}', clock_timestamp()
FROM endorsements LEFT JOIN milestones ON milestones.id = subject_id
WHERE move <> 'activate'
"""

FILL = """
UPDATE endorsements SET
    scope_id = subject_id,
    verb = noun || '.' || move || '_endorsed',
    permissions = ARRAY[permission],
    is_signature = true,
    account_id = coalesce((
        SELECT activity.account_id FROM activity
        WHERE activity.subject_id = endorsements.subject_id
        AND activity.verb = endorsements.noun || '.' || endorsements.move || '_endorsed'
        AND activity.person_id = endorsements.person_id
        ORDER BY position DESC LIMIT 1
    ), person_id),
    detail = jsonb_build_object('agreement_sha256', digest),
    lapses_at = clock_timestamp() + interval '14 days'
"""

ADDED = (
    "scope_id uuid",
    "verb text",
    "permissions text[]",
    "is_signature boolean",
    "account_id uuid",
    "detail jsonb",
    "lapses_at timestamptz",
)
"""Each table that is widened is a small one: words that wait for a second, signatures, reports."""

CERTIFIED = """
UPDATE report_versions SET certified_by_id = activity.person_id
FROM activity
WHERE activity.noun = 'report' AND activity.subject_id = report_id
AND activity.verb = 'report.submitted' AND activity.from_status = 'ready_for_certification'
AND (activity.detail ->> 'number')::bigint = report_versions.number
"""

CERTIFICATES = """
UPDATE reports SET certified_by_id = CASE
    WHEN status IN ('submitted', 'in_review', 'accepted', 'rejected') THEN (
        SELECT report_versions.certified_by_id FROM report_versions
        WHERE report_id = reports.id AND number = submissions
    )
END
WHERE certified_by_id IS NOT NULL
"""


def upgrade() -> None:
    """Widen endorsements, keep certificates with versions, count what is inside a report."""
    op.execute(STALE_SIGNATURES)
    op.execute(RECORD_LAPSED)
    op.execute("DELETE FROM endorsements WHERE move <> 'activate'")
    for column in (*ADDED, "reason text"):
        op.execute(f"ALTER TABLE endorsements ADD COLUMN {column}")
    op.execute(FILL)
    for column in ADDED:
        name, _, _ = column.partition(" ")
        _at_once("adding-not-nullable-field", f"endorsements ALTER COLUMN {name} SET NOT NULL")
    _at_once("ban-drop-column", "endorsements DROP COLUMN permission")
    _at_once(
        "ban-drop-constraint",
        "grant_signatures DROP CONSTRAINT "
        "uq_grant_signatures_grant_version_id_capacity_agreement_sha256",
    )
    _index("grant_signatures", "grant_version_id")
    op.execute("ALTER TABLE reports ADD COLUMN content_version bigint")
    op.execute("UPDATE reports SET content_version = 1")
    _at_once("adding-not-nullable-field", "reports ALTER COLUMN content_version SET NOT NULL")
    _certificates()


def _at_once(rule: str, change: str) -> None:
    op.execute(f"-- squawk-ignore {rule}\nALTER TABLE {change}")


def _index(table: str, column: str) -> None:
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        f"CREATE INDEX ix_{table}_{column} ON {table} ({column})"
    )


def _certificates() -> None:
    op.execute("ALTER TABLE report_versions ADD COLUMN certified_by_id uuid")
    _at_once(
        "adding-foreign-key-constraint, constraint-missing-not-valid",
        "report_versions ADD CONSTRAINT fk_report_versions_certified_by_id "
        "FOREIGN KEY (certified_by_id) REFERENCES accounts (id) ON DELETE RESTRICT",
    )
    _index("report_versions", "certified_by_id")
    op.execute("ALTER TABLE report_versions DISABLE TRIGGER report_versions_append_only")
    op.execute(CERTIFIED)
    op.execute("ALTER TABLE report_versions ENABLE TRIGGER report_versions_append_only")
    op.execute(CERTIFICATES)


def downgrade() -> None:
    """Take it back; of two signatures of one side the later one stays."""
    op.drop_column("report_versions", "certified_by_id")
    op.drop_column("reports", "content_version")
    op.drop_index("ix_grant_signatures_grant_version_id", "grant_signatures")
    op.execute("ALTER TABLE grant_signatures DISABLE TRIGGER USER")
    op.execute(
        "DELETE FROM grant_signatures AS earlier USING grant_signatures AS later "
        "WHERE later.grant_version_id = earlier.grant_version_id "
        "AND later.capacity = earlier.capacity "
        "AND later.agreement_sha256 = earlier.agreement_sha256 AND later.id > earlier.id"
    )
    op.execute("ALTER TABLE grant_signatures ENABLE TRIGGER USER")
    op.create_unique_constraint(
        "uq_grant_signatures_grant_version_id_capacity_agreement_sha256",
        "grant_signatures",
        ["grant_version_id", "capacity", "agreement_sha256"],
    )
    op.execute("DELETE FROM endorsements WHERE move <> 'activate'")
    op.add_column("endorsements", sa.Column("permission", sa.Text(), nullable=True))
    op.execute("UPDATE endorsements SET permission = permissions[1]")
    op.alter_column("endorsements", "permission", nullable=False)
    for name in ("reason", *(column.partition(" ")[0] for column in ADDED)):
        op.drop_column("endorsements", name)
