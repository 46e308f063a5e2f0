"""Members who wait for a decision that nobody independent can take."""

from functools import partial
from typing import Final

from sqlalchemy import ColumnElement, and_, exists

from app.network.cohorts.lifecycle import OPEN, MembershipStatus, TaskStatus
from app.network.cohorts.models import Membership, Requirement, Task
from app.network.cohorts.pauses.lifecycle import PauseRequestStatus
from app.network.cohorts.pauses.models import PauseRequest
from app.network.cohorts.queries import MEMBERSHIPS
from app.network.cohorts.work import IN_COHORT
from app.network.conflicts.deciders.queries import (
    Decision,
    decided,
    decides,
    in_the_way,
    is_undecidable,
)
from app.network.conflicts.deciders.work import NAME_A_DECIDER
from app.people.obligations.register import Branch, Making, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import said_first

decided(MEMBERSHIPS)

_ASKED_FOR_LEAVE: Final = exists().where(
    PauseRequest.membership_id == Membership.id, PauseRequest.status == PauseRequestStatus.OPEN
)
_TO_BE_JUDGED: Final = exists().where(
    Task.membership_id == Membership.id,
    Task.status == TaskStatus.OPEN,
    Requirement.id == Task.requirement_id,
    Requirement.is_judged,
)

_removers: Final = partial(said_first, noun="membership", move="remove")


def _half_removed() -> ColumnElement[bool]:
    return Membership.id.in_(_removers(whom=False))


OF_MEMBERSHIPS: Final = decides(
    Decision(
        MEMBERSHIPS.about(Membership.status == MembershipStatus.ACTIVE, _ASKED_FOR_LEAVE),
        ("pause_request.decide",),
    ),
    Decision(MEMBERSHIPS.about(Membership.status.in_(OPEN), _TO_BE_JUDGED), ("task.judge",)),
    Decision(MEMBERSHIPS, ("membership.remove",), waits=_half_removed, besides=_removers),
)
"""Answering a request for leave, judging what a member did, and the second yes to a removal."""


def _memberships(reach: Reach, waits: Branch) -> Row:
    mine = reach.is_mine(Membership.id, waits.permission)
    row = reach.row(
        (Membership.id, None, None),
        IN_COHORT,
        When(Membership.timezone),
        (Membership.id, mine),
    )
    return row.select_from(Membership).where(and_(mine, is_undecidable(Membership.id)))


work(
    Branch(
        NAME_A_DECIDER,
        "decider.name",
        Side.CONVENOR,
        _memberships,
        Making("membership", "propose", "propose_membership_dispensation", "dispensations"),
        partial(in_the_way, decisions=OF_MEMBERSHIPS),
    ),
)
