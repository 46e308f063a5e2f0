"""What `pln doctor` looks for among RSVPs: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "whoever replied to a session did so for a member of its cohort",
    """
    SELECT rsvps.id FROM rsvps
    JOIN learning_sessions ON learning_sessions.id = session_id
    JOIN memberships ON memberships.id = membership_id
    WHERE memberships.cohort_id <> learning_sessions.cohort_id
    OR memberships.collaboration_id <> rsvps.collaboration_id
    """,
)
invariant(
    "whoever has the seat of another was asked whether they come",
    """
    SELECT rsvps.id FROM rsvps
    LEFT JOIN rsvps AS theirs
        ON theirs.session_id = rsvps.session_id AND theirs.account_id = rsvps.delegated_to_id
    WHERE rsvps.delegated_to_id IS NOT NULL AND theirs.id IS NULL
    """,
)
