"""Identity: accounts, credentials, scopes, roles."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NETWORK_ID = "00000000-0000-7000-8000-000000000001"

ROLES = (
    "administrator",
    "programme_manager",
    "coordinator",
    "facilitator",
    "reviewer",
    "adviser",
    "finance_approver",
    "payment_releaser",
    "funder",
    "collaboration_lead",
    "collaboration_member",
    "observer",
    "auditor",
    "scheduler",
)

TABLES = (
    "password_resets",
    "invitations",
    "api_tokens",
    "client_secrets",
    "refresh_tokens",
    "sign_ins",
    "role_assignments",
    "scope_closure",
    "scope_edges",
    "scopes",
    "accounts",
    "signing_keys",
    "throttle_counters",
)


def upgrade() -> None:
    """Make the tables, and the root of the graph of scopes."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    _accounts()
    _scopes()
    _role_assignments()
    _sign_ins()
    _service_credentials()
    _invitations()
    _keys_and_counters()


def downgrade() -> None:
    """Take them back."""
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP EXTENSION btree_gist")


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=nullable)


def _record() -> list[sa.Column]:
    return [
        sa.Column("version", sa.BigInteger(), nullable=False),
        _instant("created_at"),
        _instant("updated_at"),
    ]


def _id() -> sa.Column:
    return sa.Column("id", sa.Uuid(), nullable=False)


def _reference(table: str, column: str, to: str, *, nullable: bool = False) -> list:
    return [
        sa.Column(column, sa.Uuid(), nullable=nullable),
        sa.ForeignKeyConstraint(
            [column], [f"{to}.id"], name=f"fk_{table}_{column}", ondelete="RESTRICT"
        ),
    ]


def _word(table: str, column: str, values: tuple[str, ...], *, nullable: bool = False) -> list:
    allowed = ", ".join(f"'{value}'" for value in values)
    return [
        sa.Column(column, sa.String(40), nullable=nullable),
        sa.CheckConstraint(f"{column} IN ({allowed})", name=op.f(f"ck_{table}_{column}")),
    ]


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _accounts() -> None:
    op.create_table(
        "accounts",
        _id(),
        *_word("accounts", "kind", ("person", "service")),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded",
            sa.Text(collation="C"),
            sa.Computed("fold(name)", persisted=True),
            nullable=False,
        ),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        *_reference("accounts", "owner_id", "accounts", nullable=True),
        _instant("disabled_at", nullable=True),
        *_record(),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("email", name="uq_accounts_email"),
        sa.CheckConstraint(
            "(kind = 'person') = (email IS NOT NULL)", name=op.f("ck_accounts_person_has_email")
        ),
        sa.CheckConstraint(
            "(kind = 'service') = (owner_id IS NOT NULL)",
            name=op.f("ck_accounts_service_has_owner"),
        ),
        sa.CheckConstraint(
            "kind = 'person' OR password_hash IS NULL",
            name=op.f("ck_accounts_service_has_no_password"),
        ),
    )
    _index("accounts", "owner_id")
    op.create_index("ix_accounts_name_folded", "accounts", ["name_folded", "id"])


def _scopes() -> None:
    kinds = (
        "network",
        "programme",
        "cohort",
        "collaboration",
        "membership",
        "commons",
        "file",
        "fund",
        "grant",
    )
    op.create_table(
        "scopes",
        _id(),
        *_word("scopes", "kind", kinds),
        sa.Column("granted_at_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scopes"),
        sa.ForeignKeyConstraint(
            ["granted_at_id"],
            ["scopes.id"],
            name="fk_scopes_granted_at_id",
            ondelete="RESTRICT",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    _index("scopes", "granted_at_id")
    for table, above, below in (
        ("scope_edges", "parent_id", "child_id"),
        ("scope_closure", "ancestor_id", "descendant_id"),
    ):
        op.create_table(
            table,
            *_reference(table, above, "scopes"),
            *_reference(table, below, "scopes"),
            sa.PrimaryKeyConstraint(above, below, name=f"pk_{table}"),
        )
        _index(table, below)
    op.create_check_constraint(
        op.f("ck_scope_edges_not_to_itself"), "scope_edges", "parent_id <> child_id"
    )
    op.execute(f"INSERT INTO scopes VALUES ('{NETWORK_ID}', 'network', '{NETWORK_ID}')")
    op.execute(f"INSERT INTO scope_closure VALUES ('{NETWORK_ID}', '{NETWORK_ID}')")


def _role_assignments() -> None:
    op.create_table(
        "role_assignments",
        _id(),
        *_reference("role_assignments", "account_id", "accounts"),
        *_word("role_assignments", "role", ROLES),
        *_reference("role_assignments", "scope_id", "scopes"),
        _instant("valid_from"),
        _instant("valid_until", nullable=True),
        *_reference("role_assignments", "granted_by_id", "accounts", nullable=True),
        *_record(),
        sa.PrimaryKeyConstraint("id", name="pk_role_assignments"),
        sa.CheckConstraint(
            "valid_until >= valid_from", name=op.f("ck_role_assignments_ends_after_start")
        ),
        postgresql.ExcludeConstraint(
            (sa.column("account_id"), "="),
            (sa.column("role"), "="),
            (sa.column("scope_id"), "="),
            (sa.text("tstzrange(valid_from, valid_until)"), "&&"),
            name="ex_role_assignments_one_at_a_time",
        ),
    )
    for column in ("account_id", "scope_id", "granted_by_id"):
        _index("role_assignments", column)


def _sign_ins() -> None:
    reasons = ("logout", "ended", "reuse", "password_changed", "account_disabled")
    op.create_table(
        "sign_ins",
        _id(),
        *_reference("sign_ins", "account_id", "accounts"),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        _instant("started_at"),
        _instant("last_used_at"),
        _instant("expires_at"),
        _instant("ended_at", nullable=True),
        *_word("sign_ins", "ended_because", reasons, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
    )
    _index("sign_ins", "account_id")
    op.create_table(
        "refresh_tokens",
        _id(),
        *_reference("refresh_tokens", "sign_in_id", "sign_ins"),
        *_reference("refresh_tokens", "predecessor_id", "refresh_tokens", nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _instant("issued_at"),
        _instant("expires_at"),
        _instant("rotated_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_refresh_tokens"),
        sa.UniqueConstraint("predecessor_id", name="uq_refresh_tokens_predecessor_id"),
        sa.UniqueConstraint("digest", name="uq_refresh_tokens_digest"),
    )
    _index("refresh_tokens", "sign_in_id")
    op.create_table(
        "password_resets",
        _id(),
        *_reference("password_resets", "account_id", "accounts"),
        *_reference("password_resets", "issued_by_id", "accounts"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _instant("issued_at"),
        _instant("expires_at"),
        _instant("used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_password_resets"),
        sa.UniqueConstraint("digest", name="uq_password_resets_digest"),
    )
    _index("password_resets", "account_id")
    _index("password_resets", "issued_by_id")


def _service_credentials() -> None:
    op.create_table(
        "client_secrets",
        _id(),
        *_reference("client_secrets", "account_id", "accounts"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _instant("created_at"),
        _instant("expires_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_client_secrets"),
        sa.UniqueConstraint("digest", name="uq_client_secrets_digest"),
    )
    _index("client_secrets", "account_id")
    op.create_table(
        "api_tokens",
        _id(),
        *_reference("api_tokens", "account_id", "accounts"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("permissions", sa.ARRAY(sa.Text()), nullable=False),
        _instant("expires_at"),
        _instant("revoked_at", nullable=True),
        _instant("last_used_at", nullable=True),
        *_record(),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("digest", name="uq_api_tokens_digest"),
    )
    _index("api_tokens", "account_id")


def _invitations() -> None:
    op.create_table(
        "invitations",
        _id(),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        *_word("invitations", "role", ROLES),
        *_reference("invitations", "scope_id", "scopes"),
        *_reference("invitations", "invited_by_id", "accounts"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _instant("expires_at"),
        _instant("revoked_at", nullable=True),
        _instant("accepted_at", nullable=True),
        *_reference("invitations", "accepted_by_id", "accounts", nullable=True),
        *_record(),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("digest", name="uq_invitations_digest"),
    )
    op.create_index(
        "uq_invitations_email_role_scope_id",
        "invitations",
        ["email", "role", "scope_id"],
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
    )
    for column in ("scope_id", "invited_by_id", "accepted_by_id"):
        _index("invitations", column)


def _keys_and_counters() -> None:
    op.create_table(
        "signing_keys",
        _id(),
        *_word("signing_keys", "status", ("next", "active", "retired")),
        sa.Column("public_jwk", postgresql.JSONB(), nullable=False),
        sa.Column("sealed_pem", sa.LargeBinary(), nullable=False),
        _instant("created_at"),
        _instant("activated_at", nullable=True),
        _instant("retired_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_signing_keys"),
    )
    op.create_index(
        "uq_signing_keys_status",
        "signing_keys",
        ["status"],
        unique=True,
        postgresql_where=sa.text("status <> 'retired'"),
    )
    op.create_table(
        "throttle_counters",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        _instant("window_ends_at"),
        sa.PrimaryKeyConstraint("key", name="pk_throttle_counters"),
    )
    _index("throttle_counters", "window_ends_at")
