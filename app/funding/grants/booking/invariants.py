"""What `pln doctor` looks for between grants and the ledgers of the funds that pay them."""

from app.installation.doctor import invariant

invariant(
    "a fund holds for each grant what its status and its milestones say",
    """
    WITH booked AS (
        SELECT grants.id, grants.status, award_minor,
            coalesce(sum(balance_minor) FILTER (WHERE bucket = 'reserved'), 0) AS reserved,
            coalesce(sum(balance_minor) FILTER (WHERE bucket = 'committed'), 0) AS committed,
            coalesce(sum(balance_minor) FILTER (
                WHERE bucket IN ('payable', 'in_transit', 'disbursed', 'recoverable', 'written_off')
            ), 0) + coalesce((
                SELECT sum(amount_minor) FROM journal_entries
                WHERE grant_id = grants.id AND kind = 'recovery_receipt' AND NOT EXISTS (
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
    ), earned AS (
        SELECT milestones.grant_id AS id, sum(
            CASE milestones.status WHEN 'accepted' THEN amount_minor ELSE accepted_minor END
        ) AS minor
        FROM milestones
        JOIN milestone_terms ON milestone_id = milestones.id
        JOIN grant_versions ON grant_versions.id = grant_version_id
        AND superseded_at IS NULL AND (effective_at IS NOT NULL OR grant_versions.number = 1)
        WHERE milestones.status IN ('accepted', 'partially_accepted')
        GROUP BY milestones.grant_id
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
