"""Whom nothing binds within a whole programme: they may decide about whatever waits in it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Subquery,
    Text,
    and_,
    literal,
    not_,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from app.kernel.kept import AT
from app.network.collaborations.models import Participant
from app.network.conflicts.models import ConflictOfInterest
from app.network.conflicts.queries import ON_THE_GRANTEES_SIDE
from app.network.programmes.models import Programme, ProgrammeParty
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import COLLABORATION
from app.people.identity.scopes import ScopeClosure
from app.people.organisations.affiliations.models import Affiliation


def clear_within(hands: Iterable[Select[*tuple[Any, ...]]]) -> CTE:
    """The programmes (`programme_id`) below the roles (`role`) of people who had no hand in
    anything, as `hands` say it, were of no collaboration, worked for nobody who takes part in one,
    unless the programme has them as its party, and have no conflict of interest at all.

    It asks more than independence does (`conflicts/queries.py`), and so before there is a matter;
    a test holds that whoever is clear may decide.
    """
    heads = _heads()
    asked = select(heads.c.account_id, heads.c.programme_id)
    bound = union_all(
        *(asked.where(_is_among(done.subquery(), heads)) for done in hands),
        asked.join(Account, or_(Account.id == heads.c.same_id, Account.owner_id == heads.c.same_id))
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(RoleAssignment.role.in_(COLLABORATION)),
        asked.join(Affiliation, Affiliation.account_id == heads.c.same_id)
        .join(Participant, Participant.organisation_id == Affiliation.organisation_id)
        .outerjoin(
            ProgrammeParty,
            and_(
                ProgrammeParty.programme_id == heads.c.programme_id,
                ProgrammeParty.organisation_id == Participant.organisation_id,
            ),
        )
        .where(
            Affiliation.withdrawn_at.is_(None),
            Participant.role.in_(ON_THE_GRANTEES_SIDE),
            ProgrammeParty.programme_id.is_(None),
        ),
        asked.join(ConflictOfInterest, ConflictOfInterest.account_id == heads.c.same_id).where(
            ConflictOfInterest.withdrawn_at.is_(None)
        ),
    )
    person = tuple_(heads.c.account_id, heads.c.programme_id)
    clear = select(heads).where(person.not_in(bound))
    return clear.cte("clear").prefix_with("MATERIALIZED", dialect="postgresql")


def is_clear(person_id: Any, hands: Iterable[Any]) -> ColumnElement[bool]:
    """Whether nothing binds a person to anything at all: they had no hand in anything, as `hands`
    say it, were of no collaboration, worked for nobody who takes part in one, and have no conflict
    of interest. Asked once of whoever reads, it spares the question about each matter.
    """
    same = aliased(Account, name="same")
    account = aliased(Account, name="same_or_service")
    bound = (
        *(select(done.c.person_id).where(done.c.person_id == same.id) for done in _each(hands)),
        select(RoleAssignment.id)
        .join(account, account.id == RoleAssignment.account_id)
        .where(
            or_(account.id == same.id, account.owner_id == same.id),
            RoleAssignment.role.in_(COLLABORATION),
        ),
        select(Affiliation.id)
        .join(Participant, Participant.organisation_id == Affiliation.organisation_id)
        .where(
            Affiliation.account_id == same.id,
            Affiliation.withdrawn_at.is_(None),
            Participant.role.in_(ON_THE_GRANTEES_SIDE),
        ),
        select(ConflictOfInterest.id).where(
            ConflictOfInterest.account_id == same.id, ConflictOfInterest.withdrawn_at.is_(None)
        ),
    )
    theirs = or_(same.id == person_id, same.merged_into_id == person_id)
    found = select(same.id).where(theirs, or_(*(one.correlate(same).exists() for one in bound)))
    return not_(found.correlate_except(same).exists())


def _each(hands: Iterable[Any]) -> Iterable[Subquery]:
    return (done.subquery() for done in hands)


def _heads() -> CTE:
    """Who holds a role above a whole programme, by each account of theirs (`same_id`)."""
    same = aliased(Account)
    found = (
        select(
            RoleAssignment.account_id,
            type_coerce(RoleAssignment.role, Text).label("role"),
            Programme.id.label("programme_id"),
            same.id.label("same_id"),
        )
        .join(Account, Account.id == RoleAssignment.account_id)
        .join(same, or_(same.id == Account.id, same.merged_into_id == Account.id))
        .join(ScopeClosure, ScopeClosure.ancestor_id == RoleAssignment.scope_id)
        .join(Programme, Programme.id == ScopeClosure.descendant_id)
        .where(is_valid(AT), Account.owner_id.is_(None), Account.disabled_at.is_(None))
    )
    return found.cte("heads").prefix_with("MATERIALIZED", dialect="postgresql")


def _is_among(done: Subquery, heads: CTE) -> ColumnElement[bool]:
    is_theirs = select(literal(1)).where(done.c.person_id == heads.c.same_id)
    return is_theirs.correlate(heads).exists()
