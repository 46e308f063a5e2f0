"""What `pln doctor` looks for among runs of payments: no row when all is well."""

from app.installation.doctor import invariant

invariant(
    "what is in a run of payments that was released is with the bank, and nothing is in one that "
    "has ended",
    """
    SELECT payment_runs.id, payments.id AS payment_id, payments.status FROM payment_runs
    JOIN payment_run_items ON run_id = payment_runs.id AND left_because IS NULL
    JOIN payments ON payments.id = payment_id
    WHERE payment_runs.status IN ('done', 'cancelled')
    OR (payment_runs.status = 'released') <> (payments.status = 'released')
    """,
)
invariant(
    "a run of payments has payments of its fund, in its currency",
    """
    SELECT payment_runs.id, payments.id AS payment_id FROM payment_runs
    JOIN payment_run_items ON run_id = payment_runs.id
    JOIN payments ON payments.id = payment_id
    WHERE payments.fund_id <> payment_runs.fund_id OR payments.currency <> payment_runs.currency
    """,
)
