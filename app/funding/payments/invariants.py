"""What `pln doctor` looks for among payments: each query returns no row when all is well."""

from app.installation.doctor import invariant

invariant(
    "a fund has in transit and has disbursed for each grant what its payments say",
    """
    WITH paid AS (
        SELECT grant_id, fund_id,
            coalesce(sum(coalesce(booked_minor, amount_minor))
                FILTER (WHERE status = 'released'), 0) AS in_transit,
            coalesce(sum(coalesce(taken_minor, booked_minor, amount_minor))
                FILTER (WHERE status = 'settled'), 0) AS disbursed
        FROM payments WHERE grant_id IS NOT NULL GROUP BY grant_id, fund_id
    ), booked AS (
        SELECT grant_id, fund_id,
            coalesce(sum(balance_minor) FILTER (WHERE bucket = 'in_transit'), 0) AS in_transit,
            coalesce(sum(balance_minor) FILTER (WHERE bucket = 'disbursed'), 0) + coalesce((
                SELECT sum(amount_minor) FROM journal_entries
                WHERE journal_entries.grant_id = ledger_accounts.grant_id
                AND journal_entries.fund_id = ledger_accounts.fund_id AND kind = 'recovery'
            ), 0) AS disbursed
        FROM ledger_accounts WHERE grant_id IS NOT NULL GROUP BY grant_id, fund_id
    )
    SELECT * FROM paid FULL JOIN booked USING (grant_id, fund_id)
    WHERE coalesce(paid.in_transit, 0) <> coalesce(booked.in_transit, 0)
    OR coalesce(paid.disbursed, 0) <> coalesce(booked.disbursed, 0)
    """,
)
invariant(
    "a payment is requested, approved and released by three persons",
    """
    SELECT payments.id FROM payments
    JOIN accounts AS requester ON requester.id = requested_by_id
    LEFT JOIN accounts AS approver ON approver.id = approved_by_id
    LEFT JOIN accounts AS releaser ON releaser.id = released_by_id
    WHERE 'service' IN (requester.kind, approver.kind, releaser.kind)
    """,
)
invariant(
    "what is with the bank has one attempt that is open, and nothing else has",
    """
    SELECT payments.id, status FROM payments
    LEFT JOIN payment_attempts ON payment_id = payments.id AND ended_at IS NULL
    WHERE (status = 'released') <> (payment_attempts.id IS NOT NULL)
    """,
)
invariant(
    "a payment in another currency than its fund's says what it is in the books",
    """
    SELECT payments.id FROM payments
    JOIN funds ON funds.id = payments.fund_id
    JOIN grants ON grants.id = grant_id
    LEFT JOIN exchange_rates ON exchange_rates.id = exchange_rate_id
    WHERE (payments.currency = funds.currency) <> (payments.booked_minor IS NULL)
    OR payments.booked_minor IS NOT NULL
    AND exchange_rates.currency IS DISTINCT FROM payments.currency
    """,
)
