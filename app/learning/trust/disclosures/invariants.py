"""What `pln doctor` looks for among disclosures: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "a member shows its own results, to another of the cohort",
    """
    SELECT disclosures.id FROM disclosures
    JOIN result_sets ON result_sets.id = result_set_id
    JOIN memberships ON memberships.id = membership_id
    LEFT JOIN memberships AS other ON other.id = to_membership_id
    WHERE memberships.cohort_id <> result_sets.cohort_id
    OR memberships.collaboration_id <> disclosures.collaboration_id
    OR other.cohort_id <> result_sets.cohort_id
    """,
)
