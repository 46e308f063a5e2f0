"""Conflicts of interest, dispensations, and what is marked in the record."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Make the two tables, and the index of what is marked."""
    _conflicts()
    _dispensations()
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_activity_marked ON activity (epoch, transaction_id, position) "
        "WHERE detail ? 'marks'"
    )


def _conflicts() -> None:
    table = "conflicts_of_interest"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("collaboration_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(organisation_id, collaboration_id, person_id) = 1",
            name=op.f("ck_conflicts_of_interest_about_one_thing"),
        ),
        sa.CheckConstraint(
            "person_id <> account_id", name=op.f("ck_conflicts_of_interest_about_another")
        ),
        sa.CheckConstraint(
            "until_on >= from_on", name=op.f("ck_conflicts_of_interest_ends_after_start")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{target}.id"],
                name=f"fk_conflicts_of_interest_{column}",
                ondelete="RESTRICT",
            )
            for column, target in (
                ("account_id", "accounts"),
                ("organisation_id", "organisations"),
                ("collaboration_id", "collaborations"),
                ("person_id", "accounts"),
                ("entered_by_id", "accounts"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_conflicts_of_interest"),
    )
    for column in (
        "account_id",
        "organisation_id",
        "collaboration_id",
        "person_id",
        "entered_by_id",
    ):
        op.create_index(f"ix_conflicts_of_interest_{column}", table, [column])
    op.create_index("ix_conflicts_of_interest_from_on", table, ["from_on", "id"])
    op.create_index(
        "uq_conflicts_of_interest_current",
        table,
        ["account_id", "organisation_id", "collaboration_id", "person_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("until_on IS NULL AND withdrawn_at IS NULL"),
    )


def _dispensations() -> None:
    table = "dispensations"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('proposed', 'confirmed', 'revoked')", name=op.f("ck_dispensations_status")
        ),
        sa.CheckConstraint(
            "proposed_by_id <> account_id", name=op.f("ck_dispensations_not_for_oneself")
        ),
        sa.CheckConstraint(
            "confirmed_by_id NOT IN (account_id, proposed_by_id)",
            name=op.f("ck_dispensations_confirmed_by_another"),
        ),
        sa.CheckConstraint(
            "status <> 'confirmed' OR confirmed_by_id IS NOT NULL",
            name=op.f("ck_dispensations_confirmed_by_someone"),
        ),
        sa.CheckConstraint(
            "(confirmed_by_id IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_dispensations_confirmation_has_its_instant"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=f"fk_dispensations_{column}", ondelete="RESTRICT"
            )
            for column, target in (
                ("account_id", "accounts"),
                ("scope_id", "scopes"),
                ("proposed_by_id", "accounts"),
                ("confirmed_by_id", "accounts"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_dispensations"),
    )
    for column in ("account_id", "scope_id", "proposed_by_id", "confirmed_by_id"):
        op.create_index(f"ix_dispensations_{column}", table, [column])
    op.create_index("ix_dispensations_created_at", table, ["created_at", "id"])
    op.create_index(
        "uq_dispensations_one_at_a_time",
        table,
        ["subject_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'revoked'"),
    )


def downgrade() -> None:
    """Take them back."""
    op.drop_index("ix_activity_marked", "activity")
    op.drop_table("dispensations")
    op.drop_table("conflicts_of_interest")
