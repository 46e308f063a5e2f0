"""Whom an address says, and which lines say nobody."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.learning.sessions.attendance.reports.models import UnmatchedAttendance
from app.people.erasures.personal import Personal, forgets
from app.people.identity.models import Account, FormerAddress

forgets(
    Personal(
        "unmatched_attendance",
        UnmatchedAttendance,
        lambda who: (
            UnmatchedAttendance.account_id.in_(who.account_ids)
            | UnmatchedAttendance.email.in_(who.addresses)
        ),
    )
)


async def people_at(db: AsyncSession, addresses: Collection[str]) -> Mapping[str, UUID]:
    """Whose each address is, or was where it is nobody's now; of one that several had, nobody.
    Whoever was merged into another is that other."""
    person = func.coalesce(Account.merged_into_id, Account.id).label("account_id")
    now_theirs = select(Account.email.label("email"), person, literal(value=True).label("is_now"))
    once_theirs = select(FormerAddress.email, person, literal(value=False)).join(
        Account, Account.id == FormerAddress.account_id
    )
    both = union_all(
        now_theirs.where(Account.email.in_(addresses)),
        once_theirs.where(FormerAddress.email.in_(addresses)),
    )
    found: dict[tuple[str, bool], set[UUID]] = {}
    for email, account_id, is_now in await db.execute(both):
        found.setdefault((str(email), is_now), set()).add(account_id)
    whose = {email: found.get((email, True)) or found[email, False] for email, _ in found}
    return {email: next(iter(people)) for email, people in whose.items() if len(people) == 1}


def lines_of(session_id: UUID) -> Select[UnmatchedAttendance]:
    """The lines of a session's reports that nobody was known by: the open ones first."""
    line = UnmatchedAttendance
    statement = select(line).where(line.session_id == session_id)
    statement = statement.order_by(line.settled_at.is_not(None), line.joined_at, line.id)
    return statement.options(joinedload(line.account))
