"""What waits among dispensations: those that a second person has not confirmed yet."""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, any_, false, not_

from app.kernel.clock import day_in_sql
from app.network.conflicts.dispensations.lifecycle import DISPENSATION, DispensationStatus
from app.network.conflicts.dispensations.models import Dispensation
from app.people.obligations.register import Branch, Kind, Moving
from app.people.obligations.rows import Reach

CONFIRM: Final = Kind("confirm_dispensation", Moving(DISPENSATION, "confirm"))


def to_be_confirmed(reach: Reach, waits: Branch, timezone: Any) -> ColumnElement[bool]:
    """Whether it waits for the actor, who neither proposed it nor is whom it is for; nobody else is
    told."""
    if reach.actor is None:
        return false()
    return and_(
        reach.is_mine(Dispensation.scope_id, waits.permission),
        not_(Dispensation.account_id == any_(reach.actor.persons)),
        not_(Dispensation.proposed_by_id == any_(reach.actor.persons)),
        Dispensation.status == DispensationStatus.PROPOSED,
        Dispensation.until_on >= day_in_sql(reach.at, timezone),
    )
