"""What waits among candidates: a letter of one's own that did not arrive, to be written anew."""

from sqlalchemy import and_, any_, exists, false
from sqlalchemy.orm import aliased

from app.background.mail import DeliveryState, MailMessage, is_in_state
from app.network.cohorts.lifecycle import OPEN
from app.network.cohorts.models import Membership
from app.network.cohorts.work import IN_COHORT
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When

LETTERS = "candidate:%"
"""The keys of the letters that are written to candidates."""


def _unread(reach: Reach, waits: Branch) -> Row:
    """Candidates whom the last letter of the actor's did not reach, until there is a later one."""
    later = aliased(MailMessage)
    is_mine = MailMessage.sender_id == any_(reach.actor.accounts) if reach.actor else false()
    failed = exists().where(
        MailMessage.subject_id == Membership.id,
        MailMessage.key.like(LETTERS),
        is_in_state(DeliveryState.FAILED),
        is_mine,
        ~exists().where(
            later.subject_id == MailMessage.subject_id,
            later.recipient == MailMessage.recipient,
            later.key.like(LETTERS),
            later.queued_at > MailMessage.queued_at,
        ),
    )
    mine = and_(reach.is_mine(Membership.id, waits.permission), failed)
    row = reach.row(
        (Membership.id, None, None),
        IN_COHORT,
        When(Membership.timezone),
        (Membership.id, mine),
    )
    return row.select_from(Membership).where(Membership.status.in_(OPEN), mine)


work(
    Branch(
        Kind(
            "rewrite_letter",
            Making("membership", "write", "write_to_candidate", "candidate/letters"),
            is_personal=True,
        ),
        "membership.offer",
        Side.CONVENOR,
        _unread,
    )
)
