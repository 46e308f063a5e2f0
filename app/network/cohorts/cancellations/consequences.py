"""Telling everyone of a cohort that it is cancelled."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.kernel.transitions import Touched
from app.network.cohorts.cancellations.queries import everyone
from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort
from app.people.identity.actors import Actor

_LETTER: Final = """\
Dear {name},

the cohort {cohort} is cancelled, for this reason:

{reason}

Your collaboration is no longer a member of it. Nothing more is asked of you in it; those who ran it
say what becomes of a grant that was given in it.
"""


async def _told(db: AsyncSession, _actor: Actor, cohort: Cohort) -> list[Touched]:
    return [
        Touched("account", one.account_id, None, one.name) for one in await everyone(db, cohort)
    ]


@COHORT.consequence("cancel", touches=_told)
async def everyone_is_told(
    db: AsyncSession, actor: Actor, cohort: Cohort, reason: str | None
) -> None:
    """The leads and members of every collaboration in it are written to, with the reason."""
    for person in await everyone(db, cohort):
        letter = _LETTER.format(
            name=mail.said(person.name),
            cohort=mail.said(cohort.name),
            reason=mail.quoted(reason or ""),
        )
        await mail.send(
            db,
            to=person.email,
            subject=f"Cancelled: {mail.said(cohort.name)}",
            text=letter,
            key=f"cohort-cancelled:{cohort.id}:{person.account_id}",
            about=cohort,
            sender_id=actor.account_id,
            recipient_id=person.account_id,
        )
