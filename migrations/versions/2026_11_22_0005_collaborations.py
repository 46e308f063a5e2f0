"""Collaborations and the organisations in them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATUSES = (
    "('idea', 'scoping', 'forming', 'launched', 'operating', 'on_hold', 'concluded', 'abandoned')"
)

ACCESS = "('closed', 'shared', 'open')"


def life() -> list[sa.Column[object]]:
    """The columns of every record."""
    return [
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), nullable=False),
    ]


def upgrade() -> None:
    """Make the tables."""
    op.execute("CREATE SEQUENCE collaboration_numbers")
    op.create_table(
        "collaborations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded",
            sa.Text(collation="C"),
            sa.Computed("fold(name)", persisted=True),
            nullable=False,
        ),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("challenge", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("launched_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("held_from", sa.String(40), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_collaborations"),
        sa.ForeignKeyConstraint(
            ["id"], ["scopes.id"], name="fk_collaborations_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["scopes.id"], name="fk_collaborations_file_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name="fk_collaborations_programme_id",
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint("reference", name="uq_collaborations_reference"),
        sa.UniqueConstraint("file_id", name="uq_collaborations_file_id"),
        sa.CheckConstraint(
            "origin IN ('network_member', 'priority_area', 'ad_hoc', 'challenge_spin_off')",
            name=op.f("ck_collaborations_origin"),
        ),
        sa.CheckConstraint(f"status IN {STATUSES}", name=op.f("ck_collaborations_status")),
        sa.CheckConstraint(f"held_from IN {STATUSES}", name=op.f("ck_collaborations_held_from")),
        sa.CheckConstraint(
            "(status = 'on_hold') = (held_from IS NOT NULL)",
            name=op.f("ck_collaborations_on_hold_knows_its_way_back"),
        ),
    )
    op.create_index("ix_collaborations_programme_id", "collaborations", ["programme_id"])
    op.create_index("ix_collaborations_name_folded", "collaborations", ["name_folded", "id"])
    op.create_index("ix_collaborations_created_at", "collaborations", ["created_at", "id"])
    op.create_table(
        "participants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_participants"),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name="fk_participants_collaboration_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scopes.id"], name="fk_participants_scope_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_participants_organisation_id",
            ondelete="RESTRICT",
        ),
        sa.CheckConstraint(
            "role IN ('steward', 'contributor', 'user', 'funder', 'beneficiary')",
            name=op.f("ck_participants_role"),
        ),
        sa.CheckConstraint("ended_on >= since_on", name=op.f("ck_participants_ends_after_start")),
    )
    op.create_index("ix_participants_collaboration_id", "participants", ["collaboration_id"])
    op.create_index("ix_participants_scope_id", "participants", ["scope_id"])
    op.create_index("ix_participants_organisation_id", "participants", ["organisation_id"])
    op.create_index(
        "uq_participants_current",
        "participants",
        ["collaboration_id", "organisation_id", "role"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    _data_sets()
    _risks()


def _data_sets() -> None:
    op.create_table(
        "data_sets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded",
            sa.Text(collation="C"),
            sa.Computed("fold(name)", persisted=True),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("access", sa.String(40), nullable=False),
        sa.Column("licence", sa.Text(), nullable=True),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_data_sets"),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name="fk_data_sets_collaboration_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scopes.id"], name="fk_data_sets_scope_id", ondelete="RESTRICT"
        ),
        sa.CheckConstraint(f"access IN {ACCESS}", name=op.f("ck_data_sets_access")),
        sa.CheckConstraint(
            "access <> 'open' OR licence IS NOT NULL", name=op.f("ck_data_sets_open_has_licence")
        ),
    )
    keys = ["name_folded", "id"]
    op.create_index("ix_data_sets_collaboration_id", "data_sets", ["collaboration_id", *keys])
    op.create_index("ix_data_sets_name_folded", "data_sets", keys)
    op.create_index("ix_data_sets_scope_id", "data_sets", ["scope_id"])
    op.create_table(
        "access_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data_set_id", sa.Uuid(), nullable=False),
        sa.Column("from_access", sa.String(40), nullable=True),
        sa.Column("to_access", sa.String(40), nullable=False),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_changes"),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_sets.id"],
            name="fk_access_changes_data_set_id",
            ondelete="RESTRICT",
        ),
        sa.CheckConstraint(f"from_access IN {ACCESS}", name=op.f("ck_access_changes_from_access")),
        sa.CheckConstraint(f"to_access IN {ACCESS}", name=op.f("ck_access_changes_to_access")),
        sa.CheckConstraint(
            "to_access <> 'open' OR licence IS NOT NULL",
            name=op.f("ck_access_changes_open_has_licence"),
        ),
    )
    op.create_index(
        "ix_access_changes_data_set_id", "access_changes", ["data_set_id", "since_on", "id"]
    )


def _risks() -> None:
    op.create_table(
        "risks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(40), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("mitigation", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_risks"),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name="fk_risks_collaboration_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scopes.id"], name="fk_risks_scope_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["accounts.id"], name="fk_risks_owner_id", ondelete="RESTRICT"
        ),
        sa.CheckConstraint(
            "area IN ('law', 'ethics', 'reputation', 'commerce', 'security', 'quality')",
            name=op.f("ck_risks_area"),
        ),
        sa.CheckConstraint("level IN ('red', 'amber', 'green')", name=op.f("ck_risks_level")),
        sa.CheckConstraint("closed_on >= raised_on", name=op.f("ck_risks_closed_after_raised")),
    )
    op.create_index("ix_risks_collaboration_id", "risks", ["collaboration_id", "raised_on", "id"])
    op.create_index("ix_risks_scope_id", "risks", ["scope_id"])
    op.create_index("ix_risks_owner_id", "risks", ["owner_id"])


def downgrade() -> None:
    """Take them back."""
    op.drop_table("risks")
    op.drop_table("access_changes")
    op.drop_table("data_sets")
    op.drop_table("participants")
    op.drop_table("collaborations")
    op.execute("DROP SEQUENCE collaboration_numbers")
