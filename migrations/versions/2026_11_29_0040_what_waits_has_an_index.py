"""What waits is found by an index: what has ended, and what comes first of what is long.

The tables are those that only the application writes, and of a few ten thousand rows: each index is
made while it waits for nobody for more than a moment.
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_memberships_status": "memberships (status, id)",
    "ix_collaborations_status": "collaborations (status, id)",
    "ix_grant_versions_ends_on": "grant_versions (ends_on)",
    "ix_milestones_planned": "milestones (due_at, id) WHERE status = 'planned'",
    "ix_reports_under_review": "reports (id) WHERE status IN ('submitted', 'in_review')",
}


def upgrade() -> None:
    """Make them."""
    for name, on in INDEXES.items():
        op.execute(
            f"-- squawk-ignore require-concurrent-index-creation\nCREATE INDEX {name} ON {on}"
        )


def downgrade() -> None:
    """Drop them."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
