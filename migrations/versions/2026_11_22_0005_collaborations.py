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
        sa.Column("strand_id", sa.Uuid(), nullable=True),
        sa.Column("priority_area_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("launched_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("held_from", sa.String(40), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("learning_waiver", sa.Text(), nullable=True),
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
        sa.ForeignKeyConstraint(
            ["strand_id"],
            ["strands.id"],
            name="fk_collaborations_strand_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["priority_area_id"],
            ["priority_areas.id"],
            name="fk_collaborations_priority_area_id",
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
            "priority_area_id IS NULL OR origin = 'priority_area'",
            name=op.f("ck_collaborations_area_of_its_origin"),
        ),
        sa.CheckConstraint(
            "(status = 'on_hold') = (held_from IS NOT NULL)",
            name=op.f("ck_collaborations_on_hold_knows_its_way_back"),
        ),
    )
    op.create_index("ix_collaborations_programme_id", "collaborations", ["programme_id"])
    op.create_index("ix_collaborations_strand_id", "collaborations", ["strand_id"])
    op.create_index("ix_collaborations_priority_area_id", "collaborations", ["priority_area_id"])
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
    _agreements()
    _answers()
    _impacts()
    _learnings()
    _support()


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
        sa.Column("first_used_on", sa.Date(), nullable=True),
        sa.Column("disposition", sa.String(40), nullable=True),
        sa.Column("disposition_note", sa.Text(), nullable=True),
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
            "disposition IN ('kept', 'handed_over', 'archived', 'deleted')",
            name=op.f("ck_data_sets_disposition"),
        ),
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


def part_of_collaboration(table: str) -> list[sa.schema.SchemaItem]:
    """The columns and keys of what lies in a collaboration's file."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name=f"fk_{table}_collaboration_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scopes.id"], name=f"fk_{table}_scope_id", ondelete="RESTRICT"
        ),
    ]


def _agreements() -> None:
    op.create_table(
        "agreements",
        *part_of_collaboration("agreements"),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        *life(),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["agreements.id"],
            name="fk_agreements_supersedes_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name="fk_agreements_file_id", ondelete="RESTRICT"
        ),
        sa.UniqueConstraint("supersedes_id", name="uq_agreements_supersedes_id"),
        sa.UniqueConstraint("file_id", name="uq_agreements_file_id"),
        sa.CheckConstraint(
            "kind IN ('data_sharing', 'data_processing', 'licence', 'memorandum', "
            "'confidentiality', 'other')",
            name=op.f("ck_agreements_kind"),
        ),
        sa.CheckConstraint(
            "(edition = 1) = (supersedes_id IS NULL)", name=op.f("ck_agreements_edition")
        ),
        sa.CheckConstraint(
            "num_nonnulls(file_id, url) <= 1", name=op.f("ck_agreements_file_or_url")
        ),
        sa.CheckConstraint(
            "signed_on IS NULL OR starts_on IS NOT NULL", name=op.f("ck_agreements_signed_starts")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_agreements_ends_after_start")),
    )
    op.create_index(
        "ix_agreements_collaboration_id", "agreements", ["collaboration_id", "created_at", "id"]
    )
    op.create_index("ix_agreements_scope_id", "agreements", ["scope_id"])
    op.create_index("ix_agreements_created_at", "agreements", ["created_at", "id"])
    for noun, table in (("organisation", "agreement_parties"), ("data_set", "agreement_data_sets")):
        op.create_table(
            table,
            sa.Column("agreement_id", sa.Uuid(), nullable=False),
            sa.Column(f"{noun}_id", sa.Uuid(), nullable=False),
            sa.PrimaryKeyConstraint("agreement_id", f"{noun}_id", name=f"pk_{table}"),
            sa.ForeignKeyConstraint(
                ["agreement_id"],
                ["agreements.id"],
                name=f"fk_{table}_agreement_id",
                ondelete="RESTRICT",
            ),
            sa.ForeignKeyConstraint(
                [f"{noun}_id"],
                [f"{noun}s.id"],
                name=f"fk_{table}_{noun}_id",
                ondelete="RESTRICT",
            ),
        )
        op.create_index(f"ix_{table}_{noun}_id", table, [f"{noun}_id"])


def _answers() -> None:
    op.create_table(
        "collaboration_answers",
        *part_of_collaboration("collaboration_answers"),
        sa.Column("expectation_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(40), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=False),
        *life(),
        sa.ForeignKeyConstraint(
            ["expectation_id"],
            ["expectations.id"],
            name="fk_collaboration_answers_expectation_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["accounts.id"],
            name="fk_collaboration_answers_answered_by_id",
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint(
            "collaboration_id",
            "expectation_id",
            name="uq_collaboration_answers_collaboration_id_expectation_id",
        ),
        sa.CheckConstraint(
            "verdict IN ('yes', 'no', 'unclear')", name=op.f("ck_collaboration_answers_verdict")
        ),
    )
    op.create_index(
        "ix_collaboration_answers_expectation_id", "collaboration_answers", ["expectation_id"]
    )
    op.create_index(
        "ix_collaboration_answers_answered_by_id", "collaboration_answers", ["answered_by_id"]
    )
    op.create_index("ix_collaboration_answers_scope_id", "collaboration_answers", ["scope_id"])


def _impacts() -> None:
    op.create_table(
        "impacts",
        *part_of_collaboration("impacts"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("beneficiaries", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        *life(),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name="fk_impacts_file_id", ondelete="RESTRICT"
        ),
        sa.UniqueConstraint("file_id", name="uq_impacts_file_id"),
        sa.CheckConstraint("num_nonnulls(file_id, url) <= 1", name=op.f("ck_impacts_file_or_url")),
    )
    op.create_index(
        "ix_impacts_collaboration_id", "impacts", ["collaboration_id", "happened_on", "id"]
    )
    op.create_index("ix_impacts_happened_on", "impacts", ["happened_on", "id"])
    op.create_index("ix_impacts_scope_id", "impacts", ["scope_id"])


def _learnings() -> None:
    op.create_table(
        "learnings",
        *part_of_collaboration("learnings"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=True),
        sa.Column("shared_on", sa.Date(), nullable=False),
        *life(),
    )
    op.create_index(
        "ix_learnings_collaboration_id", "learnings", ["collaboration_id", "shared_on", "id"]
    )
    op.create_index("ix_learnings_shared_on", "learnings", ["shared_on", "id"])
    op.create_index("ix_learnings_scope_id", "learnings", ["scope_id"])


def _support() -> None:
    op.create_table(
        "support",
        *part_of_collaboration("support"),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        *life(),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["accounts.id"], name="fk_support_given_by_id", ondelete="RESTRICT"
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_support_minutes_positive")),
    )
    op.create_index(
        "ix_support_collaboration_id", "support", ["collaboration_id", "given_on", "id"]
    )
    op.create_index("ix_support_given_on", "support", ["given_on", "id"])
    op.create_index("ix_support_given_by_id", "support", ["given_by_id"])
    op.create_index("ix_support_scope_id", "support", ["scope_id"])


def downgrade() -> None:
    """Take them back."""
    for table in (
        "support",
        "learnings",
        "impacts",
        "collaboration_answers",
        "agreement_data_sets",
        "agreement_parties",
        "agreements",
    ):
        op.drop_table(table)
    op.drop_table("risks")
    op.drop_table("access_changes")
    op.drop_table("data_sets")
    op.drop_table("participants")
    op.drop_table("collaborations")
    op.execute("DROP SEQUENCE collaboration_numbers")
