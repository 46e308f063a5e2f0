"""What `pln doctor` looks for among learning sessions: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "a learning session lies below what its cohort shares",
    """
    SELECT learning_sessions.id FROM learning_sessions
    JOIN cohorts ON cohorts.id = cohort_id
    LEFT JOIN scope_edges ON parent_id = commons_id AND child_id = learning_sessions.id
    WHERE child_id IS NULL
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
    "a session that is still to be held lies in a cohort that goes on",
    """
    SELECT learning_sessions.id FROM learning_sessions
    JOIN cohorts ON cohorts.id = cohort_id
    WHERE learning_sessions.status IN ('draft', 'scheduled', 'postponed')
    AND cohorts.status IN ('closed', 'cancelled')
    """,
)
