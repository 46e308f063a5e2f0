"""Ways back: former names are kept, and what a merge of organisations or leave moves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LEFT = ("membership_pauses", "pause_requests")
MOVED = ("membership_tasks", "milestone_extensions")
RENAMED = {"organisation": "organisations", "collaboration": "collaborations"}


def upgrade() -> None:
    """Keep former names and merges."""
    op.create_table(
        "organisation_merges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("duplicate_id", sa.Uuid(), nullable=False),
        sa.Column("former_name_id", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("undone_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("moved", JSONB(), nullable=False),
        sa.Column("stood", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_merges"),
    )
    op.create_index(
        "ix_organisation_merges_duplicate_id", "organisation_merges", ["duplicate_id", "merged_at"]
    )
    _merged()
    _leave()
    for noun, table in RENAMED.items():
        _former_names(f"former_{noun}_names", table)


def downgrade() -> None:
    """Forget them."""
    _no_leave()
    op.drop_index("ix_collaborations_merged_into_id", "collaborations")
    op.drop_constraint("fk_collaborations_merged_into_id", "collaborations")
    op.drop_column("collaborations", "merged_into_id")
    for noun in RENAMED:
        op.drop_table(f"former_{noun}_names")
    op.drop_table("organisation_merges")


def _merged() -> None:
    op.add_column("collaborations", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    _refer("collaborations", "merged_into_id", "collaborations")


def _leave() -> None:
    for table in LEFT:
        op.add_column(
            table,
            sa.Column("moves_due_dates", sa.Boolean(), nullable=False, server_default=sa.false()),
        )
        _knowingly(
            "ban-drop-default", f"ALTER TABLE {table} ALTER COLUMN moves_due_dates DROP DEFAULT"
        )
    for table in MOVED:
        op.add_column(table, sa.Column("leave_id", sa.Uuid(), nullable=True))
        _refer(table, "leave_id", "membership_pauses")
    _later("new_due_at > old_due_at OR leave_id IS NOT NULL")


def _no_leave() -> None:
    _later("new_due_at > old_due_at")
    for table in MOVED:
        op.drop_index(f"ix_{table}_leave_id", table)
        op.drop_constraint(f"fk_{table}_leave_id", table)
        op.drop_column(table, "leave_id")
    for table in LEFT:
        op.drop_column(table, "moves_due_dates")


def _refer(table: str, column: str, to: str) -> None:
    _knowingly(
        "adding-foreign-key-constraint, constraint-missing-not-valid",
        f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_{column} "
        f"FOREIGN KEY ({column}) REFERENCES {to} (id) ON DELETE RESTRICT",
    )
    _knowingly(
        "require-concurrent-index-creation",
        f"CREATE INDEX ix_{table}_{column} ON {table} ({column})",
    )


def _later(condition: str) -> None:
    name, table = "ck_milestone_extensions_later", "milestone_extensions"
    _knowingly("ban-drop-constraint", f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition})",
    )


def _knowingly(rules: str, statement: str) -> None:
    op.execute(f"-- squawk-ignore {rules}\n{statement}")


def _former_names(name: str, of: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded",
            sa.Text(collation="C"),
            sa.Computed("fold(name)", persisted=True),
            nullable=False,
        ),
        sa.Column("until", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("of_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(
            ["of_id"], [f"{of}.id"], name=f"fk_{name}_of_id", ondelete="RESTRICT"
        ),
    )
    op.create_index(f"ix_{name}_of_id", name, ["of_id"])
    op.create_index(f"ix_{name}_name_folded", name, ["name_folded"])
