"""What `pln doctor` looks for among polls: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "a poll is about a session of its cohort",
    """
    SELECT session_polls.id FROM session_polls
    JOIN learning_sessions ON learning_sessions.id = session_id
    WHERE learning_sessions.cohort_id <> session_polls.cohort_id
    """,
)
invariant(
    "a poll of which a time was chosen has its session",
    """
    SELECT session_polls.id FROM session_polls WHERE status = 'decided' AND session_id IS NULL
    """,
)
invariant(
    "a vote answers to times of its own poll",
    """
    SELECT session_votes.id FROM session_votes
    JOIN session_vote_answers ON vote_id = session_votes.id
    JOIN session_poll_options ON session_poll_options.id = option_id
    WHERE session_poll_options.poll_id <> session_votes.poll_id
    """,
)
