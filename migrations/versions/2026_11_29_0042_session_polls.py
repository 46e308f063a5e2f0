"""Polls on the times of sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _make_polls()
    _make_votes()


def _make_polls() -> None:
    table, options = "session_polls", "session_poll_options"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("duration_minutes", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", INSTANT, nullable=False),
        sa.Column("chosen_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'closed', 'decided', 'cancelled')",
            name=op.f(f"ck_{table}_status"),
        ),
        sa.CheckConstraint(
            "kind IN ('workshop', 'peer_circle', 'one_to_one', 'networking', 'showcase')",
            name=op.f(f"ck_{table}_kind"),
        ),
        sa.CheckConstraint(
            "duration_minutes BETWEEN 5 AND 1440", name=op.f(f"ck_{table}_duration")
        ),
        sa.CheckConstraint(
            "(status = 'decided') = (chosen_at IS NOT NULL)",
            name=op.f(f"ck_{table}_chosen_if_decided"),
        ),
        _refers(table, "scope_id", "scopes"),
        _refers(table, "cohort_id", "cohorts"),
        _refers(table, "session_id", "learning_sessions"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    for column in ("scope_id", "session_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index(f"ix_{table}_cohort_id", table, ["cohort_id", "closes_at", "id"])
    for column in ("closes_at", "created_at", "updated_at"):
        op.create_index(f"ix_{table}_{column}", table, [column, "id"])
    op.create_table(
        options,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        _refers(options, "poll_id", table),
        sa.PrimaryKeyConstraint("id", name=f"pk_{options}"),
        sa.UniqueConstraint("poll_id", "starts_at", name=f"uq_{options}_poll_id_starts_at"),
    )


def _make_votes() -> None:
    votes, answers = "session_votes", "session_vote_answers"
    op.create_table(
        votes,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("voted_at", INSTANT, nullable=False),
        _refers(votes, "poll_id", "session_polls"),
        _refers(votes, "account_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{votes}"),
        sa.UniqueConstraint("poll_id", "account_id", name=f"uq_{votes}_poll_id_account_id"),
    )
    op.create_index(f"ix_{votes}_account_id", votes, ["account_id"])
    op.create_table(
        answers,
        sa.Column("vote_id", sa.Uuid(), nullable=False),
        sa.Column("option_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(40), nullable=False),
        sa.CheckConstraint(
            "answer IN ('yes', 'if_need_be', 'no')", name=op.f(f"ck_{answers}_answer")
        ),
        _refers(answers, "vote_id", votes),
        _refers(answers, "option_id", "session_poll_options"),
        sa.PrimaryKeyConstraint("vote_id", "option_id", name=f"pk_{answers}"),
    )
    op.create_index(f"ix_{answers}_option_id", answers, ["option_id"])


def downgrade() -> None:
    """Take them back."""
    for table in ("vote_answers", "votes", "poll_options", "polls"):
        op.drop_table(f"session_{table}")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")
