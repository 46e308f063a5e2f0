"""What is told of grants."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, or_, select
from sqlalchemy.orm import aliased

from app.funding.funds.exchange_rates.models import ExchangeRate
from app.funding.funds.exchange_rates.telling import digits
from app.funding.funds.models import Fund
from app.funding.grants.access import GrantNotFound
from app.funding.grants.lifecycle import GRANT, NOT_YET_OFFERED
from app.funding.grants.models import (
    Grant,
    GrantSignature,
    GrantVersion,
    MilestoneTerms,
    is_current,
)
from app.funding.grants.queries import because_held, is_funded_elsewhere, is_held
from app.funding.grants.schemas import GrantOut, GrantPage
from app.funding.grants.terms.schemas import SignatureOut
from app.kernel.filters import known_above
from app.kernel.written import Present, many
from app.network.cohorts.access import MembershipNotFound
from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.models import Collaboration
from app.network.collaborations.telling import takes_part
from app.people.identity.scopes import ScopeKind, lies_below
from app.people.reads.declarations import Telling, Within
from app.people.reads.words import counting
from app.web.exports import AT

_current: Any = aliased(GrantVersion, name="current")
_signed: Any = aliased(GrantSignature, name="signed")
_later: Any = aliased(GrantSignature, name="later")

_held: Final = because_held(AT)


def granted_to(column: Any) -> Callable[[Any], ColumnElement[bool]]:
    """What `organisation_id` asks of rows whose grant `column` names."""

    def asks(asked: Any) -> ColumnElement[bool]:
        return column.in_(select(Grant.id).where(takes_part(Grant.collaboration_id)(asked)))

    return asks


def _counts(signature: Any) -> Any:
    """Whether it is to the agreement as it stands: in force under it, or until then one that
    counts."""
    return and_(
        signature.grant_version_id == _current.id,
        signature.agreement_sha256 == _current.agreement_sha256,
        or_(
            _current.effective_at.is_not(None),
            signature.person_id.in_(counting(Grant.id, "activate")),
        ),
    )


_is_replaced: Final = (
    select(_later.id)
    .where(_later.capacity == _signed.capacity, _later.id > _signed.id, _counts(_later))
    .correlate_except(_later)
    .exists()
)


def _now_agreed(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Which grants have a version, of those that say what is agreed now, of which this holds."""
    those = select(GrantVersion.grant_id).where(condition, is_current())
    return Grant.id.in_(those.correlate(None))


def _of_rate(what: Any) -> ColumnElement[Any]:
    """Something of the exchange rate at which it stands in the books."""
    found = select(what).where(ExchangeRate.id == Grant.exchange_rate_id)
    return found.correlate(Grant).scalar_subquery()


def _booked() -> ColumnElement[int]:
    minor = cast(func.sum(MilestoneTerms.booked_minor), BigInteger)
    found = select(minor).where(MilestoneTerms.grant_version_id == _current.id)
    return found.correlate(_current).scalar_subquery()


_of_fund: Final = (
    select(Fund.currency).where(Fund.id == Grant.fund_id).correlate(Grant).scalar_subquery()
)


GRANTS: Final = Telling(
    GrantOut,
    Grant,
    "grant.read",
    missing=GrantNotFound,
    lifecycle=GRANT,
    joins=[
        Grant.current.of_type(_current),
        Grant.membership,
        Grant.cohort,
        Grant.collaboration,
    ],
    told={
        "cohort": Cohort,
        "collaboration": Collaboration,
        "is_held": _held.is_not(None),
        "held_because": _held,
        "is_funded_elsewhere": is_funded_elsewhere(),
        "continuation": Present(
            Grant.continuation_reviewer_id.is_not(None),
            {
                "until_on": Grant.continued_until,
                "reason": Grant.continued_because,
                "reviewer": Grant.continuation_reviewer,
                "decided_at": Grant.continued_at,
            },
        ),
        "award": {"amount_minor": _current.award_minor, "currency": _current.currency},
        "exchange": Present(
            and_(
                Grant.exchange_rate_id.is_not(None),
                Grant.status.not_in(NOT_YET_OFFERED),
                _booked().is_not(None),
            ),
            {
                "exchange_rate_id": Grant.exchange_rate_id,
                "rate": _of_rate(digits(ExchangeRate.rate)),
                "source": _of_rate(ExchangeRate.source),
                "quoted_on": _of_rate(ExchangeRate.quoted_on),
                "booked": {"amount_minor": _booked(), "currency": _of_fund},
            },
        ),
        "tax_treatment": _current.tax_treatment,
        "starts_on": _current.starts_on,
        "ends_on": _current.ends_on,
        "agreement_sha256": func.encode(_current.agreement_sha256, "hex"),
        "signatures": many(
            SignatureOut,
            _signed,
            _counts(_signed),
            ~_is_replaced,
            order=[_signed.id],
        ),
    },
    filters={
        "organisation_id": takes_part(Grant.collaboration_id),
        "is_held": lambda asked: is_held(AT) == asked,
        "is_funded_elsewhere": lambda asked: is_funded_elsewhere() == asked,
        "starts_from": lambda asked: _now_agreed(GrantVersion.starts_on >= asked),
        "starts_until": lambda asked: _now_agreed(GrantVersion.starts_on <= asked),
        "ends_from": lambda asked: _now_agreed(GrantVersion.ends_on >= asked),
        "ends_until": lambda asked: _now_agreed(GrantVersion.ends_on <= asked),
    },
    sorts={"reference": (Grant.reference, Grant.id)},
    page_of=GrantPage,
)
known_above("grant", Grant, lies_below(ScopeKind.GRANT))
OF_MEMBERSHIP: Final = Within(
    Grant.membership_id, Membership, "membership.read", MembershipNotFound
)
