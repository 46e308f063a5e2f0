"""What waits among recoveries: those to be decided, what is to come, and what one person would
write off."""

from sqlalchemy import or_

from app.funding.grants.models import Grant
from app.funding.grants.recoveries.lifecycle import OUTSTANDING, RECOVERY, RecoveryStatus
from app.funding.grants.recoveries.models import Recovery
from app.funding.grants.work import OF_GRANT
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import Seconding


def _to_decide(reach: Reach, waits: Branch) -> Row:
    """Recoveries that were proposed."""
    mine = reach.is_mine(Recovery.grant_id, waits.permission)
    row = reach.row(
        (Recovery.id, Grant.reference, Grant.title),
        OF_GRANT,
        When(),
        (Recovery.grant_id, mine),
        matter_id=Recovery.grant_id,
    )
    return (
        row.select_from(Recovery)
        .join(Grant, Grant.id == Recovery.grant_id)
        .where(
            Recovery.status == RecoveryStatus.PROPOSED,
            reach.concerns(mine, Recovery.grant_id, waits.permission, "grant.read"),
        )
    )


def _to_come(reach: Reach, waits: Branch) -> Row:
    """Recoveries of which money is still to come."""
    mine = reach.is_mine(Recovery.grant_id, waits.permission)
    row = reach.row(
        (Recovery.id, Grant.reference, Grant.title), OF_GRANT, When(), (Recovery.grant_id, mine)
    )
    return (
        row.select_from(Recovery)
        .join(Grant, Grant.id == Recovery.grant_id)
        .where(
            Recovery.status.in_(OUTSTANDING),
            reach.concerns(mine, Recovery.grant_id, waits.permission, "grant.read"),
        )
    )


def _write_offs(reach: Reach, _waits: Branch) -> Row:
    """Recoveries whose write-off waits for the second of two persons; the team alone knows."""
    giving_up = Seconding(RECOVERY, "write_off", Recovery.id, Recovery.grant_id)
    mine = giving_up.is_mine(reach)
    row = reach.row(
        (Recovery.id, Grant.reference, Grant.title),
        OF_GRANT,
        When(),
        (Recovery.grant_id, mine),
        matter_id=Recovery.grant_id,
    )
    return (
        row.select_from(Recovery)
        .join(Grant, Grant.id == Recovery.grant_id)
        .where(giving_up.waits(), or_(mine, reach.sees(Recovery.grant_id, "activity.read_team")))
    )


work(
    Branch(
        Kind("decide_recovery", Moving(RECOVERY, "agree")),
        "recovery.decide",
        Side.CONVENOR,
        _to_decide,
    ),
    Branch(
        Kind("receive_recovery", Moving(RECOVERY, "receive")),
        "recovery.receive",
        Side.CONVENOR,
        _to_come,
    ),
    Branch(
        Kind("endorse_write_off", Moving(RECOVERY, "write_off")),
        "recovery.endorse_write_off",
        Side.CONVENOR,
        _write_offs,
    ),
)
