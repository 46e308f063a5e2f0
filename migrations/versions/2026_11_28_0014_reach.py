"""No role reaches further than whoever gave it: roles on collaborations, and who sees a dossier.

On a collaboration only its leads and members hold a role. Those of the team that stand there are
moved to the memberships that their giver reaches, or ended where that is none; each is recorded,
and the list is printed. Open invitations into such roles are revoked. The dossier of a
collaboration lies below the memberships that it accepted, and, while nobody ever led it, below the
scopes of those who set it up. The tables have thousands of rows, read in milliseconds.
"""

from alembic import context, op
from sqlalchemy import text

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

HOLD_THE_GRAPH = "SELECT pg_advisory_xact_lock(1886154241)"

MISPLACED = """
CREATE TEMPORARY TABLE misplaced ON COMMIT DROP AS
SELECT role_assignments.*
FROM role_assignments JOIN scopes ON scopes.id = scope_id
WHERE scopes.kind = 'collaboration'
    AND role NOT IN ('collaboration_lead', 'collaboration_member')
    AND (valid_until IS NULL OR valid_until > now())
"""

PLACED = """
CREATE TEMPORARY TABLE placed ON COMMIT DROP AS
SELECT gen_random_uuid() AS id, misplaced.id AS instead_of_id, memberships.id AS membership_id,
    account_id, role, greatest(misplaced.valid_from, now()) AS valid_from, valid_until,
    granted_by_id
FROM misplaced JOIN memberships ON collaboration_id = misplaced.scope_id
WHERE role IN ('adviser', 'reviewer')
    AND (
        memberships.status IN ('accepted', 'onboarding', 'active', 'paused')
        OR EXISTS (
            SELECT FROM grants WHERE membership_id = memberships.id
                AND grants.status NOT IN ('closed', 'terminated', 'cancelled')
        )
    )
    AND EXISTS (
        SELECT FROM role_assignments AS giving
        JOIN scope_closure ON ancestor_id = giving.scope_id AND descendant_id = memberships.id
        JOIN accounts ON accounts.id = giving.account_id
        LEFT JOIN accounts AS owners ON owners.id = accounts.owner_id
        WHERE giving.account_id = misplaced.granted_by_id
            AND giving.role IN ('administrator', 'programme_manager', 'coordinator')
            AND giving.valid_from <= now()
            AND (giving.valid_until IS NULL OR giving.valid_until > now())
            AND accounts.disabled_at IS NULL AND owners.disabled_at IS NULL
    )
    AND NOT EXISTS (
        SELECT FROM role_assignments AS held
        WHERE held.account_id = misplaced.account_id AND held.role = misplaced.role
            AND held.scope_id = memberships.id
            AND tstzrange(held.valid_from, held.valid_until)
                && tstzrange(greatest(misplaced.valid_from, now()), misplaced.valid_until)
    )
"""

END = """
UPDATE role_assignments
SET valid_until = greatest(valid_from, now()), version = version + 1, updated_at = now()
WHERE id IN (SELECT id FROM misplaced)
"""

PLACE = """
INSERT INTO role_assignments
    (id, account_id, role, scope_id, valid_from, valid_until, granted_by_id, version,
    created_at, updated_at)
SELECT id, account_id, role, membership_id, valid_from, valid_until, granted_by_id, 1, now(), now()
FROM placed
"""

RECORD = """
INSERT INTO activity (noun, subject_id, scope_id, verb, reason, detail, occurred_at)
SELECT 'role_assignment', id, scope_id, 'role_assignment.ended',
    'Roles of the team are no longer held on a collaboration.',
    jsonb_build_object('account_id', account_id, 'role', role), now()
FROM misplaced
UNION ALL
SELECT 'role_assignment', id, membership_id, 'role_assignment.created',
    'It was held on the collaboration.',
    jsonb_build_object('account_id', account_id, 'role', role), now()
FROM placed
"""

LIST = """
SELECT 'The ' || misplaced.role || ' ' || accounts.name || ' of ' || collaborations.reference
    || CASE WHEN placed.id IS NULL THEN ': ended, since whoever gave it reaches no membership.'
        ELSE ': now of its membership in ' || cohorts.reference || '.' END AS became
FROM misplaced
JOIN accounts ON accounts.id = misplaced.account_id
JOIN collaborations ON collaborations.id = misplaced.scope_id
LEFT JOIN placed ON instead_of_id = misplaced.id
LEFT JOIN memberships ON memberships.id = membership_id
LEFT JOIN cohorts ON cohorts.id = cohort_id
ORDER BY collaborations.reference, accounts.name, cohorts.reference
"""

REVOKE = """
WITH revoked AS (
    UPDATE invitations SET revoked_at = now(), version = version + 1, updated_at = now()
    FROM scopes
    WHERE scopes.id = scope_id AND scopes.kind = 'collaboration'
        AND role NOT IN ('collaboration_lead', 'collaboration_member')
        AND accepted_at IS NULL AND revoked_at IS NULL
    RETURNING invitations.id, scope_id
)
INSERT INTO activity (noun, subject_id, scope_id, verb, reason, detail, occurred_at)
SELECT 'invitation', id, scope_id, 'invitation.revoked',
    'Roles of the team are no longer held on a collaboration.', '{}', now()
FROM revoked
"""

CLOSE = """
DELETE FROM scope_edges USING memberships, collaborations
WHERE parent_id = memberships.id AND collaborations.id = collaboration_id AND child_id = dossier_id
    AND memberships.status IN ('waitlisted', 'offered')
"""

KEEP = """
INSERT INTO scope_edges (parent_id, child_id)
SELECT DISTINCT held.scope_id, dossier_id
FROM collaborations
JOIN activity ON subject_id = collaborations.id AND verb = 'collaboration.created'
JOIN role_assignments AS held ON held.account_id = activity.account_id
JOIN scopes ON scopes.id = held.scope_id
WHERE held.role IN ('programme_manager', 'coordinator') AND scopes.kind <> 'network'
    AND held.valid_from <= now() AND (held.valid_until IS NULL OR held.valid_until > now())
    AND NOT EXISTS (
        SELECT FROM role_assignments AS leads
        WHERE leads.scope_id = collaborations.id AND leads.role = 'collaboration_lead'
    )
"""

OPEN = """
INSERT INTO scope_edges (parent_id, child_id)
SELECT memberships.id, dossier_id
FROM memberships JOIN collaborations ON collaborations.id = collaboration_id
WHERE memberships.status IN ('waitlisted', 'offered')
"""

LET_GO = """
DELETE FROM scope_edges USING scopes AS above, scopes AS below
WHERE above.id = parent_id AND below.id = child_id
    AND above.kind NOT IN ('collaboration', 'membership') AND below.kind = 'dossier'
"""

FORGET_PATHS = """
DELETE FROM scope_closure USING scopes
WHERE scopes.id = descendant_id AND kind = 'dossier' AND ancestor_id <> descendant_id
"""

FIND_PATHS = """
INSERT INTO scope_closure (ancestor_id, descendant_id)
SELECT DISTINCT above.ancestor_id, child_id
FROM scope_edges
JOIN scopes ON scopes.id = child_id AND kind = 'dossier'
JOIN scope_closure AS above ON above.descendant_id = parent_id
"""


def upgrade() -> None:
    """Bring roles and dossiers to where they belong."""
    for statement in (HOLD_THE_GRAPH, MISPLACED, PLACED, END, PLACE, RECORD):
        op.execute(statement)
    _tell()
    for statement in (REVOKE, CLOSE, KEEP, FORGET_PATHS, FIND_PATHS):
        op.execute(statement)


def downgrade() -> None:
    """Open the dossiers to offers again; roles stay where they are."""
    for statement in (HOLD_THE_GRAPH, LET_GO, OPEN, FORGET_PATHS, FIND_PATHS):
        op.execute(statement)


def _tell() -> None:
    """Print what became of each role that was moved or ended."""
    if context.is_offline_mode():
        op.execute(LIST)
        return
    for (became,) in op.get_bind().execute(text(LIST)):
        context.config.print_stdout("%s", became)
