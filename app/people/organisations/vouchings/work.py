"""What waits where somebody said for whom another works: the person's answer, and what follows."""

from typing import Final

from sqlalchemy import ColumnElement, and_, any_, cast, false, literal, not_, null, or_, select
from sqlalchemy.types import Uuid

from app.people.identity.models import RoleAssignment
from app.people.identity.scopes import NETWORK_ID, Scope
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.organisations.affiliations.models import Affiliation
from app.people.organisations.models import Organisation

_NETWORK: Final = cast(literal(NETWORK_ID, Uuid), Uuid)


def _row(reach: Reach, mine: ColumnElement[bool]) -> Row:
    subject, who = (Affiliation.id, null(), Organisation.name), (_NETWORK, mine)
    return (
        reach.row(subject, {}, When(literal("UTC")), who)
        .select_from(Affiliation)
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(Affiliation.withdrawn_at.is_(None), mine)
    )


def _to_confirm(reach: Reach, _waits: Branch) -> Row:
    """What others have said of the actor, which counts, and which the actor has not answered."""
    if reach.actor is None:
        return _row(reach, false())
    is_mine = Affiliation.account_id == any_(reach.actor.persons)
    unanswered = (
        Affiliation.confirmed_at.is_(None),
        Affiliation.contested_at.is_(None),
        not_(Affiliation.entered_by_id == any_(reach.actor.persons)),
    )
    return _row(reach, and_(is_mine, *unanswered))


def _to_settle(reach: Reach, _waits: Branch) -> Row:
    """What is contested, for whoever said it and for administrators, save of themselves."""
    if reach.actor is None:
        return _row(reach, false())
    said_it = Affiliation.entered_by_id == any_(reach.actor.persons)
    administers = reach.is_mine(_NETWORK, "account.edit")
    vouches = _reaches(reach, "affiliation.vouch")
    is_own = Affiliation.account_id == any_(reach.actor.persons)
    is_mine = and_(vouches, or_(said_it, administers), ~is_own, _is_seen(reach))
    return _row(reach, and_(is_mine, Affiliation.contested_at.is_not(None)))


def _is_seen(reach: Reach) -> ColumnElement[bool]:
    """Whether the actor sees another person."""
    return _reaches(reach, "account.read")


def _reaches(reach: Reach, permission: str) -> ColumnElement[bool]:
    """Whether the actor holds a permission where a person holds or held a role, or on the
    network."""
    here = (
        select(RoleAssignment.id)
        .join(Scope, Scope.id == RoleAssignment.scope_id)
        .where(
            RoleAssignment.account_id == Affiliation.account_id,
            reach.sees(Scope.granted_at_id, permission),
        )
        .correlate(Affiliation)
        .exists()
    )
    return or_(here, reach.sees(_NETWORK, permission))


def _answer(name: str) -> Making:
    return Making("affiliation", name, f"{name}_affiliation", name)


work(
    Branch(
        Kind("confirm_affiliation", _answer("confirm"), is_personal=True),
        "affiliation.edit",
        Side.CONVENOR,
        _to_confirm,
    ),
    Branch(
        Kind("settle_affiliation", _answer("withdraw"), is_personal=True),
        "affiliation.vouch",
        Side.CONVENOR,
        _to_settle,
    ),
)
