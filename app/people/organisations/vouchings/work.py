"""What waits where somebody said for whom another works: the person's answer, and what follows."""

from sqlalchemy import ColumnElement, and_, false, literal, null, or_

from app.people.identity.accounts.access import visible_people
from app.people.identity.actors import SignedIn
from app.people.identity.models import Account
from app.people.identity.scopes import NETWORK_ID
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.organisations.affiliations.models import Affiliation
from app.people.organisations.models import Organisation


def _row(reach: Reach, mine: ColumnElement[bool]) -> Row:
    subject, who = (Affiliation.id, null(), Organisation.name), (literal(NETWORK_ID), mine)
    return (
        reach.row(subject, {}, When(literal("UTC")), who)
        .select_from(Affiliation)
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(Affiliation.withdrawn_at.is_(None), mine)
    )


def _to_confirm(reach: Reach, _waits: Branch) -> Row:
    """What others have said of the actor, which counts, and which the actor has not answered."""
    is_mine = Affiliation.account_id == reach.actor.account_id if reach.actor else false()
    unanswered = (
        Affiliation.confirmed_at.is_(None),
        Affiliation.contested_at.is_(None),
        Affiliation.entered_by_id != Affiliation.account_id,
    )
    return _row(reach, and_(is_mine, *unanswered))


def _to_settle(reach: Reach, _waits: Branch) -> Row:
    """What is contested, for whoever said it and for administrators, save of themselves."""
    if not isinstance(reach.actor, SignedIn):
        return _row(reach, false())
    seen = visible_people(reach.actor).with_only_columns(Account.id)
    said_it = Affiliation.entered_by_id == reach.actor.account_id
    administers = reach.is_mine(literal(NETWORK_ID), "account.edit")
    vouches = reach.is_mine(literal(NETWORK_ID), "affiliation.vouch")
    is_own = Affiliation.account_id.in_(sorted(reach.actor.persons))
    is_mine = and_(vouches, or_(said_it, administers), ~is_own, Affiliation.account_id.in_(seen))
    return _row(reach, and_(is_mine, Affiliation.contested_at.is_not(None)))


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
        told_to=("affiliation.vouch",),
    ),
)
