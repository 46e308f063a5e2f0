"""What `pln doctor` looks for among work that is done later: each query returns no row when all is
well.
"""

from app.installation.doctor import invariant

invariant(
    "every operation that has not ended has a job",
    """
    SELECT id, kind FROM operations
    WHERE finished_at IS NULL AND NOT EXISTS (
        SELECT FROM procrastinate_jobs
        WHERE task_name = 'run_operation' AND status IN ('todo', 'doing')
          AND args ->> 'operation_id' = operations.id::text
    )
    """,
)
invariant(
    "every mail that is neither sent nor given up has a job",
    """
    SELECT id, attempts FROM mail_messages
    WHERE sent_at IS NULL AND dead_at IS NULL AND NOT EXISTS (
        SELECT FROM procrastinate_jobs
        WHERE task_name = 'send_mail' AND status IN ('todo', 'doing')
          AND args ->> 'message_id' = mail_messages.id::text
    )
    """,
)
