"""Files, mail, long operations, and the job queue."""

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
QUEUE = Path(__file__).parents[1] / "sql" / "procrastinate-3.10.0.sql"

KEEP_FILE = """
CREATE FUNCTION keep_file() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.attached_at IS NOT NULL OR TG_OP = 'UPDATE' AND (
        NEW.id, NEW.name, NEW.media_type, NEW.size, NEW.sha256, NEW.uploader_id, NEW.created_at
    ) IS DISTINCT FROM (
        OLD.id, OLD.name, OLD.media_type, OLD.size, OLD.sha256, OLD.uploader_id, OLD.created_at
    ) THEN
        RAISE EXCEPTION 'a file does not change'
            USING ERRCODE = '23514', CONSTRAINT = 'files_unchanging';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$
"""

STATUS_OF_OPERATION = """
CASE
    WHEN is_cancelled THEN 'cancelled'
    WHEN problem IS NOT NULL THEN 'failed'
    WHEN finished_at IS NOT NULL THEN 'succeeded'
    WHEN attempt > 0 THEN 'running'
    ELSE 'queued'
END
"""

QUEUE_TABLES = (
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_jobs",
    "procrastinate_workers",
)

FORGET_QUEUE_FUNCTIONS = """
DO $$
DECLARE
    routine regprocedure;
BEGIN
    FOR routine IN
        SELECT oid FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'procrastinate_')
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', routine);
    END LOOP;
END
$$
"""


def upgrade() -> None:
    """Make the tables; the queue's as its own package ships them."""
    _make_uploads()
    _make_files()
    _make_mail()
    _make_operations()
    for statement in _statements(QUEUE.read_text(encoding="utf-8")):
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    op.execute(FORGET_QUEUE_FUNCTIONS)
    for table in QUEUE_TABLES:
        op.drop_table(table)
    for kind in ("job_to_defer_v1", "job_event_type", "job_status"):
        op.execute(f"DROP TYPE procrastinate_{kind}")
    for table in ("operations", "mail_messages", "files", "file_chunks", "uploads"):
        op.drop_table(table)
    op.execute("DROP FUNCTION keep_file()")


def _make_uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uploader_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("completed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
        sa.CheckConstraint("received BETWEEN 0 AND size", name=op.f("ck_uploads_received")),
        sa.CheckConstraint(
            "completed_at IS NULL OR received = size", name=op.f("ck_uploads_completed")
        ),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_uploads_sha256")),
    )
    op.create_index("ix_uploads_uploader_id", "uploads", ["uploader_id", "completed_at"])
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"])
    op.create_table(
        "file_chunks",
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("content_id", "start", name="pk_file_chunks"),
    )
    # Pictures and documents are compressed already; trying again only costs time.
    op.execute("ALTER TABLE file_chunks ALTER COLUMN data SET STORAGE EXTERNAL")


def _make_files() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("uploader_id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=True),
        sa.Column("subject_noun", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("attached_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.CheckConstraint("size > 0", name=op.f("ck_files_size")),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_files_sha256")),
        sa.CheckConstraint(
            "num_nonnulls(scope_id, subject_noun, subject_id, attached_at) IN (0, 4)",
            name=op.f("ck_files_attached"),
        ),
    )
    for column in ("subject_id", "scope_id", "uploader_id"):
        op.create_index(f"ix_files_{column}", "files", [column])
    op.execute(KEEP_FILE)
    op.execute(
        "CREATE TRIGGER files_unchanging BEFORE UPDATE OR DELETE ON files "
        "FOR EACH ROW EXECUTE FUNCTION keep_file()"
    )


def _make_mail() -> None:
    op.create_table(
        "mail_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("dead_at", INSTANT, nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mail_messages"),
        sa.UniqueConstraint("key", name="uq_mail_messages_key"),
        sa.CheckConstraint(
            "sent_at IS NULL OR dead_at IS NULL", name=op.f("ck_mail_messages_one_end")
        ),
        sa.CheckConstraint(
            "(text IS NULL) = (COALESCE(sent_at, dead_at) IS NOT NULL)",
            name=op.f("ck_mail_messages_text"),
        ),
    )
    op.create_index("ix_mail_messages_queued_at", "mail_messages", ["queued_at"])


def _make_operations() -> None:
    op.create_table(
        "operations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("narrowed_to", postgresql.JSONB(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("arguments", postgresql.JSONB(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column("problem", postgresql.JSONB(), nullable=True),
        sa.Column(
            "status",
            sa.String(length=40),
            sa.Computed(STATUS_OF_OPERATION, persisted=True),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_operations"),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_operations_progress")),
        sa.CheckConstraint(
            "finished_at IS NOT NULL OR (problem IS NULL AND result IS NULL AND NOT is_cancelled)",
            name=op.f("ck_operations_unfinished"),
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')",
            name=op.f("ck_operations_status"),
        ),
    )
    op.create_index("ix_operations_requested_by", "operations", ["requested_by", "id"])
    op.create_index("ix_operations_finished_at", "operations", ["finished_at"])


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, whose bodies of functions stand between double dollars."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if line.rstrip().endswith(";") and statement.count("$$") % 2 == 0:
            yield statement
            statement = ""
