"""What authority rests on: who disabled an account, to whom a service is offered, roles to come.

Roles that were given before this release and have not begun are to come: they begin only if whoever
gave them may still give them on that day. What a service account's owner disabled is known from the
record; all else was disabled by an administrator. A file that was attached by mistake can be
deleted, once nothing refers to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)

BY_WHOM = """
UPDATE accounts SET disabled_by = CASE
    WHEN owner_id IS NOT NULL AND owner_id = (
        SELECT activity.account_id FROM activity
        WHERE activity.subject_id = accounts.id AND verb = 'service_account.disabled'
        ORDER BY position DESC LIMIT 1
    ) THEN 'owner'
    ELSE 'administrator'
END
WHERE disabled_at IS NOT NULL
"""

TO_COME = """
UPDATE role_assignments SET is_to_come = true
WHERE valid_from > now() AND (valid_until IS NULL OR valid_until > valid_from)
"""

CHECKS = (
    ("accounts", "service_is_offered", "kind = 'service' OR offered_to_id IS NULL"),
    ("accounts", "disabled_somehow", "disabled_at IS NOT NULL OR disabled_by IS NULL"),
    ("accounts", "disabled_by", "disabled_by IN ('owner', 'administrator')"),
    (
        "role_assignments",
        "void_never_began",
        (
            "(voided_at IS NULL) = (voided_because IS NULL)"
            " AND (voided_at IS NULL OR valid_until = valid_from)"
        ),
    ),
    (
        "role_assignments",
        "voided_because",
        "voided_because IN ('giver_disabled', 'giver_may_not')",
    ),
)

WORK_BEFORE = (
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
)
WORK = (
    *WORK_BEFORE,
    "pass_service_account",
    "end_role_of_service",
    "take_service_account",
    "renew_role",
)

KEEP_FILE = """
CREATE OR REPLACE FUNCTION keep_file() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF {kept} THEN
        RAISE EXCEPTION 'a file does not change'
            USING ERRCODE = '23514', CONSTRAINT = 'files_unchanging';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$
"""


def upgrade() -> None:
    """Tell by whom, to whom, and what is to come."""
    op.add_column("accounts", sa.Column("disabled_by", sa.String(length=40), nullable=True))
    op.add_column("accounts", sa.Column("offered_to_id", sa.Uuid(), nullable=True))
    _knowingly(
        "adding-foreign-key-constraint, constraint-missing-not-valid",
        "ALTER TABLE accounts ADD CONSTRAINT fk_accounts_offered_to_id_accounts "
        "FOREIGN KEY (offered_to_id) REFERENCES accounts (id) ON DELETE RESTRICT",
    )
    op.add_column(
        "role_assignments",
        sa.Column("is_to_come", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("role_assignments", sa.Column("voided_at", INSTANT, nullable=True))
    op.add_column(
        "role_assignments", sa.Column("voided_because", sa.String(length=40), nullable=True)
    )
    op.execute(BY_WHOM)
    op.execute(TO_COME)
    for table, name, condition in CHECKS:
        _knowingly(
            "constraint-missing-not-valid",
            f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({condition})",
        )
    _knowingly(
        "require-concurrent-index-creation",
        "CREATE INDEX ix_accounts_offered_to_id ON accounts (offered_to_id)",
    )
    _knowingly(
        "require-concurrent-index-creation",
        "CREATE INDEX ix_role_assignments_to_come ON role_assignments (granted_by_id) "
        "WHERE is_to_come",
    )
    _let_work_be(WORK)
    op.execute(_keep_file(upgraded=True))


def downgrade() -> None:
    """Take it back."""
    op.execute(_keep_file(upgraded=False))
    _let_work_be(WORK_BEFORE)
    op.drop_index("ix_role_assignments_to_come", "role_assignments")
    op.drop_index("ix_accounts_offered_to_id", "accounts")
    for table, name, _ in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    for column in ("voided_because", "voided_at", "is_to_come"):
        op.drop_column("role_assignments", column)
    op.drop_constraint("fk_accounts_offered_to_id_accounts", "accounts")
    for column in ("offered_to_id", "disabled_by"):
        op.drop_column("accounts", column)


def _let_work_be(kinds: tuple[str, ...]) -> None:
    words = ", ".join(f"'{kind}'" for kind in kinds)
    _knowingly("ban-drop-constraint", "ALTER TABLE reminders DROP CONSTRAINT ck_reminders_work")
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE reminders ADD CONSTRAINT ck_reminders_work CHECK (work IN ({words}))",
    )


def _keep_file(*, upgraded: bool) -> str:
    """An attached file never changes; from now on it may be deleted once nothing refers to it."""
    columns = "id", "name", "media_type", "size", "sha256", "uploader_id", "created_at"
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    changed = f"({new}) IS DISTINCT FROM ({old})"
    kept = (
        f"TG_OP = 'UPDATE' AND (OLD.attached_at IS NOT NULL OR {changed})"
        if upgraded
        else f"OLD.attached_at IS NOT NULL OR TG_OP = 'UPDATE' AND {changed}"
    )
    return KEEP_FILE.format(kept=kept)


def _knowingly(rule: str, statement: str) -> None:
    op.execute(f"-- squawk-ignore {rule}\n{statement}")
