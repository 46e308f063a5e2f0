"""The sheet of a session: who was expected and what is known of who came, in one statement."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, bindparam, cast, false, null, or_, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.kernel.asking import ask_within
from app.kernel.clock import now
from app.kernel.schemas import Ref
from app.kernel.statements import Statement
from app.learning.sessions.attendance.expected import people_expected
from app.learning.sessions.attendance.models import Evidence
from app.learning.sessions.attendance.reckoning import Said
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.learning.sessions.presence import Stay
from app.network.cohorts.models import Membership
from app.network.collaborations.models import Collaboration
from app.people.identity.actors import Actor
from app.people.identity.models import Account
from app.people.reads.held import By, Held
from app.people.reads.reader import Reader

_SEEN: Final = "learning_session.read"
_WHOLE: Final = "attendance.read"
_LATEST: Final = datetime.max.replace(tzinfo=UTC)

_recorder = aliased(Account)
_KNOWN: Final = {
    "evidence_id": Evidence.id,
    "joined_at": Evidence.joined_at,
    "left_at": Evidence.left_at,
    "said": Evidence.said,
    "reason": Evidence.reason,
    "recorded_by_id": Evidence.recorded_by_id,
    "recorded_by_name": _recorder.name,
    "recorded_at": Evidence.recorded_at,
}


@dataclass(frozen=True)
class Somebody:
    """Who was expected for a member, or came for one."""

    membership_id: UUID
    collaboration: Ref
    account: Ref
    is_me: bool


@dataclass(frozen=True)
class Known:
    """One row of evidence: when they were there, or what was said of them."""

    stay: Stay | None
    said: Said | None
    reason: str | None
    recorded_by: Ref
    recorded_at: datetime


@dataclass(frozen=True)
class Sheet:
    """A session with its people, and by account what is known of them."""

    session_id: UUID
    on: Stay
    is_over: bool
    is_whole: bool
    """Whether who asks may read of everybody."""
    people: Sequence[Somebody]
    known: Mapping[UUID, Sequence[Known]]

    @property
    def is_recorded(self) -> bool:
        """Whether anything is known of who came."""
        return bool(self.known)

    @property
    def is_over_and_recorded(self) -> bool:
        """Whether who is not known to have come was absent."""
        return self.is_over and self.is_recorded


async def read_sheet(read: Reader, session_id: UUID) -> Sheet | None:
    """The sheet of a session; None for who may not see it."""
    statement, held = _written(read.by)
    rows = [_Row(*row) for row in await read.ask(statement, held, {"session_id": session_id})]
    return _sheet(rows) if rows[0].session_id else None


async def sheet_within(db: AsyncSession, actor: Actor, session_id: UUID) -> Sheet:
    """The same for an actor in hand, who has obtained the session, within their transaction."""
    await db.flush()
    statement, held = _written(By.ACTOR)
    values = {"session_id": session_id, "at": now(db), **held.of_actor(actor)}
    asked = await ask_within(await db.connection(), statement.sql, statement.ordered(values))
    return _sheet([_Row(*row) for row in asked])


class _Row(NamedTuple):
    """Somebody who was expected, or with an `evidence_id` something that is known."""

    session_id: UUID
    starts_at: datetime
    ends_at: datetime
    status: str
    is_whole: bool
    is_me: bool
    membership_id: UUID | None
    activated_at: datetime
    collaboration_id: UUID
    reference: str
    collaboration_name: str
    name_folded: str
    account_id: UUID | None
    name: str
    evidence_id: UUID | None
    joined_at: datetime | None
    left_at: datetime | None
    said: str | None
    reason: str | None
    recorded_by_id: UUID
    recorded_by_name: str
    recorded_at: datetime

    @property
    def somebody(self) -> Somebody:
        assert self.membership_id is not None
        assert self.account_id is not None
        return Somebody(
            self.membership_id,
            Ref(id=self.collaboration_id, reference=self.reference, name=self.collaboration_name),
            Ref(id=self.account_id, reference=None, name=self.name),
            self.is_me,
        )

    @property
    def known(self) -> Known:
        return Known(
            Stay(self.joined_at, self.left_at) if self.joined_at and self.left_at else None,
            Said(self.said) if self.said else None,
            self.reason,
            Ref(id=self.recorded_by_id, reference=None, name=self.recorded_by_name),
            self.recorded_at,
        )


def _sheet(rows: Sequence[_Row]) -> Sheet:
    first = rows[0]
    of_people = [row for row in rows if row.account_id]
    expected = [row for row in of_people if not row.evidence_id]
    expected.sort(key=lambda one: (one.activated_at, one.membership_id, one.name_folded))
    evident = [row for row in of_people if row.evidence_id]
    evident.sort(key=lambda one: (one.joined_at or _LATEST, one.evidence_id))
    known: dict[UUID, list[Known]] = defaultdict(list)
    for row in evident:
        assert row.account_id is not None
        known[row.account_id].append(row.known)
    return Sheet(
        session_id=first.session_id,
        on=Stay(first.starts_at, first.ends_at),
        is_over=first.status == LearningSessionStatus.HELD,
        is_whole=first.is_whole,
        people=list(_each_once(expected, evident)),
        known=dict(known),
    )


def _each_once(expected: Sequence[_Row], evident: Sequence[_Row]) -> Iterator[Somebody]:
    """Who was expected, for each member, then who came besides."""
    named: set[UUID | None] = set()
    for row in expected:
        named.add(row.account_id)
        yield row.somebody
    for row in evident:
        if row.account_id not in named:
            named.add(row.account_id)
            yield row.somebody


@cache
def _written(by: By) -> tuple[Statement, Held]:
    held = Held(by, sorted((_SEEN, _WHOLE)))
    people = union_all(_expected(), _came()).subquery("people")
    here = held.at(LearningSession.id)
    me = false()
    if by is not By.ACTOR:
        me = or_(people.c.account_id == held.person_id, people.c.merged_into_id == held.person_id)
    found = (
        select(
            LearningSession.id,
            LearningSession.starts_at,
            LearningSession.ends_at,
            LearningSession.status,
            held.holds(_WHOLE, here).label("is_whole"),
            me.label("is_me"),
            *(people.c[name] for name in _Row._fields if name in people.c and name != "session_id"),
        )
        .select_from(LearningSession)
        .join(here, true())
        .outerjoin(people, people.c.session_id == LearningSession.id)
        .where(LearningSession.id == bindparam("session_id", type_=LearningSession.id.type))
    )
    if by is By.ACTOR:
        return Statement.of(found), held
    return Statement.of(held.beside(found.where(held.holds(_SEEN, here)))), held


def _expected() -> Select[Any]:
    """Who was expected, of whom nothing is known by this alone."""
    asked = LearningSession.id == bindparam("session_id", type_=LearningSession.id.type)
    nothing = [cast(null(), column.type).label(name) for name, column in _KNOWN.items()]
    return people_expected().add_columns(Account.merged_into_id, *nothing).where(asked)


def _came() -> Any:
    """What is known, row by row, of whom and for which member."""
    asked = Evidence.session_id == bindparam("session_id", type_=LearningSession.id.type)
    return (
        select(
            Evidence.session_id,
            Evidence.membership_id,
            Membership.activated_at,
            Collaboration.id,
            Collaboration.reference,
            Collaboration.name,
            Account.name_folded,
            Account.id,
            Account.name,
            Account.merged_into_id,
            *(column.label(name) for name, column in _KNOWN.items()),
        )
        .join(Membership, Membership.id == Evidence.membership_id)
        .join(Collaboration, Collaboration.id == Membership.collaboration_id)
        .join(Account, Account.id == Evidence.account_id)
        .join(_recorder, _recorder.id == Evidence.recorded_by_id)
        .where(asked)
    )
