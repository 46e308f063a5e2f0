"""Learning sessions and their series.

Whoever leads a session is nowhere else: `during` is when it takes their time, kept by triggers from
the session, and no two of one person overlap. That is looked at when a transaction ends, so that a
series can be moved as a whole.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
KINDS = "network programme cohort collaboration membership commons dossier fund grant".split()

DURING = """
CASE WHEN {row}.status IN ('scheduled', 'live') THEN tstzrange({row}.starts_at, {row}.ends_at) END
"""

TRIGGERS = (
    f"""
    CREATE FUNCTION session_facilitator_takes_time() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.during := (
            SELECT {DURING.format(row="learning_sessions")} FROM learning_sessions
            WHERE id = NEW.session_id
        );
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER session_facilitator_takes_time BEFORE INSERT OR UPDATE OF session_id, account_id
    ON session_facilitators FOR EACH ROW EXECUTE FUNCTION session_facilitator_takes_time()
    """,
    f"""
    CREATE FUNCTION learning_session_takes_time() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE session_facilitators SET during = {DURING.format(row="NEW")}
        WHERE session_id = NEW.id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER learning_session_takes_time AFTER UPDATE OF status, starts_at, ends_at
    ON learning_sessions FOR EACH ROW EXECUTE FUNCTION learning_session_takes_time()
    """,
)


def upgrade() -> None:
    """Make the tables."""
    _allow([*KINDS, "session"])
    op.create_table(
        "session_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("local_start", sa.Text(), nullable=False),
        sa.Column("duration_minutes", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("added", postgresql.JSONB(), nullable=False),
        sa.Column("left_out", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "duration_minutes BETWEEN 5 AND 1440", name=op.f("ck_session_series_duration")
        ),
        _refers("session_series", "scope_id", "scopes"),
        _refers("session_series", "cohort_id", "cohorts"),
        sa.PrimaryKeyConstraint("id", name="pk_session_series"),
    )
    op.create_index("ix_session_series_scope_id", "session_series", ["scope_id"])
    op.create_index(
        "ix_session_series_cohort_id", "session_series", ["cohort_id", "created_at", "id"]
    )
    op.create_index("ix_session_series_created_at", "session_series", ["created_at", "id"])
    op.create_index("ix_session_series_updated_at", "session_series", ["updated_at", "id"])
    op.create_table(
        "learning_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("recurs_at", sa.Text(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("local_start", sa.Text(), nullable=False),
        sa.Column("duration_minutes", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("held_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'scheduled', 'postponed', 'live', 'held', 'cancelled')",
            name=op.f("ck_learning_sessions_status"),
        ),
        sa.CheckConstraint(
            "kind IN ('workshop', 'peer_circle', 'one_to_one', 'networking', 'showcase')",
            name=op.f("ck_learning_sessions_kind"),
        ),
        sa.CheckConstraint(
            "(series_id IS NULL) = (recurs_at IS NULL)",
            name=op.f("ck_learning_sessions_recurs_in_series"),
        ),
        sa.CheckConstraint(
            "duration_minutes BETWEEN 5 AND 1440", name=op.f("ck_learning_sessions_duration")
        ),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_learning_sessions_ends_after_start")
        ),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_learning_sessions_capacity_positive")),
        sa.CheckConstraint(
            "status <> 'held' OR held_at IS NOT NULL",
            name=op.f("ck_learning_sessions_held_at_some_time"),
        ),
        _refers("learning_sessions", "id", "scopes"),
        _refers("learning_sessions", "cohort_id", "cohorts"),
        _refers("learning_sessions", "series_id", "session_series"),
        sa.PrimaryKeyConstraint("id", name="pk_learning_sessions"),
        sa.UniqueConstraint(
            "series_id", "recurs_at", name="uq_learning_sessions_series_id_recurs_at"
        ),
    )
    op.create_index(
        "ix_learning_sessions_cohort_id", "learning_sessions", ["cohort_id", "starts_at", "id"]
    )
    op.create_index("ix_learning_sessions_starts_at", "learning_sessions", ["starts_at", "id"])
    op.create_index("ix_learning_sessions_created_at", "learning_sessions", ["created_at", "id"])
    op.create_index("ix_learning_sessions_updated_at", "learning_sessions", ["updated_at", "id"])
    _part(
        "session_segments",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minutes >= 1", name=op.f("ck_session_segments_minutes_positive")),
        unique="position",
    )
    _part(
        "session_materials",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("is_pre_reading", sa.Boolean(), nullable=False),
        unique="position",
    )
    _part(
        "session_facilitators",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=True),
        _refers("session_facilitators", "account_id", "accounts"),
        postgresql.ExcludeConstraint(
            ("account_id", "="),
            ("during", "&&"),
            name="ex_session_facilitators_during",
            using="gist",
            deferrable=True,
            initially="DEFERRED",
        ),
        unique="account_id",
    )
    op.create_index("ix_session_facilitators_account_id", "session_facilitators", ["account_id"])
    for statement in TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for table in (
        "session_facilitators",
        "session_materials",
        "session_segments",
        "learning_sessions",
        "session_series",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION learning_session_takes_time()")
    op.execute("DROP FUNCTION session_facilitator_takes_time()")
    op.execute(
        "DELETE FROM scope_edges WHERE child_id IN (SELECT id FROM scopes WHERE kind = 'session')"
    )
    op.execute(
        "DELETE FROM scope_closure"
        " WHERE descendant_id IN (SELECT id FROM scopes WHERE kind = 'session')"
    )
    op.execute("DELETE FROM scopes WHERE kind = 'session'")
    _allow(KINDS)


def _part(name: str, *columns: sa.schema.SchemaItem, unique: str) -> None:
    """A table of what a session is made of."""
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        *columns,
        _refers(name, "session_id", "learning_sessions"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint(
            "session_id",
            unique,
            name=f"uq_{name}_session_id_{unique}",
            deferrable=True,
            initially="DEFERRED",
        ),
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")


def _allow(kinds: list[str]) -> None:
    """Let a node be of one of these kinds."""
    words = ", ".join(f"'{kind}'" for kind in kinds)
    _knowingly("ban-drop-constraint", "ALTER TABLE scopes DROP CONSTRAINT ck_scopes_kind")
    _knowingly(
        "constraint-missing-not-valid",
        f"ALTER TABLE scopes ADD CONSTRAINT ck_scopes_kind CHECK (kind IN ({words}))",
    )


def _knowingly(rule: str, statement: str) -> None:
    """A change that the linter warns of and that is meant: the graph is small."""
    op.execute(f"-- squawk-ignore {rule}\n{statement}")
