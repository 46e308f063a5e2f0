"""What `pln doctor` looks for between grants and the ledgers of the funds that pay them."""

from app.installation.doctor import invariant

invariant(
    "a fund holds for each grant what its status and its milestones say",
    """
    WITH booked AS (
        SELECT grants.id, grants.status,
            coalesce((
                SELECT sum(booked_minor) FROM milestone_terms
                WHERE grant_version_id = grant_versions.id
            ), award_minor) AS award_minor,
            coalesce(sum(balance_minor) FILTER (WHERE bucket = 'reserved'), 0) AS reserved,
            coalesce(sum(balance_minor) FILTER (WHERE bucket = 'committed'), 0) AS committed,
            coalesce(sum(balance_minor) FILTER (
                WHERE bucket IN ('payable', 'in_transit', 'disbursed', 'recoverable', 'written_off')
            ), 0) + coalesce((
                SELECT sum(CASE kind WHEN 'exchange_loss' THEN -amount_minor ELSE amount_minor END)
                FROM journal_entries
                WHERE grant_id = grants.id
                AND kind IN ('recovery_receipt', 'exchange_gain', 'exchange_loss') AND NOT EXISTS (
                    SELECT FROM journal_entries AS undoing
                    WHERE undoing.reverses_id = journal_entries.id
                )
            ), 0) AS earned_minor
        FROM grants
        JOIN grant_versions ON grant_versions.grant_id = grants.id AND superseded_at IS NULL
        AND (effective_at IS NOT NULL OR grant_versions.number = 1)
        LEFT JOIN ledger_accounts ON ledger_accounts.grant_id = grants.id
        WHERE grants.fund_id IS NOT NULL
        GROUP BY grants.id, grant_versions.id
    ), parts AS (
        SELECT milestones.grant_id, milestones.status, accepted_minor, amount_minor, booked_minor,
            accepted_minor * minor_rate AS exact
        FROM milestones
        JOIN grants ON grants.id = milestones.grant_id
        LEFT JOIN exchange_rates ON exchange_rates.id = exchange_rate_id
        JOIN milestone_terms ON milestone_id = milestones.id
        JOIN grant_versions ON grant_versions.id = grant_version_id
        AND superseded_at IS NULL AND (effective_at IS NOT NULL OR grant_versions.number = 1)
        WHERE milestones.status IN ('accepted', 'partially_accepted')
    ), earned AS (
        SELECT grant_id AS id, sum(
            CASE
                WHEN status = 'accepted' THEN coalesce(booked_minor, amount_minor)
                WHEN booked_minor IS NULL THEN accepted_minor
                ELSE least(booked_minor, greatest(least(accepted_minor, 1),
                    CASE WHEN exact - floor(exact) = 0.5 THEN 2 * round(exact / 2)
                    ELSE round(exact) END
                ))
            END
        ) AS minor
        FROM parts GROUP BY grant_id
    )
    SELECT booked.* FROM booked LEFT JOIN earned USING (id)
    WHERE reserved <> CASE status WHEN 'offered' THEN award_minor ELSE 0 END
    OR committed > 0 AND status NOT IN ('active', 'suspended', 'closing')
    OR committed + earned_minor > award_minor
    OR earned_minor <> coalesce(earned.minor, 0)
    """,
)
invariant(
    "entries about a grant are in the ledger of the fund that pays it",
    """
    SELECT journal_entries.id FROM journal_entries JOIN grants ON grants.id = grant_id
    WHERE grants.fund_id IS DISTINCT FROM journal_entries.fund_id
    AND grants.status NOT IN ('draft', 'pending_due_diligence', 'cancelled')
    """,
)
invariant(
    "a grant that was offered has an exchange rate where its fund is of another currency",
    """
    SELECT grants.id FROM grants
    JOIN funds ON funds.id = grants.fund_id
    JOIN grant_versions ON grant_versions.grant_id = grants.id AND superseded_at IS NULL
    AND (effective_at IS NOT NULL OR grant_versions.number = 1)
    LEFT JOIN exchange_rates ON exchange_rates.id = exchange_rate_id
    WHERE grants.status NOT IN ('draft', 'pending_due_diligence', 'cancelled') AND (
        (funds.currency <> grant_versions.currency) <> (exchange_rates.id IS NOT NULL)
        OR exchange_rates.fund_id <> grants.fund_id
        OR exchange_rates.currency <> grant_versions.currency
        OR (
            SELECT abs(sum(booked_minor) - award_minor * minor_rate) > count(*)
            FROM milestone_terms WHERE grant_version_id = grant_versions.id
        )
        OR EXISTS (
            SELECT FROM milestone_terms WHERE grant_version_id = grant_versions.id AND (
                (booked_minor IS NULL) <> (exchange_rates.id IS NULL)
                OR (booked_minor > 0) <> (amount_minor > 0)
            )
        )
    )
    """,
)
invariant(
    "the entries of a grant in another currency say in its own what was agreed and accepted",
    """
    WITH moved AS (
        SELECT journal_entries.grant_id, bucket, sum(
            CASE side WHEN 'credit' THEN granted_minor ELSE -granted_minor END
        ) AS minor
        FROM journal_entries
        JOIN postings ON entry_id = journal_entries.id
        JOIN ledger_accounts ON ledger_accounts.id = account_id
        AND ledger_accounts.grant_id = journal_entries.grant_id
        GROUP BY journal_entries.grant_id, bucket
    ), held AS (
        SELECT grants.id, grants.status, award_minor,
            coalesce(sum(minor) FILTER (WHERE bucket = 'reserved'), 0) AS reserved,
            coalesce(sum(minor) FILTER (WHERE bucket = 'committed'), 0) AS committed,
            coalesce(sum(minor) FILTER (
                WHERE bucket IN ('payable', 'in_transit', 'disbursed', 'recoverable', 'written_off')
            ), 0) + coalesce((
                SELECT sum(granted_minor) FROM journal_entries
                WHERE grant_id = grants.id AND kind = 'recovery_receipt' AND NOT EXISTS (
                    SELECT FROM journal_entries AS undoing
                    WHERE undoing.reverses_id = journal_entries.id
                )
            ), 0) AS earned_minor
        FROM grants
        JOIN grant_versions ON grant_versions.grant_id = grants.id AND superseded_at IS NULL
        AND (effective_at IS NOT NULL OR grant_versions.number = 1)
        JOIN moved ON moved.grant_id = grants.id
        WHERE exchange_rate_id IS NOT NULL
        AND grants.status NOT IN ('draft', 'pending_due_diligence', 'cancelled')
        GROUP BY grants.id, grant_versions.id
    ), earned AS (
        SELECT milestones.grant_id AS id, sum(coalesce(accepted_minor, amount_minor)) AS minor
        FROM milestones
        JOIN milestone_terms ON milestone_id = milestones.id
        JOIN grant_versions ON grant_versions.id = grant_version_id
        AND superseded_at IS NULL AND (effective_at IS NOT NULL OR grant_versions.number = 1)
        WHERE milestones.status IN ('accepted', 'partially_accepted')
        GROUP BY milestones.grant_id
    )
    SELECT held.* FROM held LEFT JOIN earned USING (id)
    WHERE reserved <> CASE status WHEN 'offered' THEN award_minor ELSE 0 END
    OR committed < 0 OR committed + earned_minor > award_minor
    OR earned_minor <> coalesce(earned.minor, 0)
    """,
)
