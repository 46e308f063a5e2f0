"""The confidential node of a collaboration is its dossier; a file is what somebody uploaded.

Names are changed in place, which no release stands in the way of: the first is still to come. The
graph has thousands of nodes, which are checked in milliseconds.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Call it so."""
    _rename("file", "dossier")


def downgrade() -> None:
    """Call it a file again."""
    _rename("dossier", "file")


def _rename(before: str, after: str) -> None:
    words = "network", "programme", "cohort", "collaboration", "membership", "commons", after
    kinds = ", ".join(f"'{word}'" for word in (*words, "fund", "grant"))
    _knowingly("ban-drop-constraint", "ALTER TABLE scopes DROP CONSTRAINT ck_scopes_kind")
    op.execute(f"UPDATE scopes SET kind = '{after}' WHERE kind = '{before}'")
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE scopes ADD CONSTRAINT ck_scopes_kind CHECK (kind IN ({kinds}))",
    )
    _knowingly(
        "renaming-column", f"ALTER TABLE collaborations RENAME COLUMN {before}_id TO {after}_id"
    )
    for kind in ("fk", "uq"):
        _knowingly(
            "renaming-object",
            "ALTER TABLE collaborations RENAME CONSTRAINT "
            f"{kind}_collaborations_{before}_id TO {kind}_collaborations_{after}_id",
        )


def _knowingly(rule: str, statement: str) -> None:
    op.execute(f"-- squawk-ignore {rule}\n{statement}")
