"""An address that an account had is kept, so that what went there is forgotten with the person."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep them from now on; what was before is known by nothing but the letters, for a month."""
    op.create_table(
        "former_addresses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("left_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name="fk_former_addresses_account_id_accounts",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_former_addresses"),
    )
    op.create_index("ix_former_addresses_account_id", "former_addresses", ["account_id"])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("former_addresses")
