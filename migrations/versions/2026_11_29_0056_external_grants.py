"""Grants that other funders published, and their organisations as they were told of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "external_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        *_record(),
        sa.PrimaryKeyConstraint("id", name="pk_external_files"),
    )
    op.create_table(
        "external_organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("charity_number", sa.Text(), nullable=True),
        sa.Column("company_number", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        *_record(),
        sa.PrimaryKeyConstraint("id", name="pk_external_organisations"),
        sa.UniqueConstraint("org_id", name="uq_external_organisations_org_id"),
    )
    _make_grants()


def _make_grants() -> None:
    op.create_table(
        "external_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "title_folded",
            sa.Text(collation="C"),
            sa.Computed("fold(title)", persisted=True),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("awarded_minor", sa.BigInteger(), nullable=False),
        sa.Column("applied_for_minor", sa.BigInteger(), nullable=True),
        sa.Column("disbursed_minor", sa.BigInteger(), nullable=True),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("programme_title", sa.Text(), nullable=True),
        sa.Column("is_from_open_call", sa.Boolean(), nullable=True),
        sa.Column("funder_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("record", JSONB(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        *_record(),
        sa.CheckConstraint("awarded_minor >= 0", name=op.f("ck_external_grants_awarded_minor")),
        _refers("funder_id", "external_organisations"),
        _refers("recipient_id", "external_organisations"),
        _refers("file_id", "external_files"),
        sa.PrimaryKeyConstraint("id", name="pk_external_grants"),
        sa.UniqueConstraint("identifier", name="uq_external_grants_identifier"),
    )
    for column in ("awarded_on", "title_folded", "updated_at"):
        op.create_index(f"ix_external_grants_{column}", "external_grants", [column, "id"])
    for column in ("funder_id", "recipient_id"):
        op.create_index(
            f"ix_external_grants_{column}", "external_grants", [column, "awarded_on", "id"]
        )
    op.create_index("ix_external_grants_file_id", "external_grants", ["file_id"])
    op.create_index(
        "ix_external_grants_trigrams",
        "external_grants",
        ["title_folded"],
        postgresql_using="gin",
        postgresql_ops={"title_folded": "gin_trgm_ops"},
    )


def downgrade() -> None:
    """Take them back."""
    for table in ("external_grants", "external_organisations", "external_files"):
        op.drop_table(table)


def _record() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
    ]


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_external_grants_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
