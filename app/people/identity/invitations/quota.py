"""How many invitations somebody may send in a day: letters in the service's name are not for free.

They are counted with the person, in the transaction that sends them, so that what is refused counts
for nothing and no two requests find the same room.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import TooManyRequests
from app.kernel.limits import limits_of
from app.people.identity.actors import SignedIn
from app.people.identity.roles import ADMIN, RUNS
from app.people.identity.throttling import Counted, Limit, count
from app.web.rate_limits import seconds, tell

_STAFF: Final = frozenset((ADMIN, *RUNS))
_KEY: Final = b"invitations"
"""Ids of accounts need no secret to hide them."""


class TooManyInvitations(TooManyRequests):
    """You would send more invitations than you may in a day; none of these was sent. `left` of
    `limit` may be sent now, the others after the time that `Retry-After` says."""


async def spend(db: AsyncSession, actor: SignedIn, invitations: int = 1) -> None:
    """Count invitations that are about to be sent. Raises TooManyInvitations (429)."""
    limits = limits_of(db)
    is_staff = any(held.role in _STAFF for held in actor.roles)
    most = limits.invitations_by_staff if is_staff else limits.invitations_by_anyone
    limit = Limit("invitations", most, timedelta(days=1))
    counted = Counted.of(limit, str(actor.person_id), secret=_KEY)
    standing = (await count(db, [counted], invitations))[limit]
    if not standing.is_over:
        tell(standing.quota("invitations"))
        return
    left = max(0, most - (standing.attempts - invitations))
    tell(replace(standing.quota("invitations"), left=left))
    wait = {"Retry-After": str(seconds(standing.resets_in))}
    raise TooManyInvitations(headers=wait, extra={"limit": most, "left": left})
