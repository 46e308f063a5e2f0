"""Indicators of outcome and their results, which metrics are made of."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
TEXTS = sa.ARRAY(sa.Text())

OF_PROGRAMME = """
    SELECT NULL::uuid, NULL::uuid, {programme_id}
    UNION ALL
    SELECT cohorts.id, memberships.collaboration_id, NULL
    FROM cohorts LEFT JOIN memberships ON memberships.cohort_id = cohorts.id
    WHERE cohorts.programme_id = {programme_id}
"""
OF_MEMBERSHIP = """
    SELECT memberships.cohort_id, memberships.collaboration_id, NULL::uuid
    FROM memberships WHERE memberships.id = {membership_id}
"""
OF_DONE = """
    UNION ALL
    SELECT found.cohort_id, found.collaboration_id, found.programme_id
    FROM indicators, LATERAL (
        {of_programme}
    ) AS found (cohort_id, collaboration_id, programme_id)
    WHERE one.noun = 'indicator' AND indicators.id = one.subject_id
    UNION ALL
    SELECT memberships.cohort_id, memberships.collaboration_id, NULL
    FROM indicator_results JOIN memberships ON memberships.id = indicator_results.membership_id
    WHERE one.noun = 'indicator_result' AND indicator_results.id = one.subject_id
"""


def _before() -> Any:
    """How facts were watched first."""
    script = op.get_context().script
    assert script is not None
    return script.get_revision("0067").module


def _done(before: Any) -> tuple[Any, Any]:
    """What was done as it was watched, and as it is."""
    [was] = [fact for fact in before.FACTS if fact.table == "activity"]
    more = OF_DONE.format(of_programme=OF_PROGRAMME.format(programme_id="indicators.programme_id"))
    where = was.where.replace("'payment')", "'payment', 'indicator', 'indicator_result')")
    return was, replace(was, places=was.places + more, where=where)


def _facts(before: Any) -> tuple[Any, ...]:
    return (
        before.Fact(
            "indicators",
            "programme_id, key, aggregation, reading, groups",
            OF_PROGRAMME.format(programme_id="one.programme_id"),
        ),
        before.Fact(
            "indicator_results",
            'indicator_id, membership_id, period_end_on, "group", value, out_of, identities, '
            "status",
            OF_MEMBERSHIP.format(membership_id="one.membership_id"),
        ),
    )


def _watch_done(before: Any, fact: Any) -> None:
    function = next(iter(before.statements(fact)))
    op.execute(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))


def upgrade() -> None:
    """Make the tables, and watch what metrics read of them."""
    _make_indicators()
    _make_results()
    before = _before()
    for fact in _facts(before):
        for statement in before.statements(fact):
            op.execute(statement)
    _watch_done(before, _done(before)[1])


def _make_indicators() -> None:
    op.create_table(
        "indicators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded",
            sa.Text(collation="C"),
            sa.Computed("fold(name)", persisted=True),
            nullable=False,
        ),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(40), nullable=False),
        sa.Column("aggregation", sa.String(40), nullable=False),
        sa.Column("reading", sa.String(40), nullable=False),
        sa.Column("counts_people", sa.Boolean(), nullable=False),
        sa.Column("groups", TEXTS, nullable=False),
        sa.Column("level", sa.String(40), nullable=True),
        sa.Column("baseline_value", sa.BigInteger(), nullable=True),
        sa.Column("baseline_out_of", sa.BigInteger(), nullable=True),
        sa.Column("baseline_on", sa.Date(), nullable=True),
        sa.Column("reports_until_on", sa.Date(), nullable=True),
        sa.Column("report_by_on", sa.Date(), nullable=True),
        sa.Column("definition_version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "direction IN ('up', 'down', 'neither')", name=op.f("ck_indicators_direction")
        ),
        sa.CheckConstraint(
            "aggregation IN ('sum', 'share', 'mean', 'count_distinct')",
            name=op.f("ck_indicators_aggregation"),
        ),
        sa.CheckConstraint(
            "reading IN ('in_period', 'to_date')", name=op.f("ck_indicators_reading")
        ),
        sa.CheckConstraint(
            "level IN ('reaction', 'learning', 'behaviour', 'results')",
            name=op.f("ck_indicators_level"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'active', 'retired')", name=op.f("ck_indicators_status")
        ),
        sa.CheckConstraint(
            "baseline_value >= 0 AND baseline_out_of >= 0",
            name=op.f("ck_indicators_baseline_not_negative"),
        ),
        sa.CheckConstraint(
            "(reports_until_on IS NULL) = (report_by_on IS NULL) "
            "AND report_by_on >= reports_until_on",
            name=op.f("ck_indicators_reported_after_its_period"),
        ),
        sa.CheckConstraint(
            "NOT (counts_people AND aggregation = 'count_distinct')",
            name=op.f("ck_indicators_no_list_of_people"),
        ),
        sa.CheckConstraint(
            "definition_version >= 1", name=op.f("ck_indicators_definition_version_positive")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name="fk_indicators_programme_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_indicators"),
        sa.UniqueConstraint("key", name="uq_indicators_key"),
    )
    op.create_index("ix_indicators_key", "indicators", ["key", "id"])
    op.create_index("ix_indicators_programme_id", "indicators", ["programme_id", "key", "id"])
    op.create_index("ix_indicators_updated_at", "indicators", ["updated_at", "id"])
    op.create_index(
        "ix_indicators_trigrams",
        "indicators",
        ["name_folded"],
        postgresql_using="gin",
        postgresql_ops={"name_folded": "gin_trgm_ops"},
    )


def _make_results() -> None:
    op.create_table(
        "indicator_results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("definition_version", sa.BigInteger(), nullable=False),
        sa.Column("period_start_on", sa.Date(), nullable=False),
        sa.Column("period_end_on", sa.Date(), nullable=False),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("out_of", sa.BigInteger(), nullable=True),
        sa.Column("things", TEXTS, nullable=False),
        sa.Column("identities", TEXTS, nullable=False),
        sa.Column("narrative", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("impact_id", sa.Uuid(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'returned', 'accepted', 'withdrawn', 'superseded')",
            name=op.f("ck_indicator_results_status"),
        ),
        sa.CheckConstraint(
            "period_end_on >= period_start_on", name=op.f("ck_indicator_results_period_in_order")
        ),
        sa.CheckConstraint(
            "value >= 0 AND out_of >= 0", name=op.f("ck_indicator_results_not_negative")
        ),
        sa.CheckConstraint(
            "num_nonnulls(file_id, url) <= 1", name=op.f("ck_indicator_results_file_or_url")
        ),
        sa.CheckConstraint(
            "cardinality(identities) = cardinality(things)",
            name=op.f("ck_indicator_results_each_thing_once"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [of], name=f"fk_indicator_results_{column}", ondelete="RESTRICT"
            )
            for column, of in (
                ("indicator_id", "indicators.id"),
                ("membership_id", "memberships.id"),
                ("file_id", "files.id"),
                ("impact_id", "impacts.id"),
                ("corrects_id", "indicator_results.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_indicator_results"),
        sa.UniqueConstraint("file_id", name="uq_indicator_results_file_id"),
    )
    op.create_index(
        "uq_indicator_results_accepted",
        "indicator_results",
        [
            "indicator_id",
            "membership_id",
            sa.text("coalesce(\"group\", '')"),
            "period_start_on",
            "period_end_on",
        ],
        unique=True,
        postgresql_where=sa.text("status = 'accepted'"),
    )
    for name, columns in (
        ("indicator_id", ["indicator_id", "period_end_on", "id"]),
        ("membership_id", ["membership_id", "period_end_on", "id"]),
        ("impact_id", ["impact_id", "period_end_on", "id"]),
        ("corrects_id", ["corrects_id"]),
        ("period_end_on", ["period_end_on", "id"]),
        ("updated_at", ["updated_at", "id"]),
    ):
        op.create_index(f"ix_indicator_results_{name}", "indicator_results", columns)


def downgrade() -> None:
    """Take them back."""
    before = _before()
    _watch_done(before, _done(before)[0])
    for fact in _facts(before):
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER {fact.table}_touch_metrics_on_{event} ON {fact.table}")
        op.execute(f"DROP FUNCTION {fact.function}()")
    op.drop_table("indicator_results")
    op.drop_table("indicators")
