"""What `pln doctor` looks for among grants: each query returns no row when all is well."""

from app.installation.doctor import invariant

invariant(
    "milestones of a grant version sum to its award",
    """
    SELECT grant_versions.id, award_minor, sum(amount_minor)
    FROM grant_versions LEFT JOIN milestone_terms ON grant_version_id = grant_versions.id
    GROUP BY grant_versions.id
    HAVING coalesce(sum(amount_minor), 0) <> award_minor
    """,
)
invariant(
    "budget lines of a grant version sum to its award",
    """
    SELECT grant_versions.id, award_minor, sum(amount_minor)
    FROM grant_versions JOIN budget_lines ON grant_version_id = grant_versions.id
    GROUP BY grant_versions.id
    HAVING sum(amount_minor) <> award_minor
    """,
)
invariant(
    "an agreement has the hash that was signed",
    """
    SELECT id, number FROM grant_versions
    WHERE sha256(convert_to(agreement, 'UTF8')) <> agreement_sha256
    """,
)
invariant(
    "a grant in force was signed by two persons",
    """
    SELECT grant_versions.id, number FROM grant_versions
    WHERE effective_at IS NOT NULL AND (
        SELECT count(DISTINCT person_id) < 2 OR count(DISTINCT capacity) < 2
        FROM grant_signatures
        WHERE grant_version_id = grant_versions.id
        AND grant_signatures.agreement_sha256 = grant_versions.agreement_sha256
    )
    """,
)
invariant(
    "a milestone is due when it was agreed or extended to be",
    """
    SELECT milestones.id, milestones.due_on FROM milestones
    WHERE NOT EXISTS (
        SELECT FROM milestone_terms JOIN grant_versions ON grant_versions.id = grant_version_id
        WHERE milestone_id = milestones.id AND superseded_at IS NULL
        AND milestone_terms.due_on = milestones.due_on
        AND milestone_terms.timezone = milestones.timezone
    ) AND NOT EXISTS (
        SELECT FROM milestone_extensions
        WHERE milestone_id = milestones.id AND is_granted AND new_due_at = milestones.due_at
    )
    """,
)
