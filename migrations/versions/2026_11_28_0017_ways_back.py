"""Ways back: former names are kept, and what a merge of organisations or leave moves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WORK = (
    "answer_offer",
    "begin_onboarding",
    "activate_membership",
    "meet_task",
    "decide_pause_request",
    "await_pause_decision",
    "resume_membership",
    "sign_grant",
    "renew_check",
    "report_milestone",
    "submit_report",
    "answer_change_requests",
    "review_report",
    "decide_extension",
    "close_grant",
    "pass_service_account",
    "end_role_of_service",
    "take_service_account",
    "renew_role",
)
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
    _words("name_coordinator", "name_lead")
    for noun, table in RENAMED.items():
        _former_names(f"former_{noun}_names", table)


def downgrade() -> None:
    """Forget them."""
    _no_leave()
    op.drop_index("ix_collaborations_merged_into_id", "collaborations")
    op.drop_constraint("fk_collaborations_merged_into_id", "collaborations")
    op.drop_column("collaborations", "merged_into_id")
    _words()
    for noun in RENAMED:
        op.drop_table(f"former_{noun}_names")
    op.drop_table("organisation_merges")


def _merged() -> None:
    op.add_column("collaborations", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_collaborations_merged_into_id",
        "collaborations",
        "collaborations",
        ["merged_into_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.create_index("ix_collaborations_merged_into_id", "collaborations", ["merged_into_id"])


def _leave() -> None:
    for table in LEFT:
        op.add_column(
            table,
            sa.Column("moves_due_dates", sa.Boolean(), nullable=False, server_default=sa.false()),
        )
        op.alter_column(table, "moves_due_dates", server_default=None)
    for table in MOVED:
        op.add_column(table, sa.Column("leave_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(
            f"fk_{table}_leave_id",
            table,
            "membership_pauses",
            ["leave_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        op.create_index(f"ix_{table}_leave_id", table, ["leave_id"])
    _later("new_due_at > old_due_at OR leave_id IS NOT NULL")


def _no_leave() -> None:
    _later("new_due_at > old_due_at")
    for table in MOVED:
        op.drop_index(f"ix_{table}_leave_id", table)
        op.drop_constraint(f"fk_{table}_leave_id", table)
        op.drop_column(table, "leave_id")
    for table in LEFT:
        op.drop_column(table, "moves_due_dates")


def _later(condition: str) -> None:
    name, table = "ck_milestone_extensions_later", "milestone_extensions"
    op.drop_constraint(op.f(name), table)
    op.create_check_constraint(op.f(name), table, condition)


def _words(*new: str) -> None:
    """Let a reminder be about these kinds of work too."""
    words = ", ".join(f"'{one}'" for one in (*WORK, *new))
    op.drop_constraint(op.f("ck_reminders_work"), "reminders")
    op.create_check_constraint(op.f("ck_reminders_work"), "reminders", f"work IN ({words})")


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
