"""Limits of authority: up to how much somebody approves, releases or writes off.

The database itself holds that nobody sets or confirms their own, and that two do it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
TABLE = "payment_limits"
ROLES = (
    "'administrator', 'programme_manager', 'coordinator', 'facilitator', 'reviewer', 'adviser', "
    "'finance_approver', 'payment_releaser', 'funder', 'collaboration_lead', "
    "'collaboration_member', 'observer', 'auditor', 'scheduler'"
)
CHECKS = {
    "status": "status IN ('proposed', 'standing', 'ended', 'dismissed')",
    "act": "act IN ('approve', 'release', 'write_off')",
    "role": f"role IN ({ROLES})",
    "amount_minor": "amount_minor > 0",
    "valid_in_order": "valid_until > valid_from",
    "of_a_role_or_a_person": "num_nonnulls(role, account_id) = 1",
    "deputy_for_a_time": (
        "delegated_from_id IS NULL OR (account_id IS NOT NULL AND valid_until IS NOT NULL)"
    ),
    "set_by_another": "account_id <> proposed_by_id",
    "confirmed_for_another": "account_id <> confirmed_by_id",
    "confirmed_by_another": "confirmed_by_id <> proposed_by_id",
    "confirmed_whole": "num_nonnulls(confirmed_by_id, confirmed_at) IN (0, 2)",
    "confirmed": (
        "status NOT IN ('standing', 'ended') OR (confirmed_by_id IS NOT NULL) <> "
        "(delegated_from_id IS NOT NULL)"
    ),
}
REFERS = {
    "programme_id": "programmes",
    "account_id": "accounts",
    "delegated_from_id": TABLE,
    "proposed_by_id": "accounts",
    "confirmed_by_id": "accounts",
}


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("role", sa.String(40), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", INSTANT, nullable=False),
        sa.Column("valid_until", INSTANT, nullable=True),
        sa.Column("delegated_from_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        *(
            sa.CheckConstraint(holds, name=op.f(f"ck_{TABLE}_{name}"))
            for name, holds in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{to}.id"], name=f"fk_{TABLE}_{column}_{to}", ondelete="RESTRICT"
            )
            for column, to in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
    )
    op.create_index(f"ix_{TABLE}_programme_id", TABLE, ["programme_id", "created_at", "id"])
    op.create_index(f"ix_{TABLE}_created_at", TABLE, ["created_at", "id"])
    op.create_index(f"ix_{TABLE}_updated_at", TABLE, ["updated_at", "id"])
    for column in list(REFERS)[1:]:
        op.create_index(f"ix_{TABLE}_{column}", TABLE, [column])


def downgrade() -> None:
    """Forget the limits."""
    op.drop_table(TABLE)
