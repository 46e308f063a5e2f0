"""Let the name on the account of a claim be forgotten, once nothing is paid there any more.

All else that an account says stays for ever, as the database holds; of whose claim it is, too.
"""

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

BEFORE = ("grant_id", "number", "form", "country", "currency", "holder_name", "last_four", "sealed")
SAYS = ("expense_claim_id", *(one for one in BEFORE if one != "holder_name"))
FORGOTTEN = "NEW.expense_claim_id IS NOT NULL AND NEW.holder_name = 'Erased person'"

KEPT = """
CREATE OR REPLACE FUNCTION refuse_another_payee_account() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF (%s) IS DISTINCT FROM (%s)%s THEN
        RAISE EXCEPTION 'payee account %% is changed', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'payee_accounts_kept';
    END IF;
    RETURN NEW;
END
$$
"""

ERASED = """
UPDATE payee_accounts SET holder_name = 'Erased person', version = payee_accounts.version + 1
FROM expense_claims JOIN accounts ON accounts.id = claimant_id
WHERE expense_claims.id = expense_claim_id AND erased_at IS NOT NULL AND (
    expense_claims.status IN ('declined', 'withdrawn') OR EXISTS (
        SELECT FROM payments
        WHERE payments.expense_claim_id = expense_claims.id AND payments.status = 'settled'
    )
)
"""


def upgrade() -> None:
    """Keep the rest, and forget the names of those who were erased before."""
    _keep(SAYS, f" OR (OLD.holder_name <> NEW.holder_name AND NOT ({FORGOTTEN}))")
    op.execute(ERASED)


def downgrade() -> None:
    """Keep the name too."""
    _keep(BEFORE)


def _keep(says: tuple[str, ...], besides: str = "") -> None:
    old, new = (", ".join(f"{row}.{one}" for one in says) for row in ("OLD", "NEW"))
    op.execute(KEPT % (old, new, besides))
