"""What `pln doctor` looks for between claims, their payments and the ledger, and on the accounts of
those who were erased."""

from app.installation.doctor import invariant

invariant(
    "the ledger has of each claim what was approved of it, and what its payments say",
    """
    WITH booked AS (
        SELECT expense_claim_id AS id, fund_id,
            coalesce(sum(CASE kind WHEN 'expense' THEN amount_minor
                WHEN 'expense_undone' THEN -amount_minor END), 0) AS approved,
            coalesce(sum(CASE kind WHEN 'payment' THEN amount_minor
                WHEN 'payment_failed' THEN -amount_minor
                WHEN 'settlement' THEN -amount_minor END), 0) AS in_transit,
            coalesce(sum(CASE kind WHEN 'settlement' THEN amount_minor
                WHEN 'payment_returned' THEN -amount_minor END), 0) AS disbursed
        FROM journal_entries WHERE expense_claim_id IS NOT NULL GROUP BY 1, 2
    ), paid AS (
        SELECT expense_claim_id AS id,
            coalesce(sum(amount_minor) FILTER (WHERE status = 'released'), 0) AS in_transit,
            coalesce(sum(amount_minor) FILTER (WHERE status = 'settled'), 0) AS disbursed
        FROM payments WHERE expense_claim_id IS NOT NULL GROUP BY 1
    )
    SELECT expense_claims.id FROM expense_claims
    LEFT JOIN booked ON booked.id = expense_claims.id
    LEFT JOIN paid ON paid.id = expense_claims.id
    WHERE coalesce(booked.approved, 0) <> coalesce(approved_minor, 0)
    OR coalesce(booked.in_transit, 0) <> coalesce(paid.in_transit, 0)
    OR coalesce(booked.disbursed, 0) <> coalesce(paid.disbursed, 0)
    OR booked.fund_id <> expense_claims.fund_id
    """,
)
invariant(
    "a fund holds for expenses what the claims that it pays say",
    """
    WITH claimed AS (
        SELECT fund_id, sum(approved_minor) AS minor FROM expense_claims
        WHERE status = 'approved' GROUP BY fund_id
    ), paid AS (
        SELECT fund_id,
            coalesce(sum(amount_minor) FILTER (WHERE status = 'released'), 0) AS in_transit,
            coalesce(sum(amount_minor) FILTER (WHERE status = 'settled'), 0) AS disbursed
        FROM payments WHERE expense_claim_id IS NOT NULL GROUP BY fund_id
    ), held AS (
        SELECT fund_id, sum(balance_minor) AS minor,
            coalesce(sum(balance_minor) FILTER (WHERE bucket = 'in_transit'), 0) AS in_transit,
            coalesce(sum(balance_minor) FILTER (WHERE bucket = 'disbursed'), 0) AS disbursed
        FROM ledger_accounts
        WHERE grant_id IS NULL AND bucket IN ('payable', 'in_transit', 'disbursed')
        GROUP BY fund_id
    )
    SELECT fund_id FROM claimed
    FULL JOIN held USING (fund_id)
    FULL JOIN paid USING (fund_id)
    WHERE coalesce(claimed.minor, 0) <> coalesce(held.minor, 0)
    OR coalesce(paid.in_transit, 0) <> coalesce(held.in_transit, 0)
    OR coalesce(paid.disbursed, 0) <> coalesce(held.disbursed, 0)
    """,
)
invariant(
    "an account to which nothing is paid any more does not name who was erased",
    """
    SELECT payee_accounts.id FROM payee_accounts
    JOIN expense_claims ON expense_claims.id = payee_accounts.expense_claim_id
    JOIN accounts ON accounts.id = expense_claims.claimant_id
    WHERE erased_at IS NOT NULL AND holder_name <> 'Erased person' AND (
        expense_claims.status IN ('declined', 'withdrawn') OR EXISTS (
            SELECT FROM payments
            WHERE payments.expense_claim_id = expense_claims.id AND payments.status = 'settled'
        )
    )
    """,
)
