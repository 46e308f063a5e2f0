"""What `pln doctor` looks for in the ledgers: each query returns no row when all is well."""

from app.installation.doctor import invariant

invariant(
    "a journal entry has two sides of the same sum, and two lines or more",
    """
    SELECT journal_entries.id FROM journal_entries
    LEFT JOIN postings ON entry_id = journal_entries.id
    GROUP BY journal_entries.id
    HAVING count(entry_id) < 2
    OR sum(CASE side WHEN 'debit' THEN postings.amount_minor ELSE -postings.amount_minor END) <> 0
    OR sum(postings.amount_minor) FILTER (WHERE side = 'debit') <> journal_entries.amount_minor
    """,
)
invariant(
    "a bucket holds what was posted to it",
    """
    SELECT ledger_accounts.id, bucket, balance_minor FROM ledger_accounts
    LEFT JOIN postings ON account_id = ledger_accounts.id
    GROUP BY ledger_accounts.id
    HAVING balance_minor <> coalesce(sum(
        CASE WHEN (side = 'debit') = (bucket = 'external') THEN amount_minor ELSE -amount_minor END
    ), 0) OR ledger_accounts.version <> count(entry_id)
    """,
)
invariant(
    "what a fund received is what its other buckets hold",
    """
    SELECT fund_id FROM ledger_accounts GROUP BY fund_id
    HAVING sum(CASE bucket WHEN 'external' THEN balance_minor ELSE -balance_minor END) <> 0
    """,
)
invariant(
    "a fund received no more than its funder agreed to give",
    """
    SELECT funds.id, limit_minor, balance_minor FROM funds
    JOIN ledger_accounts ON fund_id = funds.id AND bucket = 'external'
    WHERE balance_minor > limit_minor
    """,
)
invariant(
    "a reversal is the mirror of what it reverses",
    """
    SELECT undoing.id FROM journal_entries AS undoing
    JOIN journal_entries AS undone ON undone.id = undoing.reverses_id
    WHERE undone.fund_id <> undoing.fund_id OR undone.kind = 'reversal'
    OR EXISTS (
        SELECT account_id, CASE side WHEN 'debit' THEN 'credit' ELSE 'debit' END, amount_minor
        FROM postings WHERE entry_id = undone.id
        EXCEPT SELECT account_id, side, amount_minor FROM postings WHERE entry_id = undoing.id
    )
    """,
)
invariant(
    "a fund has a bank's reference once for each kind, but for what was undone",
    """
    SELECT fund_id, kind, bank_reference_folded FROM journal_entries AS booked
    WHERE bank_reference_folded IS NOT NULL
    AND NOT EXISTS (SELECT FROM journal_entries WHERE reverses_id = booked.id)
    GROUP BY fund_id, kind, bank_reference_folded HAVING count(*) > 1
    """,
)
