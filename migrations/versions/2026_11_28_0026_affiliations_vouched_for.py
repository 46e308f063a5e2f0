"""Whoever says for whom somebody works is known, and whoever it is said of answers; who asks to be
forgotten is."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BY_WHOM_IT_WAS_ENTERED = """
UPDATE affiliations SET entered_by_id = coalesce(
    (SELECT activity.account_id FROM activity
     WHERE subject_id = affiliations.id AND verb = 'affiliation.created'
     ORDER BY position LIMIT 1),
    account_id
)
"""


def upgrade() -> None:
    """Keep who entered it, and what became of it; what one said of oneself needs no answer."""
    op.add_column("affiliations", sa.Column("entered_by_id", sa.Uuid(), nullable=True))
    op.execute(BY_WHOM_IT_WAS_ENTERED)
    _knowingly(
        "adding-not-nullable-field",
        "ALTER TABLE affiliations ALTER COLUMN entered_by_id SET NOT NULL",
    )
    _knowingly(
        "adding-foreign-key-constraint, constraint-missing-not-valid",
        "ALTER TABLE affiliations ADD CONSTRAINT fk_affiliations_entered_by_id_accounts"
        " FOREIGN KEY (entered_by_id) REFERENCES accounts (id) ON DELETE RESTRICT",
    )
    _knowingly(
        "require-concurrent-index-creation",
        "CREATE INDEX ix_affiliations_entered_by_id ON affiliations (entered_by_id)",
    )
    op.add_column("accounts", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    _knowingly(
        "constraint-missing-not-valid",
        "ALTER TABLE accounts ADD CONSTRAINT ck_accounts_erased_is_disabled"
        " CHECK (erased_at IS NULL OR disabled_at IS NOT NULL)",
    )
    for name in ("confirmed_at", "contested_at", "withdrawn_at"):
        op.add_column("affiliations", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE affiliations SET confirmed_at = created_at")
    _knowingly("require-concurrent-index-deletion", "DROP INDEX uq_affiliations_current")
    _knowingly(
        "require-concurrent-index-creation",
        "CREATE UNIQUE INDEX uq_affiliations_current ON affiliations"
        " (organisation_id, account_id) WHERE ended_on IS NULL AND withdrawn_at IS NULL",
    )


def downgrade() -> None:
    """Forget it; what was withdrawn goes, for nothing would say that it counts no more."""
    op.drop_column("accounts", "erased_at")
    op.execute("DELETE FROM affiliations WHERE withdrawn_at IS NOT NULL")
    op.drop_index("uq_affiliations_current", "affiliations")
    op.create_index(
        "uq_affiliations_current",
        "affiliations",
        ["organisation_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    for name in ("confirmed_at", "contested_at", "withdrawn_at", "entered_by_id"):
        op.drop_column("affiliations", name)


def _knowingly(rules: str, statement: str) -> None:
    """A change that the linter warns of and that is meant: the tables are small."""
    op.execute(f"-- squawk-ignore {rules}\n{statement}")
