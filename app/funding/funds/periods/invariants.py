"""What `pln doctor` looks for among accounting periods."""

from app.installation.doctor import invariant

invariant(
    "a closed accounting period takes no entry",
    """
    SELECT journal_entries.id, accounting_periods.id FROM journal_entries
    JOIN accounting_periods ON accounting_periods.fund_id = journal_entries.fund_id
    WHERE status = 'closed' AND effective_on <= ends_on AND recorded_at > closed_at
    """,
)
invariant(
    "accounting periods follow one another, and are closed in their order",
    """
    SELECT id FROM (
        SELECT id, starts_on, status, lag(ends_on) OVER after_one AS ended_on,
            lag(status) OVER after_one AS was
        FROM accounting_periods
        WINDOW after_one AS (PARTITION BY fund_id ORDER BY starts_on)
    ) AS periods
    WHERE starts_on <> ended_on + 1 OR status = 'closed' AND was = 'open'
    """,
)
