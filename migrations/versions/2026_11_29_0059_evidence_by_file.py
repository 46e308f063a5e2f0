"""Evidence of an answer may be a file."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

TABLE = "sheet_evidence"
SOMETHING = "num_nonnulls(url, statement, file_id) > 0 OR status = 'withdrawn'"
SAID = "url IS NOT NULL OR statement IS NOT NULL"


def upgrade() -> None:
    """Let a file be shown."""
    op.add_column(TABLE, sa.Column("file_id", sa.Uuid(), nullable=True))
    _knowingly(
        "adding-foreign-key-constraint, constraint-missing-not-valid",
        "ADD CONSTRAINT fk_sheet_evidence_file_id FOREIGN KEY (file_id) REFERENCES files (id) "
        "ON DELETE RESTRICT",
    )
    _knowingly(
        "disallowed-unique-constraint, constraint-missing-not-valid",
        "ADD CONSTRAINT uq_sheet_evidence_file_id UNIQUE (file_id)",
    )
    _is_something(SOMETHING)


def _is_something(said: str) -> None:
    _knowingly("ban-drop-constraint", "DROP CONSTRAINT ck_sheet_evidence_something")
    _knowingly(
        "constraint-missing-not-valid",
        f"ADD CONSTRAINT ck_sheet_evidence_something CHECK ({said})",
    )


def _knowingly(rules: str, change: str) -> None:
    """It is a small table, and what is added is empty."""
    op.execute(f"-- squawk-ignore {rules}\nALTER TABLE {TABLE} {change}")


def downgrade() -> None:
    """Take it back, with what was shown by a file alone."""
    op.execute(f"DELETE FROM {TABLE} WHERE num_nonnulls(url, statement) = 0")
    _is_something(SAID)
    op.drop_column(TABLE, "file_id")
