"""Watch what metrics tell of trust: rounds, and the results that were published of them."""

from typing import Any

from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def _facts() -> tuple[Any, tuple[Any, ...]]:
    """How facts are watched, and those that are watched from now on."""
    script = op.get_context().script
    assert script is not None
    before = script.get_revision("0067").module
    of_cohort = "SELECT one.cohort_id, NULL::uuid, NULL::uuid"
    of_set = (
        "SELECT result_sets.cohort_id, NULL::uuid, NULL::uuid "
        "FROM result_sets WHERE result_sets.id = one.result_set_id"
    )
    return before, (
        before.Fact("rounds", "cohort_id, opens_at, confidentiality, k, colluders", of_cohort),
        before.Fact(
            "result_sets",
            "cohort_id, round_id, status, published_at, structure_hash, networks",
            of_cohort,
        ),
        before.Fact(
            "results",
            "result_set_id, membership_id, perspective, dimension, breakdown, score",
            of_set,
        ),
    )


def upgrade() -> None:
    """Watch them, and let whoever polls ask once more."""
    before, facts = _facts()
    for fact in facts:
        for statement in before.statements(fact):
            op.execute(statement)
    op.execute(
        "UPDATE metric_marks SET changes = changes + 1 "
        "WHERE scope_id IN (SELECT cohort_id FROM rounds)"
    )


def downgrade() -> None:
    """Watch them no more."""
    _, facts = _facts()
    for fact in facts:
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER {fact.table}_touch_metrics_on_{event} ON {fact.table}")
        op.execute(f"DROP FUNCTION {fact.function}()")
