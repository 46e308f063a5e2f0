"""What `pln doctor` looks for among RSVPs: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "whoever may come to a session does so for a member of a cohort that it is for",
    """
    SELECT rsvps.id FROM rsvps
    JOIN learning_sessions ON learning_sessions.id = session_id
    JOIN memberships ON memberships.id = membership_id
    LEFT JOIN session_cohorts ON session_cohorts.session_id = learning_sessions.id
        AND session_cohorts.cohort_id = memberships.cohort_id
    WHERE session_cohorts.cohort_id IS NULL
        AND rsvps.status IN ('yes', 'tentative', 'waitlisted', 'offered')
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
