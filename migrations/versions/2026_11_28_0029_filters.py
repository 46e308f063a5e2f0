"""Every list is found by when its rows changed, and names are searched by their parts."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

CHANGED = (
    "accounts",
    "affiliations",
    "agreements",
    "announcements",
    "api_tokens",
    "cohorts",
    "collaborations",
    "conflicts_of_interest",
    "data_sets",
    "dispensations",
    "grant_templates",
    "grants",
    "impacts",
    "invitations",
    "learnings",
    "membership_tasks",
    "memberships",
    "milestones",
    "organisations",
    "participants",
    "pause_requests",
    "programmes",
    "reports",
    "risks",
    "role_assignments",
    "support",
)
"""The tables of which there are lists of all."""

TITLED = ("grants", "milestones")
SEARCHED = {
    "accounts": "name_folded",
    "cohorts": "name_folded, reference",
    "collaborations": "name_folded, reference",
    "data_sets": "name_folded",
    "former_collaboration_names": "name_folded",
    "former_organisation_names": "name_folded",
    "grants": "title_folded, reference",
    "milestones": "title_folded, reference",
    "organisations": "name_folded",
    "programmes": "name_folded, reference",
}


def upgrade() -> None:
    """Fold titles as names are, and find rows by change and by parts of what they are called."""
    for table in TITLED:
        op.execute(
            f"-- squawk-ignore adding-field-with-default\n"
            f"ALTER TABLE {table} ADD COLUMN title_folded text"
            f' COLLATE "C" GENERATED ALWAYS AS (fold(title)) STORED NOT NULL'
        )
    for table in CHANGED:
        _index(f"ix_{table}_updated_at ON {table} (updated_at, id)")
    for table in TITLED:
        _index(f"ix_{table}_title_folded ON {table} (title_folded, id)")
    for table, columns in SEARCHED.items():
        each = ", ".join(f"{column} gin_trgm_ops" for column in columns.split(", "))
        _index(f"ix_{table}_trigrams ON {table} USING gin ({each})")


def downgrade() -> None:
    """Take it back."""
    for table in SEARCHED:
        op.drop_index(f"ix_{table}_trigrams", table)
    for table in CHANGED:
        op.drop_index(f"ix_{table}_updated_at", table)
    for table in TITLED:
        op.drop_column(table, "title_folded")


def _index(what: str) -> None:
    """The tables are small."""
    op.execute(f"-- squawk-ignore require-concurrent-index-creation\nCREATE INDEX {what}")
