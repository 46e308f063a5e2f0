"""Lists of evidence, extensions, consents and targets along an index.

The tables are those that only the application writes, and of a few ten thousand rows: each index is
made while it waits for nobody for more than a moment.
"""

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_evidence_created_at": "evidence (created_at, id)",
    "ix_evidence_updated_at": "evidence (updated_at, id)",
    "ix_publication_consents_created_at": "publication_consents (created_at, id)",
    "ix_publication_consents_updated_at": "publication_consents (updated_at, id)",
    "ix_milestone_extensions_created_at": "milestone_extensions (created_at, id)",
    "ix_milestone_extensions_updated_at": "milestone_extensions (updated_at, id)",
    "ix_targets_due_on": "targets (due_on, id)",
    "ix_targets_updated_at": "targets (updated_at, id)",
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
