"""What waits among announcements: those of which a letter failed."""

from sqlalchemy import and_, any_, false, null

from app.background.mail import DeliveryState, MailMessage, is_in_state
from app.network.cohorts.announcements.models import Announcement, Delivery
from app.network.cohorts.models import Cohort
from app.people.identity.models import Account
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When


def _announcements(reach: Reach, waits: Branch) -> Row:
    """Announcements of which a letter failed, for whoever sent it and may send it again."""
    sender = MailMessage.sender_id == any_(reach.actor.accounts) if reach.actor else false()
    mine = and_(sender, reach.is_mine(Announcement.cohort_id, waits.permission))
    row = reach.row(
        (Announcement.id, null(), Announcement.title),
        {"cohort_id": Cohort.id},
        When(Cohort.timezone),
        (Announcement.cohort_id, mine),
    )
    return (
        row.select_from(Announcement)
        .join(Cohort, Cohort.id == Announcement.cohort_id)
        .join(Delivery, Delivery.announcement_id == Announcement.id)
        .join(MailMessage, MailMessage.id == Delivery.mail_id)
        .join(Account, Account.id == Delivery.account_id)
        .where(mine, is_in_state(DeliveryState.FAILED), Account.disabled_at.is_(None))
        .group_by(Announcement.id, Cohort.id, MailMessage.sender_id)
    )


work(
    Branch(
        Kind(
            "resend_announcement",
            Making("announcement", "resend", "resend_announcement", "resend"),
            is_personal=True,
        ),
        "announcement.send",
        Side.CONVENOR,
        _announcements,
    ),
)
