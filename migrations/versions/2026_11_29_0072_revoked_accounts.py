"""Payee accounts that are revoked, and those whose number is that of another payee."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

BEFORE = "'proposed', 'verified', 'replaced', 'rejected', 'withdrawn'"


def upgrade() -> None:
    """Of accounts that are there the mark of the number is not known: it takes the secret key."""
    _allow("status", f"status IN ({BEFORE}, 'revoked')")
    _allow(
        "verified", "status NOT IN ('verified', 'replaced', 'revoked') OR verified_at IS NOT NULL"
    )
    op.add_column("payee_accounts", sa.Column("fingerprint", sa.LargeBinary(), nullable=True))
    _knowingly(
        "require-concurrent-index-creation",
        "CREATE INDEX ix_payee_accounts_fingerprint ON payee_accounts (fingerprint)",
    )


def downgrade() -> None:
    """Forget the marks, where none was revoked."""
    op.drop_column("payee_accounts", "fingerprint")
    _allow("verified", "status NOT IN ('verified', 'replaced') OR verified_at IS NOT NULL")
    _allow("status", f"status IN ({BEFORE})")


def _allow(name: str, condition: str) -> None:
    called = f"ck_payee_accounts_{name}"
    _knowingly("ban-drop-constraint", f"ALTER TABLE payee_accounts DROP CONSTRAINT {called}")
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE payee_accounts ADD CONSTRAINT {called} CHECK ({condition})",
    )


def _knowingly(rules: str, statement: str) -> None:
    """A change that the linter warns of and that is meant: the table is small."""
    op.execute(f"-- squawk-ignore {rules}\n{statement}")
