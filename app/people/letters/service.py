"""Reading what became of letters."""

from typing import Any, Final

from sqlalchemy import Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import DeliveryState, LetterDeliveryOut, MailMessage, is_in_state
from app.kernel.filters import Filters, wanted
from app.kernel.paging import paginate
from app.people.identity.access import require
from app.people.identity.actors import SignedIn
from app.people.identity.models import Account, Invitation
from app.people.identity.schemas import AccountRef
from app.people.identity.scopes import NETWORK_ID
from app.people.letters.schemas import (
    LetterQuery,
    MailedLetterOut,
    MailedLetterPage,
    OwnLetterOut,
    OwnLetterPage,
)

_FILTERS: Final[Filters] = {"state": lambda asked: is_in_state(DeliveryState(asked))}
SORTS: Final = {"queued_at": (MailMessage.queued_at, MailMessage.id)}


async def list_letters(db: AsyncSession, actor: SignedIn, query: LetterQuery) -> MailedLetterPage:
    """Every letter that is still remembered. Raises NotAllowed (403)."""
    require(actor, "letter.read", NETWORK_ID)
    sender = (Account.id.label("account_id"), Account.name, Account.kind)
    columns = [column for column in MailMessage.__table__.c if column.key != "text"]
    statement = select(*columns, *sender).outerjoin(Account, Account.id == MailMessage.sender_id)
    statement = statement.where(*wanted(MailMessage, query, _FILTERS))
    page = await paginate(db, statement, query, SORTS, default="-queued_at")
    return MailedLetterPage(
        items=[_shown(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def list_my_letters(db: AsyncSession, actor: SignedIn, query: LetterQuery) -> OwnLetterPage:
    """What came of the letters that the actor caused."""
    called = func.coalesce(Account.name, Invitation.name).label("recipient_name")
    columns = [column for column in MailMessage.__table__.c if column.key != "text"]
    invited = and_(MailMessage.noun == "invitation", Invitation.id == MailMessage.subject_id)
    statement = (
        select(*columns, called)
        .outerjoin(Account, Account.id == MailMessage.recipient_id)
        .outerjoin(Invitation, invited)
        .where(MailMessage.sender_id.in_(actor.accounts))
    )
    statement = statement.where(*wanted(MailMessage, query, _FILTERS))
    page = await paginate(db, statement, query, SORTS, default="-queued_at", bound=actor.account_id)
    return OwnLetterPage(
        items=[
            OwnLetterOut(
                id=row.id,
                recipient_name=row.recipient_name,
                subject=row.subject,
                noun=row.noun,
                subject_id=row.subject_id,
                delivery=_delivery(row),
            )
            for row in page.rows
        ],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _delivery(row: Row[Any]) -> LetterDeliveryOut:
    known = MailMessage(
        sent_at=row.sent_at, dead_at=row.dead_at, queued_at=row.queued_at, fault=row.fault
    )
    return known.delivery


def _shown(row: Row[Any]) -> MailedLetterOut:
    sender = None
    if row.account_id is not None:
        sender = AccountRef(id=row.account_id, name=row.name, kind=row.kind)
    return MailedLetterOut(
        id=row.id,
        recipient=row.recipient,
        subject=row.subject,
        noun=row.noun,
        subject_id=row.subject_id,
        sender=sender,
        attempts=row.attempts,
        delivery=_delivery(row),
    )
