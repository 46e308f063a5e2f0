"""What is told of conflicts of interest."""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_

from app.kernel.clock import ZONE, day_in_sql
from app.network.conflicts.access import READ, ConflictOfInterestNotFound, is_seen
from app.network.conflicts.models import ConflictOfInterest
from app.network.conflicts.schemas import ConflictOfInterestOut, ConflictOfInterestPage
from app.people.identity.accounts.access import (
    AccountNotFound,
    any_of_one_person,
    is_person_seen,
)
from app.people.identity.models import Account
from app.people.reads.declarations import Telling, Within
from app.web.exports import AT


def lasts(on: Any) -> ColumnElement[bool]:
    """Whether it is held on a day and was not withdrawn."""
    return and_(
        ConflictOfInterest.withdrawn_at.is_(None),
        ConflictOfInterest.from_on <= on,
        or_(ConflictOfInterest.until_on.is_(None), ConflictOfInterest.until_on >= on),
    )


CONFLICTS: Final = Telling(
    ConflictOfInterestOut,
    ConflictOfInterest,
    READ,
    missing=ConflictOfInterestNotFound,
    seen=is_seen,
    for_everyone=True,
    told={"is_imposed": ConflictOfInterest.entered_by_id != ConflictOfInterest.account_id},
    filters={"is_current": lambda asked: lasts(day_in_sql(AT, ZONE)) == asked},
    sorts={"from_on": (ConflictOfInterest.from_on, ConflictOfInterest.id)},
    latest_first=True,
    page_of=ConflictOfInterestPage,
)
OF_ACCOUNT: Final = Within(
    ConflictOfInterest.account_id,
    Account,
    "account.read",
    AccountNotFound,
    holds=lambda parent: ConflictOfInterest.account_id == any_of_one_person(parent),
    seen=is_person_seen,
)
