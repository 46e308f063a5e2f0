"""Find what was done by who did it, and by what was done; and walk four more lists in order."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_activity_account_id": "activity (account_id, epoch, transaction_id, position)",
    "ix_activity_verb": "activity (verb, epoch, transaction_id, position)",
    "ix_cohort_requirements_order": "cohort_requirements (position, id)",
    "ix_expectations_order": "expectations (position, id)",
    "ix_priority_areas_key": "priority_areas (key, id)",
    "ix_strands_key": "strands (key, id)",
    "ix_cohort_requirements_updated_at": "cohort_requirements (updated_at, id)",
    "ix_expectations_updated_at": "expectations (updated_at, id)",
    "ix_priority_areas_updated_at": "priority_areas (updated_at, id)",
    "ix_strands_updated_at": "strands (updated_at, id)",
}


def upgrade() -> None:
    """Make them."""
    for name, of in INDEXES.items():
        op.execute(
            f"-- squawk-ignore require-concurrent-index-creation\nCREATE INDEX {name} ON {of}"
        )


def downgrade() -> None:
    """Take them back."""
    for name in INDEXES:
        op.drop_index(name)
