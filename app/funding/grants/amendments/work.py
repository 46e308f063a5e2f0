"""What waits among amendments: those to be decided, applied and signed."""

from typing import Final

from sqlalchemy import and_, any_, literal, select

from app.funding.grants.amendments.lifecycle import AMENDMENT, AmendmentStatus
from app.funding.grants.amendments.models import Amendment
from app.funding.grants.models import Grant
from app.funding.grants.queries import is_held
from app.funding.grants.work import OF_GRANT
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import first_words


def _amendments(reach: Reach, waits: Branch, status: AmendmentStatus) -> Row:
    mine = reach.is_mine(Amendment.grant_id, waits.permission)
    row = reach.row(
        (Amendment.id, Grant.reference, Grant.title),
        OF_GRANT,
        When(),
        (Amendment.grant_id, mine),
        matter_id=Amendment.id if waits.side is Side.CONVENOR else None,
    )
    return (
        row.select_from(Amendment)
        .join(Grant, Grant.id == Amendment.grant_id)
        .where(
            Amendment.status == status,
            reach.concerns(mine, Amendment.grant_id, waits.permission, "grant.read"),
        )
    )


def _to_decide(reach: Reach, waits: Branch) -> Row:
    """Amendments that were submitted."""
    return _amendments(reach, waits, AmendmentStatus.SUBMITTED)


def _to_apply(reach: Reach, waits: Branch) -> Row:
    """Those that were approved and that nobody signs; while the grant is held none is applied."""
    return _amendments(reach, waits, AmendmentStatus.APPROVED).where(~is_held(reach.at))


def _to_sign(reach: Reach, waits: Branch) -> Row:
    """Those for which no signature of this side stands; the person who has signed for the other
    side does not sign for this one."""
    word = first_words().c
    standing = select(word.subject_id).where(word.noun == "amendment", word.move == "sign")
    of_this_side = standing.where(literal(waits.permission) == any_(word.permissions))
    rows = _amendments(reach, waits, AmendmentStatus.AWAITING_COUNTERSIGNATURE)
    waiting = and_(~is_held(reach.at), Amendment.id.not_in(of_this_side))
    if reach.actor is None:
        return rows.where(waiting)
    own = standing.where(word.person_id == any_(reach.actor.persons))
    return rows.where(waiting, Amendment.id.not_in(own))


SIGN: Final = Kind("sign_amendment", Moving(AMENDMENT, "sign"))

work(
    Branch(
        Kind("decide_amendment", Moving(AMENDMENT, "approve")),
        "amendment.decide",
        Side.CONVENOR,
        _to_decide,
    ),
    Branch(
        Kind("apply_amendment", Moving(AMENDMENT, "apply")),
        "amendment.decide",
        Side.CONVENOR,
        _to_apply,
    ),
    Branch(SIGN, "grant.sign_as_grantee", Side.GRANTEE, _to_sign),
    Branch(SIGN, "grant.sign_as_convenor", Side.CONVENOR, _to_sign),
)
