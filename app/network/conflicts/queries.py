"""Who is not independent of what: the one rule, as conditions in SQL, and what follows from it.

Whoever decides had no hand in it, was not of the grantee while it lived, did not work meanwhile for
its steward or a contributor, and had no conflict of interest about any of these. A service counts
as its owner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    Subquery,
    Uuid,
    and_,
    bindparam,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.kernel.activity import Activity
from app.kernel.clock import Moment, day_in_sql, instant_in_sql, network_zone, now, today
from app.kernel.db import Instant
from app.kernel.statements import Kept
from app.network.collaborations.models import Participant, ParticipantRole
from app.network.conflicts.dispensations.lifecycle import DispensationStatus
from app.network.conflicts.dispensations.models import Dispensation
from app.network.conflicts.models import ConflictOfInterest
from app.network.programmes.models import ProgrammeParty
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.roles import COLLABORATION
from app.people.organisations.affiliations.models import Affiliation
from app.people.organisations.models import Organisation
from app.people.organisations.queries import reconciles

ON_THE_GRANTEES_SIDE: Final = (ParticipantRole.STEWARD, ParticipantRole.CONTRIBUTOR)
"""Who uses it, pays for it or gains by it is not on that side."""

_GIVER: Final = aliased(Account)
_ALIAS: Final = aliased(Account)


class Tie(StrEnum):
    """What binds a person to what is decided about, in the order in which it is asked."""

    ACT = "act"
    ROLE = "role"
    AFFILIATION = "affiliation"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Matters:
    """Things of one kind about which somebody decides.

    `rows` says of each its `id`, `scope_id`, `collaboration_id`, `programme_id`, `timezone`, when
    it `began_at`, and which organisations count: those that took part when it was handed in, at
    `fixed_at` as the row `fixed_id`; all until now where these are null. `hands` are the rows
    (`subject_id`, `person_id`) of who had a hand in it.
    """

    rows: Select[*tuple[Any, ...]]
    hands: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]

    @cached_property
    def ties_of_one(self) -> Kept:
        """What binds `person_id` to the one of `thing_id`, what lets them decide all the same, and
        whether they have appointed somebody of the other side, `at` an instant."""
        thing_id, person_id = (bindparam(name, type_=Uuid()) for name in ("thing_id", "person_id"))
        matter = self.rows.where(self.rows.selected_columns.id == thing_id).subquery()
        asked = Question(self, matter, person_id, bindparam("at", type_=Instant))
        return Kept.of(
            select(
                *ties(asked),
                asked.dispensation.scalar_subquery().label("dispensation_id"),
                asked.has_appointed.label("has_appointed"),
            )
        )

    def about(self, *wanted: ColumnElement[bool]) -> "Matters":
        """Those of them of which this holds."""
        return Matters(self.rows.where(*wanted), self.hands)


def hands_in(noun: str, verbs: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Who did one of these things to a thing of this noun."""
    return select(Activity.subject_id, Activity.person_id).where(
        Activity.noun == noun, Activity.verb.in_(verbs)
    )


@dataclass(frozen=True)
class Question:
    """Whether a person is independent of a matter at an instant.

    `matter` is a row of `matters.rows`, and `person` an id, or a column of `outer`.
    """

    matters: Matters
    matter: Subquery
    person: Any
    at: Moment
    outer: tuple[FromClause, ...] = ()

    @property
    def had_a_hand(self) -> ColumnElement[bool]:
        """By what the person did."""
        hands = self.matters.hands.subquery()
        return self._any(
            select(literal(1))
            .select_from(hands)
            .where(hands.c.subject_id == self.matter.c.id, self.is_theirs(hands.c.person_id))
        )

    @property
    def held_a_role(self) -> ColumnElement[bool]:
        """By a role on the grantee's side while the matter lived, whether laid down or not."""
        return self._any(
            _roles(self.matter, self.at).where(
                or_(self.is_theirs(Account.id), self.is_theirs(Account.owner_id))
            )
        )

    @property
    def employer(self) -> Select[UUID]:
        """The organisations on the grantee's side for which the person worked meanwhile."""
        lasted = (
            or_(Affiliation.since_on.is_(None), Affiliation.since_on <= self._today),
            or_(Affiliation.ended_on.is_(None), Affiliation.ended_on >= self._first_day),
        )
        return self._inner(
            select(Organisation.id)
            .join(Affiliation, Affiliation.organisation_id == Organisation.id)
            .join(Participant, Participant.organisation_id == Organisation.id)
            .where(self.is_theirs(Affiliation.account_id), *lasted, self._counts)
            .where(Affiliation.withdrawn_at.is_(None))
            .order_by(Organisation.name_folded, Organisation.id)
            .limit(1)
        )

    @property
    def declared(self) -> Select[UUID]:
        """The conflicts of interest about the collaboration, an organisation on its side, or
        somebody who is not independent either."""
        other = Question(
            self.matters,
            self.matter,
            ConflictOfInterest.person_id,
            self.at,
            (*self.outer, ConflictOfInterest.__table__),
        )
        takes_part = self._any(
            select(literal(1))
            .select_from(Participant)
            .where(Participant.organisation_id == ConflictOfInterest.organisation_id, self._counts),
            ConflictOfInterest.__table__,
        )
        return self._inner(
            select(ConflictOfInterest.id)
            .where(
                self.is_theirs(ConflictOfInterest.account_id),
                ConflictOfInterest.withdrawn_at.is_(None),
                ConflictOfInterest.from_on <= self._today,
                or_(
                    ConflictOfInterest.until_on.is_(None),
                    ConflictOfInterest.until_on >= self._first_day,
                ),
                or_(
                    ConflictOfInterest.collaboration_id == self.matter.c.collaboration_id,
                    takes_part,
                    other.is_of_the_other_side,
                ),
            )
            .order_by(ConflictOfInterest.id)
            .limit(1)
        )

    @property
    def is_of_the_other_side(self) -> ColumnElement[bool]:
        """By acts, roles or affiliations."""
        return or_(self.had_a_hand, self.held_a_role, self.employer.exists())

    @property
    def dispensation(self) -> Select[UUID]:
        """What lets the person decide all the same, if they had no hand in it."""
        return self._inner(
            select(Dispensation.id).where(
                Dispensation.subject_id == self.matter.c.id,
                self.is_theirs(Dispensation.account_id),
                Dispensation.status == DispensationStatus.CONFIRMED,
                Dispensation.until_on >= self._today,
            )
        )

    @property
    def has_appointed(self) -> ColumnElement[bool]:
        """Whether the person has given somebody else a role on the grantee's side meanwhile."""
        return self._any(
            _roles(self.matter, self.at)
            .join(_GIVER, _GIVER.id == RoleAssignment.granted_by_id)
            .where(or_(self.is_theirs(_GIVER.id), self.is_theirs(_GIVER.owner_id)))
        )

    @property
    def may_decide(self) -> ColumnElement[bool]:
        """Whether the person is independent, or has a dispensation and had no hand in it."""
        is_tied = or_(self.held_a_role, self.employer.exists(), self.declared.exists())
        return and_(not_(self.had_a_hand), or_(not_(is_tied), self.dispensation.exists()))

    def is_theirs(self, account_id: Any) -> ColumnElement[bool]:
        """Whether it is an account of the person: their own, or one that was merged into it."""
        merged = select(_ALIAS.id).where(_ALIAS.merged_into_id == self.person)
        return or_(account_id == self.person, account_id.in_(merged.correlate(*self.outer)))

    @property
    def _today(self) -> ColumnElement[Any]:
        return day_in_sql(self.at, self.matter.c.timezone)

    @property
    def _first_day(self) -> ColumnElement[Any]:
        return day_in_sql(self.matter.c.began_at, self.matter.c.timezone)

    @property
    def _counts(self) -> ColumnElement[bool]:
        """Whether a participant is on the grantee's side of the matter."""
        matter = self.matter.c
        ends_at = func.coalesce(matter.fixed_at, instant_in_sql(self.at))
        added = tuple_(Participant.created_at, Participant.id)
        is_in_time = or_(
            matter.fixed_at.is_(None), added <= tuple_(matter.fixed_at, matter.fixed_id)
        )
        party = select(literal(1)).where(
            ProgrammeParty.programme_id == matter.programme_id,
            ProgrammeParty.organisation_id == Participant.organisation_id,
        )
        return and_(
            Participant.collaboration_id == matter.collaboration_id,
            Participant.role.in_(ON_THE_GRANTEES_SIDE),
            Participant.since_on <= day_in_sql(ends_at, matter.timezone),
            or_(Participant.ended_on.is_(None), Participant.ended_on >= self._first_day),
            is_in_time,
            not_(self._any(party, Participant.__table__)),
        )

    def _inner(self, found: Select[Any]) -> Select[Any]:
        return found.correlate(self.matter, *self.outer)

    def _any(self, found: Select[Any], *outer: FromClause) -> ColumnElement[bool]:
        return found.correlate(self.matter, *self.outer, *outer).exists()


def _roles(matter: Subquery, at: Moment) -> Select[Any]:
    """The roles on the grantee's side that were held while a matter lived, with their accounts. A
    role that was taken away before it began was never held."""
    was_held = or_(
        RoleAssignment.valid_until.is_(None),
        RoleAssignment.valid_until > RoleAssignment.valid_from,
        RoleAssignment.updated_at >= RoleAssignment.valid_from,
    )
    return (
        select(literal(1))
        .select_from(RoleAssignment)
        .join(Account, Account.id == RoleAssignment.account_id)
        .where(
            RoleAssignment.scope_id == matter.c.collaboration_id,
            RoleAssignment.role.in_(COLLABORATION),
            RoleAssignment.valid_from <= at,
            or_(
                RoleAssignment.valid_until.is_(None),
                RoleAssignment.valid_until >= matter.c.began_at,
            ),
            was_held,
        )
    )


def ties(asked: Question) -> tuple[ColumnElement[Any], ...]:
    """What binds the person of a question to its matter."""
    return (
        asked.had_a_hand.label("had_a_hand"),
        asked.held_a_role.label("held_a_role"),
        asked.employer.scalar_subquery().label("organisation_id"),
        asked.declared.scalar_subquery().label("conflict_id"),
        asked.matter.c.collaboration_id.label("collaboration_id"),
    )


def tie_of(found: Any) -> Tie | None:
    """The first that binds, of a row of ties."""
    for tie, binds in (
        (Tie.ACT, found.had_a_hand),
        (Tie.ROLE, found.held_a_role),
        (Tie.AFFILIATION, found.organisation_id),
        (Tie.CONFLICT, found.conflict_id),
    ):
        if binds:
            return tie
    return None


@reconciles
async def keep_one_conflict(db: AsyncSession, duplicate_id: UUID, survivor_id: UUID) -> None:
    """Where somebody has a conflict about both, that about the duplicate ends; it has its days."""
    lasts = (ConflictOfInterest.until_on.is_(None), ConflictOfInterest.withdrawn_at.is_(None))
    survivors = select(ConflictOfInterest.account_id).where(
        ConflictOfInterest.organisation_id == survivor_id, *lasts
    )
    doubled = update(ConflictOfInterest).where(
        ConflictOfInterest.organisation_id == duplicate_id,
        ConflictOfInterest.account_id.in_(survivors),
        *lasts,
    )
    ended = func.greatest(ConflictOfInterest.from_on, today(db, network_zone(db)))
    values = {"until_on": ended, "version": ConflictOfInterest.version + 1, "updated_at": now(db)}
    await db.execute(doubled.values(values))
