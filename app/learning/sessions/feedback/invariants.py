"""What `pln doctor` looks for among feedback: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "nothing of a session's feedback is kept once it is closed but what was released",
    """
    SELECT session_id FROM session_feedback_releases
    WHERE session_id IN (SELECT session_id FROM session_feedback_answers)
    OR session_id IN (SELECT session_id FROM session_feedback_givers)
    """,
)
invariant(
    "whatever is released of feedback is about five people or more",
    """
    SELECT session_id FROM session_feedback_releases
    WHERE (released ->> 'answered')::int < 5
    """,
)
