"""What waits among results: those that one has said to publish, for the second."""

from sqlalchemy import or_

from app.learning.trust.result_sets.lifecycle import RESULT_SET
from app.learning.trust.result_sets.models import ResultSet
from app.learning.trust.rounds.models import Round
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import Seconding


def _publications(reach: Reach, _waits: Branch) -> Row:
    """Results that wait for the second of two persons; the team alone knows."""
    scope_id = ResultSet.scope_id
    publishing = Seconding(RESULT_SET, "publish", ResultSet.id, scope_id)
    mine = publishing.is_mine(reach)
    row = reach.row(
        (ResultSet.id, None, Round.title),
        {"cohort_id": ResultSet.cohort_id},
        When(Round.timezone),
        (scope_id, mine),
    )
    joined = row.select_from(ResultSet).join(Round, Round.id == ResultSet.round_id)
    return joined.where(publishing.waits(), or_(mine, reach.sees(scope_id, "activity.read_team")))


work(
    Branch(
        Kind("publish_result_set", Moving(RESULT_SET, "publish")),
        "result_set.publish",
        Side.CONVENOR,
        _publications,
    )
)
