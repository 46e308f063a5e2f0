"""What `pln doctor` looks for among roles and scopes: no query returns a row when all is well."""

from app.installation.doctor import invariant

invariant(
    "on a collaboration only its leads and members hold a role",
    """
    SELECT role_assignments.id, role, account_id
    FROM role_assignments JOIN scopes ON scopes.id = scope_id
    WHERE scopes.kind = 'collaboration'
        AND role NOT IN ('collaboration_lead', 'collaboration_member')
        AND (valid_until IS NULL OR valid_until > now())
    """,
)
invariant(
    "nobody keeps the dossier of a collaboration that somebody led",
    """
    SELECT child_id, parent_id
    FROM scope_edges
    JOIN scopes AS keepers ON keepers.id = parent_id
    JOIN scopes AS led ON led.granted_at_id = child_id AND led.kind = 'collaboration'
    WHERE keepers.kind NOT IN ('collaboration', 'membership')
        AND EXISTS (
            SELECT FROM role_assignments
            WHERE scope_id = led.id AND role = 'collaboration_lead'
        )
    """,
)
