"""Which memberships a grant keeps standing."""

from typing import Final

from sqlalchemy import select

from app.funding.grants.lifecycle import GrantStatus
from app.funding.grants.models import Grant
from app.people.identity.grounds.access import stands

OVER: Final = (GrantStatus.CLOSED, GrantStatus.TERMINATED, GrantStatus.CANCELLED)

stands(
    select(Grant.membership_id.label("id"), Grant.collaboration_id).where(Grant.status.not_in(OVER))
)
