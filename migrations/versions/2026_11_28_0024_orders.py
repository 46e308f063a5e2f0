"""Indexes for the orders and filters of lists that had none."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_dispensations_subject_id": "dispensations (subject_id)",
    "ix_invitations_created_at": "invitations (created_at, id)",
    "ix_participants_since_on": "participants (since_on, id)",
    "ix_programmes_planned_start_on": "programmes (planned_start_on, id)",
    "ix_risks_raised_on": "risks (raised_on, id)",
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
