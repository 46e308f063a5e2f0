"""What `pln doctor` looks for among attendance: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "attendance is known only of sessions that are live or were held",
    """
    SELECT attendance_evidence.id FROM attendance_evidence
    JOIN learning_sessions ON learning_sessions.id = session_id
    WHERE status NOT IN ('live', 'held')
    """,
)
invariant(
    "whoever attended a session did so for a member of a cohort that it is for",
    """
    SELECT attendance_evidence.id FROM attendance_evidence
    JOIN learning_sessions ON learning_sessions.id = session_id
    JOIN memberships ON memberships.id = membership_id
    LEFT JOIN session_cohorts ON session_cohorts.session_id = learning_sessions.id
        AND session_cohorts.cohort_id = memberships.cohort_id
    WHERE session_cohorts.cohort_id IS NULL
    """,
)
