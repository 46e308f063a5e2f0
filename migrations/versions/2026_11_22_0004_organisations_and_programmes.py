"""Organisations and programmes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def life() -> list[sa.Column[object]]:
    """The columns of every record."""
    return [
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), nullable=False),
    ]


def name() -> list[sa.Column[object]]:
    """A name, and the form of it that is sorted and searched."""
    return [
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded",
            sa.Text(collation="C"),
            sa.Computed("fold(name)", persisted=True),
            nullable=False,
        ),
    ]


def upgrade() -> None:
    """Make the tables."""
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        *name(),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["organisations.id"],
            name="fk_organisations_merged_into_id",
            ondelete="RESTRICT",
        ),
        sa.CheckConstraint(
            "kind IN ('company', 'research', 'public_body', 'non_profit', 'other')",
            name=op.f("ck_organisations_kind"),
        ),
        sa.CheckConstraint(
            "merged_into_id <> id", name=op.f("ck_organisations_not_merged_into_itself")
        ),
    )
    op.create_index("ix_organisations_merged_into_id", "organisations", ["merged_into_id"])
    op.create_index("ix_organisations_name_folded", "organisations", ["name_folded", "id"])
    op.create_index("ix_organisations_created_at", "organisations", ["created_at", "id"])
    op.create_table(
        "organisation_identifiers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("list_code", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_identifiers"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_organisation_identifiers_organisation_id",
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint(
            "list_code", "number", name="uq_organisation_identifiers_list_code_number"
        ),
    )
    op.create_index(
        "ix_organisation_identifiers_organisation_id",
        "organisation_identifiers",
        ["organisation_id"],
    )
    op.create_table(
        "programmes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        *name(),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("planned_start_on", sa.Date(), nullable=False),
        sa.Column("planned_end_on", sa.Date(), nullable=True),
        sa.Column("actual_start_on", sa.Date(), nullable=True),
        sa.Column("actual_end_on", sa.Date(), nullable=True),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_programmes"),
        sa.ForeignKeyConstraint(
            ["id"], ["scopes.id"], name="fk_programmes_id", ondelete="RESTRICT"
        ),
        sa.UniqueConstraint("reference", name="uq_programmes_reference"),
        sa.CheckConstraint(
            "planned_end_on >= planned_start_on", name=op.f("ck_programmes_planned_dates_in_order")
        ),
        sa.CheckConstraint(
            "actual_end_on >= actual_start_on", name=op.f("ck_programmes_actual_dates_in_order")
        ),
    )
    op.create_index("ix_programmes_name_folded", "programmes", ["name_folded", "id"])
    op.create_table(
        "programme_parties",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(40), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "programme_id", "organisation_id", "part", name="pk_programme_parties"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name="fk_programme_parties_programme_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_programme_parties_organisation_id",
            ondelete="RESTRICT",
        ),
        sa.CheckConstraint(
            "part IN ('convenor', 'funder')", name=op.f("ck_programme_parties_part")
        ),
    )
    op.create_index(
        "ix_programme_parties_organisation_id", "programme_parties", ["organisation_id"]
    )
    op.create_table(
        "targets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("comparator", sa.String(40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("baseline", sa.BigInteger(), nullable=False),
        sa.Column("counting_rule", sa.String(40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_targets"),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name="fk_targets_programme_id",
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint("programme_id", "key", name="uq_targets_programme_id_key"),
        sa.CheckConstraint(
            "comparator IN ('at_least', 'at_most')", name=op.f("ck_targets_comparator")
        ),
        sa.CheckConstraint(
            "counting_rule IN ('by_hand', 'collaborations_launched', 'collaborations_taking_part', "
            "'priority_areas_launched')",
            name=op.f("ck_targets_counting_rule"),
        ),
        sa.CheckConstraint("value >= 1", name=op.f("ck_targets_value_positive")),
        sa.CheckConstraint("baseline >= 0", name=op.f("ck_targets_baseline_not_negative")),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_targets_due_after_start")),
    )
    op.create_index("ix_targets_programme_id", "targets", ["programme_id", "due_on", "id"])
    op.create_table(
        "target_readings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_target_readings"),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["targets.id"],
            name="fk_target_readings_target_id",
            ondelete="RESTRICT",
        ),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_target_readings_counted_not_negative")),
    )
    op.create_index(
        "ix_target_readings_target_id", "target_readings", ["target_id", "counted_on", "id"]
    )
    _of_programmes()
    _affiliations()


def _of_programmes() -> None:
    op.create_table(
        "strands",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_strands"),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name="fk_strands_programme_id",
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint("programme_id", "key", name="uq_strands_programme_id_key"),
    )
    op.create_table(
        "expectations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_expectations"),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name="fk_expectations_programme_id",
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint("programme_id", "key", name="uq_expectations_programme_id_key"),
        sa.CheckConstraint("kind IN ('criterion', 'principle')", name=op.f("ck_expectations_kind")),
    )
    op.create_index("ix_expectations_position", "expectations", ["programme_id", "position", "id"])
    op.create_table(
        "priority_areas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("launched_at", sa.TIMESTAMP(timezone=True), nullable=True),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_priority_areas"),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name="fk_priority_areas_programme_id",
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint("programme_id", "key", name="uq_priority_areas_programme_id_key"),
        sa.CheckConstraint(
            "status IN ('proposed', 'deferred', 'selected', 'rejected', 'launched')",
            name=op.f("ck_priority_areas_status"),
        ),
        sa.CheckConstraint(
            "(status = 'launched') = (launched_at IS NOT NULL)",
            name=op.f("ck_priority_areas_launched_at_launch"),
        ),
    )


def _affiliations() -> None:
    op.create_table(
        "affiliations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        *life(),
        sa.PrimaryKeyConstraint("id", name="pk_affiliations"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_affiliations_organisation_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name="fk_affiliations_account_id",
            ondelete="RESTRICT",
        ),
        sa.CheckConstraint("ended_on >= since_on", name=op.f("ck_affiliations_ends_after_start")),
    )
    op.create_index("ix_affiliations_account_id", "affiliations", ["account_id"])
    op.create_index("ix_affiliations_organisation_id", "affiliations", ["organisation_id"])
    op.create_index("ix_affiliations_created_at", "affiliations", ["created_at", "id"])
    op.create_index(
        "uq_affiliations_current",
        "affiliations",
        ["organisation_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )


def downgrade() -> None:
    """Take them back."""
    for table in (
        "affiliations",
        "priority_areas",
        "expectations",
        "strands",
        "target_readings",
        "targets",
        "programme_parties",
        "programmes",
        "organisation_identifiers",
        "organisations",
    ):
        op.drop_table(table)
    op.execute("DROP EXTENSION pg_trgm")
