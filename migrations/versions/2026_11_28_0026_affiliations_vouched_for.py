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
    op.alter_column("affiliations", "entered_by_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_affiliations_entered_by_id_accounts"),
        "affiliations",
        "accounts",
        ["entered_by_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.create_index(op.f("ix_affiliations_entered_by_id"), "affiliations", ["entered_by_id"])
    op.add_column("accounts", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_accounts_erased_is_disabled"),
        "accounts",
        "erased_at IS NULL OR disabled_at IS NOT NULL",
    )
    for name in ("confirmed_at", "contested_at", "withdrawn_at"):
        op.add_column("affiliations", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE affiliations SET confirmed_at = created_at")
    op.drop_index("uq_affiliations_current", "affiliations")
    op.create_index(
        "uq_affiliations_current",
        "affiliations",
        ["organisation_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL AND withdrawn_at IS NULL"),
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
