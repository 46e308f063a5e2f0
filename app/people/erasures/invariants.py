"""What `pln doctor` looks for among those who were erased: each query returns no row when all is
well."""

from app.installation.doctor import invariant

invariant(
    "who was erased is known by nothing",
    """
    SELECT accounts.id FROM accounts
    WHERE erased_at IS NOT NULL AND (
        name <> 'Erased person' OR email <> accounts.id || '@erased.invalid'
        OR password_hash IS NOT NULL OR timezone IS NOT NULL OR disabled_at IS NULL
        OR EXISTS (SELECT FROM password_resets WHERE account_id = accounts.id)
        OR EXISTS (SELECT FROM address_proofs WHERE account_id = accounts.id)
        OR EXISTS (SELECT FROM former_addresses WHERE account_id = accounts.id)
        OR EXISTS (SELECT FROM idempotent_answers WHERE principal_id = accounts.id)
        OR EXISTS (
            SELECT FROM mail_messages AS letters JOIN invitations ON invitations.id = subject_id
            WHERE noun = 'invitation' AND accepted_by_id = accounts.id
        )
        OR EXISTS (SELECT FROM sign_ins WHERE account_id = accounts.id AND address IS NOT NULL)
        OR EXISTS (
            SELECT FROM invitations
            WHERE accepted_by_id = accounts.id AND invitations.name <> 'Erased person'
        )
    )
    """,
)
invariant(
    "whoever was erased was erased by two persons",
    """
    SELECT position, subject_id FROM activity AS done
    WHERE noun = 'account' AND verb = 'account.erased' AND NOT EXISTS (
        SELECT FROM activity AS said
        WHERE said.subject_id = done.subject_id AND said.verb = 'account.erase_endorsed'
            AND said.person_id <> done.person_id AND said.position < done.position
    )
    """,
)
