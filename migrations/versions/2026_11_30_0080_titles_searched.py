"""Search and sort by their titles what people look for by it."""

from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

TITLED = (
    "action_items",
    "agreements",
    "announcements",
    "framework_versions",
    "grant_publications",
    "grant_templates",
    "impacts",
    "learning_sessions",
    "learnings",
    "rounds",
    "session_polls",
    "session_series",
)

ORDERED = (
    ("accounting_periods", "name_folded"),
    ("bank_lines", "value_on"),
    ("frameworks", "name_folded"),
)
"""What else lists are sorted by, which had no index of its order."""

KEEP_PUBLISHED = """
CREATE OR REPLACE FUNCTION keep_published_framework_versions() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.status <> 'draft' AND (
        TG_OP = 'DELETE'
        OR NEW.status = 'draft'
        OR (to_jsonb(NEW) - '{%s}'::text[]) <> (to_jsonb(OLD) - '{%s}'::text[])
    ) THEN
        RAISE EXCEPTION 'a published version of a framework does not change'
            USING ERRCODE = '23514', CONSTRAINT = 'framework_versions_unchanging';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$
"""
"""Before a row is written, what is computed of it is not known yet."""

CHANGING = "status,version,updated_at"


def upgrade() -> None:
    """Fold each title, with the index of its order and that of its parts."""
    op.execute(KEEP_PUBLISHED.replace("%s", f"{CHANGING},title_folded"))
    for table in TITLED:
        op.execute(
            f"-- squawk-ignore adding-field-with-default\n"
            f"ALTER TABLE {table} ADD COLUMN title_folded text"
            f' COLLATE "C" GENERATED ALWAYS AS (fold(title)) STORED NOT NULL'
        )
        _index(f"ix_{table}_title_folded ON {table} (title_folded, id)")
        _index(f"ix_{table}_trigrams ON {table} USING gin (title_folded gin_trgm_ops)")
    for table, column in ORDERED:
        _index(f"ix_{table}_{column} ON {table} ({column}, id)")


def _index(what: str) -> None:
    """Make it at once: the tables are small."""
    op.execute(f"-- squawk-ignore require-concurrent-index-creation\nCREATE INDEX {what}")


def downgrade() -> None:
    """Forget them; what was said stays."""
    op.execute(KEEP_PUBLISHED.replace("%s", CHANGING))
    for table, column in reversed(ORDERED):
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    for table in TITLED:
        op.drop_index(f"ix_{table}_trigrams", table_name=table)
        op.drop_index(f"ix_{table}_title_folded", table_name=table)
        op.drop_column(table, "title_folded")
