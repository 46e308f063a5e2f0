"""To whom else a member shows its results, and what it sets out to be."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _make_disclosures()
    _make_targets()


def _make_disclosures() -> None:
    op.create_table(
        "disclosures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("result_set_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("shown_to", sa.String(40), nullable=False),
        sa.Column("to_membership_id", sa.Uuid(), nullable=True),
        sa.Column("ends_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        *_record(),
        sa.CheckConstraint("status IN ('granted', 'revoked')", name=op.f("ck_disclosures_status")),
        sa.CheckConstraint(
            "shown_to IN ('cohort', 'member')", name=op.f("ck_disclosures_shown_to")
        ),
        sa.CheckConstraint(
            "(shown_to = 'member') = (to_membership_id IS NOT NULL)",
            name=op.f("ck_disclosures_to_whom"),
        ),
        sa.CheckConstraint(
            "to_membership_id <> membership_id", name=op.f("ck_disclosures_to_another")
        ),
        sa.CheckConstraint(
            "(status = 'revoked') = (revoked_at IS NOT NULL)",
            name=op.f("ck_disclosures_revoked_at"),
        ),
        _refers("disclosures", "scope_id", "scopes"),
        _refers("disclosures", "result_set_id", "result_sets"),
        _refers("disclosures", "membership_id", "memberships"),
        _refers("disclosures", "collaboration_id", "collaborations"),
        _refers("disclosures", "to_membership_id", "memberships"),
        sa.PrimaryKeyConstraint("id", name="pk_disclosures"),
    )
    op.create_index(
        "uq_disclosures_granted",
        "disclosures",
        ["result_set_id", "membership_id", "to_membership_id"],
        unique=True,
        postgresql_where=sa.text("status = 'granted'"),
        postgresql_nulls_not_distinct=True,
    )
    for column in ("scope_id", "to_membership_id"):
        op.create_index(f"ix_disclosures_{column}", "disclosures", [column])
    for column in ("result_set_id", "membership_id", "collaboration_id"):
        op.create_index(f"ix_disclosures_{column}", "disclosures", [column, "created_at", "id"])
    for column in ("created_at", "updated_at"):
        op.create_index(f"ix_disclosures_{column}", "disclosures", [column, "id"])


def _make_targets() -> None:
    op.create_table(
        "trust_targets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("framework_version_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("aim", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("from_level", sa.BigInteger(), nullable=False),
        sa.Column("to_level", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("learning_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        *_record(),
        sa.CheckConstraint(
            "status IN ('open', 'met', 'dropped')", name=op.f("ck_trust_targets_status")
        ),
        sa.CheckConstraint(
            "from_level >= 0 AND to_level > from_level", name=op.f("ck_trust_targets_upwards")
        ),
        sa.CheckConstraint(
            "(status = 'open') = (settled_at IS NULL)",
            name=op.f("ck_trust_targets_settled_unless_open"),
        ),
        sa.CheckConstraint(
            "(status = 'met') = (evidence IS NOT NULL)",
            name=op.f("ck_trust_targets_met_with_evidence"),
        ),
        _refers("trust_targets", "scope_id", "scopes"),
        _refers("trust_targets", "membership_id", "memberships"),
        _refers("trust_targets", "framework_version_id", "framework_versions"),
        _refers("trust_targets", "owner_id", "accounts"),
        _refers("trust_targets", "learning_id", "learnings"),
        sa.PrimaryKeyConstraint("id", name="pk_trust_targets"),
    )
    for column in ("scope_id", "framework_version_id", "learning_id"):
        op.create_index(f"ix_trust_targets_{column}", "trust_targets", [column])
    for column in ("membership_id", "owner_id"):
        op.create_index(f"ix_trust_targets_{column}", "trust_targets", [column, "due_on", "id"])
    for column in ("due_on", "created_at", "updated_at"):
        op.create_index(f"ix_trust_targets_{column}", "trust_targets", [column, "id"])


def downgrade() -> None:
    """Take them back."""
    op.drop_table("trust_targets")
    op.drop_table("disclosures")


def _record() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
    ]


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
