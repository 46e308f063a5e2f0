"""Frameworks and their versions.

A version that was published does not change, but for the status of it; a trigger holds that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
NETWORK = "00000000-0000-7000-8000-000000000001"

KEEP_PUBLISHED = """
CREATE FUNCTION keep_published_framework_versions() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.status <> 'draft' AND (
        TG_OP = 'DELETE'
        OR NEW.status = 'draft'
        OR (to_jsonb(NEW) - '{status,version,updated_at}'::text[])
            <> (to_jsonb(OLD) - '{status,version,updated_at}'::text[])
    ) THEN
        RAISE EXCEPTION 'a published version of a framework does not change'
            USING ERRCODE = '23514', CONSTRAINT = 'framework_versions_unchanging';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$
"""

ON_CHANGE = """
CREATE TRIGGER framework_versions_unchanging BEFORE UPDATE OR DELETE ON framework_versions
FOR EACH ROW EXECUTE FUNCTION keep_published_framework_versions()
"""


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "frameworks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column(
            "scope_id",
            sa.Uuid(),
            sa.Computed(f"coalesce(programme_id, '{NETWORK}'::uuid)", persisted=True),
            nullable=False,
        ),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded",
            sa.Text(collation="C"),
            sa.Computed("fold(name)", persisted=True),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        _refers("frameworks", "programme_id", "programmes"),
        _refers("frameworks", "scope_id", "scopes"),
        sa.PrimaryKeyConstraint("id", name="pk_frameworks"),
        sa.UniqueConstraint("scope_id", "slug", name="uq_frameworks_scope_id_slug"),
        sa.UniqueConstraint("id", "scope_id", name="uq_frameworks_id_scope_id"),
    )
    op.create_index("ix_frameworks_programme_id", "frameworks", ["programme_id"])
    op.create_index("ix_frameworks_slug", "frameworks", ["slug", "id"])
    op.create_index("ix_frameworks_created_at", "frameworks", ["created_at", "id"])
    op.create_index("ix_frameworks_updated_at", "frameworks", ["updated_at", "id"])
    op.create_index(
        "ix_frameworks_trigrams",
        "frameworks",
        ["name_folded"],
        postgresql_using="gin",
        postgresql_ops={"name_folded": "gin_trgm_ops"},
    )
    op.create_table(
        "framework_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("framework_id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("structure_hash", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'retired')",
            name=op.f("ck_framework_versions_status"),
        ),
        sa.CheckConstraint(
            "kind IN ('framework', 'survey')", name=op.f("ck_framework_versions_kind")
        ),
        sa.CheckConstraint(
            "(status = 'draft') = (published_at IS NULL)",
            name=op.f("ck_framework_versions_published_at_publishing"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(document::jsonb) = 'object'",
            name=op.f("ck_framework_versions_document_is_one"),
        ),
        sa.ForeignKeyConstraint(
            ["framework_id", "scope_id"],
            ["frameworks.id", "frameworks.scope_id"],
            name="fk_framework_versions_framework_id_frameworks",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_framework_versions"),
        sa.UniqueConstraint(
            "framework_id", "number", name="uq_framework_versions_framework_id_number"
        ),
    )
    op.create_index(
        "uq_framework_versions_draft",
        "framework_versions",
        ["framework_id"],
        unique=True,
        postgresql_where=sa.text("status = 'draft'"),
    )
    op.create_index("ix_framework_versions_scope_id", "framework_versions", ["scope_id"])
    op.create_index(
        "ix_framework_versions_framework_id",
        "framework_versions",
        ["framework_id", "created_at", "id"],
    )
    for column in ("created_at", "updated_at"):
        op.create_index(f"ix_framework_versions_{column}", "framework_versions", [column, "id"])
    op.execute(KEEP_PUBLISHED)
    op.execute(ON_CHANGE)


def downgrade() -> None:
    """Take them back."""
    op.drop_table("framework_versions")
    op.execute("DROP FUNCTION keep_published_framework_versions()")
    op.drop_table("frameworks")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
