"""Claims of expenses, and what the ledger has of them."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
CLAIMS, ITEMS = "expense_claims", "expense_items"
SCOPES = (
    "'network', 'programme', 'cohort', 'collaboration', 'membership', 'commons', 'dossier', "
    "'session', 'fund', 'grant'"
)
KINDS = (
    "'receipt', 'refund', 'reservation', 'release', 'commitment', 'decommitment', "
    "'recommitment', 'acceptance', 'acceptance_undone', 'increase', 'decrease', 'reversal', "
    "'payment', 'settlement', 'payment_failed', 'payment_returned', 'recovery', "
    "'recovery_receipt', 'write_off'"
)
OF_CLAIMS = {
    "status": "status IN ('draft', 'submitted', 'returned', 'approved', 'declined', 'withdrawn')",
    "reference_leaves_room_for_payments": "length(reference) <= 20",
    "approved_minor": "approved_minor > 0",
    "approved_tax_minor": "approved_tax_minor BETWEEN 0 AND approved_minor",
    "decided_by_another": "decided_by_id <> claimant_id",
    "approved_whole": (
        "(status = 'approved') = (approved_minor IS NOT NULL) "
        "AND (approved_minor IS NULL) = (approved_tax_minor IS NULL)"
    ),
    "decided": "(status IN ('approved', 'declined')) = (decided_by_id IS NOT NULL)",
}
OF_ITEMS = {
    "kind": (
        "kind IN ('travel', 'accommodation', 'subsistence', 'access', 'childcare', 'fee', 'other')"
    ),
    "amount_minor": "amount_minor > 0",
    "tax_minor": "tax_minor BETWEEN 0 AND amount_minor",
    "approved_minor": "approved_minor BETWEEN 0 AND amount_minor",
    "lowered_with_a_reason": (
        "approved_minor IS NULL OR (approved_minor < amount_minor) = (lowered_because IS NOT NULL)"
    ),
    "receipt_or_reason": "num_nonnulls(file_id, no_receipt_because) <= 1",
}


def upgrade() -> None:
    """Make the tables, and let the ledger hold what is approved of them."""
    _allow("scopes", "kind", f"{SCOPES}, 'expense_claim'")
    op.create_table(
        CLAIMS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("claimant_id", sa.Uuid(), nullable=False),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "title_folded",
            sa.Text(collation="C"),
            sa.Computed("fold(title)", persisted=True),
            nullable=False,
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_minor", sa.BigInteger(), nullable=True),
        sa.Column("approved_tax_minor", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        *_checks(CLAIMS, OF_CLAIMS),
        _refers(CLAIMS, "id", "scopes"),
        _refers(CLAIMS, "cohort_id", "cohorts"),
        _refers(CLAIMS, "fund_id", "funds"),
        _refers(CLAIMS, "claimant_id", "accounts"),
        _refers(CLAIMS, "drafted_by_id", "accounts"),
        _refers(CLAIMS, "decided_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{CLAIMS}"),
        sa.UniqueConstraint("reference", name=f"uq_{CLAIMS}_reference"),
        sa.UniqueConstraint("cohort_id", "number", name=f"uq_{CLAIMS}_cohort_id_number"),
    )
    for column in ("fund_id", "claimant_id"):
        op.create_index(f"ix_{CLAIMS}_{column}", CLAIMS, [column, "created_at", "id"])
    for column in ("drafted_by_id", "decided_by_id"):
        op.create_index(f"ix_{CLAIMS}_{column}", CLAIMS, [column])
    for column in ("created_at", "updated_at"):
        op.create_index(f"ix_{CLAIMS}_{column}", CLAIMS, [column, "id"])
    op.create_index(
        f"ix_{CLAIMS}_trigrams",
        CLAIMS,
        ["title_folded", "reference"],
        postgresql_using="gin",
        postgresql_ops={"title_folded": "gin_trgm_ops", "reference": "gin_trgm_ops"},
    )
    _make_items()
    op.add_column("journal_entries", sa.Column("expense_claim_id", sa.Uuid(), nullable=True))
    _knowingly(
        "adding-foreign-key-constraint, constraint-missing-not-valid",
        "ALTER TABLE journal_entries ADD CONSTRAINT "
        "fk_journal_entries_expense_claim_id_expense_claims "
        "FOREIGN KEY (expense_claim_id) REFERENCES expense_claims (id) ON DELETE RESTRICT",
    )
    _knowingly(
        "constraint-missing-not-valid",
        "ALTER TABLE journal_entries ADD CONSTRAINT ck_journal_entries_of_a_grant_or_a_claim "
        "CHECK (num_nonnulls(grant_id, expense_claim_id) <= 1)",
    )
    _knowingly(
        "require-concurrent-index-creation",
        "CREATE INDEX ix_journal_entries_expense_claim_id ON journal_entries (expense_claim_id)",
    )
    _allow("journal_entries", "kind", f"{KINDS}, 'expense', 'expense_undone'")


def _make_items() -> None:
    op.create_table(
        ITEMS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("no_receipt_because", sa.Text(), nullable=True),
        sa.Column("approved_minor", sa.BigInteger(), nullable=True),
        sa.Column("lowered_because", sa.Text(), nullable=True),
        *_checks(ITEMS, OF_ITEMS),
        _refers(ITEMS, "claim_id", CLAIMS),
        _refers(ITEMS, "file_id", "files"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ITEMS}"),
        sa.UniqueConstraint("claim_id", "number", name=f"uq_{ITEMS}_claim_id_number"),
        sa.UniqueConstraint("file_id", name=f"uq_{ITEMS}_file_id"),
    )


def downgrade() -> None:
    """Take all of it back."""
    _allow("journal_entries", "kind", KINDS)
    op.drop_column("journal_entries", "expense_claim_id")
    op.drop_table(ITEMS)
    op.drop_table(CLAIMS)
    _allow("scopes", "kind", SCOPES)


def _checks(table: str, checks: dict[str, str]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(holds, name=op.f(f"ck_{table}_{name}")) for name, holds in checks.items()
    ]


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")


def _allow(table: str, column: str, values: str) -> None:
    name = f"ck_{table}_{column}"
    _knowingly("ban-drop-constraint", f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({values}))",
    )


def _knowingly(rules: str, statement: str) -> None:
    """A change that the linter warns of and that is meant: the table is small."""
    op.execute(f"-- squawk-ignore {rules}\n{statement}")
