"""What `pln doctor` looks for among conflicts: each query returns no row when all is well."""

from app.installation.doctor import invariant

invariant(
    "a conflict of interest was withdrawn by somebody else than whose it is",
    """
    SELECT conflicts_of_interest.id, account_id
    FROM conflicts_of_interest
    WHERE withdrawn_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM activity
        WHERE subject_id = conflicts_of_interest.id
            AND verb = 'conflict_of_interest.withdrawn'
            AND activity.person_id <> conflicts_of_interest.account_id
    )
    """,
)
invariant(
    "a dispensation was given by two persons, and to a third",
    """
    SELECT dispensations.id, subject_id
    FROM dispensations
    JOIN accounts AS one ON one.id = account_id
    JOIN accounts AS two ON two.id = proposed_by_id
    JOIN accounts AS three ON three.id = confirmed_by_id
    WHERE dispensations.status = 'confirmed' AND (
        coalesce(one.merged_into_id, one.id) = coalesce(two.merged_into_id, two.id)
        OR coalesce(one.merged_into_id, one.id) = coalesce(three.merged_into_id, three.id)
        OR coalesce(two.merged_into_id, two.id) = coalesce(three.merged_into_id, three.id)
    )
    """,
)
invariant(
    "what was decided under a dispensation was decided while it counted",
    """
    SELECT position, activity.subject_id
    FROM activity
    WHERE detail ? 'dispensation_id' AND NOT EXISTS (
        SELECT FROM dispensations
        WHERE dispensations.id = (detail ->> 'dispensation_id')::uuid
            AND confirmed_at <= occurred_at
    )
    """,
)
