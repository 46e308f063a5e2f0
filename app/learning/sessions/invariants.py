"""What `pln doctor` looks for among learning sessions: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "a learning session lies below what each of its cohorts shares, and below nothing else shared",
    """
    SELECT coalesce(session_id, child_id) FROM (
        SELECT session_id, commons_id FROM session_cohorts
        JOIN cohorts ON cohorts.id = cohort_id
    ) AS meant
    FULL JOIN (
        SELECT child_id, parent_id FROM scope_edges
        JOIN learning_sessions ON learning_sessions.id = child_id
        JOIN cohorts ON commons_id = parent_id
    ) AS linked ON parent_id = commons_id AND child_id = session_id
    WHERE child_id IS NULL OR session_id IS NULL
    """,
)
invariant(
    "a learning session is for the cohort that plans it",
    """
    SELECT learning_sessions.id FROM learning_sessions
    LEFT JOIN session_cohorts ON session_id = learning_sessions.id
        AND session_cohorts.cohort_id = learning_sessions.cohort_id
    WHERE session_id IS NULL
    """,
)
invariant(
    "whoever leads a session has its time taken while it takes place, and not otherwise",
    """
    SELECT session_facilitators.id FROM session_facilitators
    JOIN learning_sessions ON learning_sessions.id = session_id
    WHERE during IS DISTINCT FROM CASE
        WHEN status IN ('scheduled', 'live') THEN tstzrange(starts_at, ends_at)
    END
    """,
)
invariant(
    "a session that was announced and is still to be held lies in a cohort that goes on",
    """
    SELECT learning_sessions.id FROM learning_sessions
    JOIN session_cohorts ON session_id = learning_sessions.id
    JOIN cohorts ON cohorts.id = session_cohorts.cohort_id
    WHERE learning_sessions.status IN ('scheduled', 'postponed')
    AND cohorts.status IN ('closed', 'cancelled')
    """,
)
