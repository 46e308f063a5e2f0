"""What is promised, reserved, committed and due for payment: by currency, never added together."""

from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, func, or_, select

from app.funding.funds.buckets import PAID_OUT, Bucket
from app.funding.funds.metrics import balance
from app.funding.funds.models import Fund, LedgerAccount
from app.funding.grants.metrics import NEVER_IN_FORCE
from app.funding.grants.models import Grant, GrantVersion
from app.kernel.metrics import (
    NOTHING,
    ONE,
    Columns,
    Definition,
    Facts,
    Here,
    Likeness,
    Metric,
    MetricDirection,
    MetricPast,
    MetricUnit,
    metrics,
)
from app.network.cohorts.metrics import EVERYWHERE, lies_here

_HELD: Final = MappingProxyType(
    {
        "reserved": (Bucket.RESERVED,),
        "committed": (Bucket.COMMITTED,),
        "payable": (Bucket.PAYABLE,),
        "in_transit": (Bucket.IN_TRANSIT,),
        "paid": PAID_OUT,
        "recoverable": (Bucket.RECOVERABLE,),
        "written_off": (Bucket.WRITTEN_OFF,),
    }
)
"""The buckets that each sum is of."""


def _awarded(here: Here) -> Select[*tuple[Any, ...]]:
    """What grants that have been in force were worth by the version that held at the moment."""
    held_then = and_(
        GrantVersion.effective_at.is_not(None),
        here.by_then(GrantVersion.effective_at),
        or_(GrantVersion.superseded_at.is_(None), ~_came(here, GrantVersion.superseded_at)),
    )
    return (
        select(
            GrantVersion.currency.label("dimension"),
            cast(func.sum(GrantVersion.award_minor), BigInteger).label("awarded"),
            ONE.label("one"),
            func.count().filter(Grant.fund_id.is_(None)).label("no_fund"),
        )
        .select_from(Grant)
        .join(GrantVersion, GrantVersion.grant_id == Grant.id)
        .where(
            lies_here(here, Grant.cohort_id, Grant.collaboration_id),
            here.status(Grant).not_in(NEVER_IN_FORCE),
            held_then,
        )
        .group_by(GrantVersion.currency)
    )


def _came(here: Here, at: Any) -> ColumnElement[bool]:
    return and_(at.is_not(None), here.by_then(at))


def _booked(here: Here) -> Select[*tuple[Any, ...]]:
    """What the ledger holds for grants, in each of its buckets."""
    held = balance(here)
    by_name = [
        cast(
            func.coalesce(func.sum(held).filter(LedgerAccount.bucket.in_(some)), 0), BigInteger
        ).label(name)
        for name, some in _HELD.items()
    ]
    return (
        select(
            Fund.currency.label("dimension"),
            *by_name,
            ONE.label("one"),
            NOTHING.label("nothing"),
        )
        .select_from(LedgerAccount)
        .join(Grant, Grant.id == LedgerAccount.grant_id)
        .join(Fund, Fund.id == LedgerAccount.fund_id)
        .where(lies_here(here, Grant.cohort_id, Grant.collaboration_id))
        .group_by(Fund.currency)
    )


AWARDED: Final = Facts(_awarded, EVERYWHERE, MetricPast.AS_OF, dimension="currency")
BOOKED: Final = Facts(_booked, EVERYWHERE, MetricPast.AS_OF, dimension="currency")

_A_SUM: Final = "One: it is a sum, of one currency."
_ALWAYS: Final = "It always has one."


def _bucket(key: str, title: str, numerator: str, *likenesses: Likeness) -> Metric:
    definition = Definition(
        key=key,
        title=title,
        numerator=numerator,
        denominator=_A_SUM,
        excluded="Nothing: a grant that no fund pays is in no ledger.",
        without_denominator=_ALWAYS,
        version=1,
        unit=MetricUnit.MONEY,
        direction=MetricDirection.NEITHER,
        rules=(
            "It is told of each currency in which the ledger has an account of a grant.",
            "A grant in another currency than its fund counts as it stands in the fund's books.",
        ),
        needs="Grants that a fund pays.",
        likenesses=likenesses,
    )
    return Metric(definition, BOOKED, Columns(key.removesuffix("_money"), "one", "nothing"))


_STATEMENT: Final = Likeness(
    "the grants of a fund's statement",
    True,
    "For the grants of one fund it is what that bucket holds of them.",
)

metrics(
    Metric(
        Definition(
            key="awarded_money",
            title="Awarded",
            numerator="Minor units promised by grants that have been in force, as the version says "
            "that held then.",
            denominator=_A_SUM,
            excluded="Grants that no fund pays: how many; what they promise counts.",
            without_denominator=_ALWAYS,
            version=1,
            unit=MetricUnit.MONEY,
            direction=MetricDirection.NEITHER,
            rules=(
                "What was terminated counts with the whole of its award.",
                "It is told in the currency of the award, whatever that of its fund is.",
            ),
            needs="Grants that were signed by both sides.",
            likenesses=(
                Likeness(
                    "`committed_money`",
                    False,
                    "That is what is still promised and not accepted, and in a ledger alone.",
                ),
                Likeness("`award` of a grant", True, "Of a grant that has been in force."),
                Likeness(
                    "`amountAwarded` of a giving package",
                    False,
                    "That is what was committed in the end: less by what was de-obligated, and not "
                    "by what was recovered.",
                ),
            ),
        ),
        AWARDED,
        Columns("awarded", "one", "no_fund"),
    ),
    _bucket(
        "reserved_money", "Reserved", "Minor units kept for grants that are offered.", _STATEMENT
    ),
    _bucket(
        "committed_money",
        "Committed",
        "Minor units that were signed for and not accepted yet.",
        _STATEMENT,
    ),
    _bucket(
        "payable_money",
        "Due for payment",
        "Minor units of milestones that were accepted and not paid yet.",
        _STATEMENT,
    ),
    _bucket(
        "in_transit_money",
        "On its way",
        "Minor units of payments that were released and that the bank has not done yet.",
        _STATEMENT,
    ),
    _bucket(
        "paid_money",
        "Paid",
        "Minor units that left for grantees and have not come back, what is to be recovered and "
        "what was written off included.",
        Likeness(
            "`disbursed` of a fund's statement",
            False,
            "That has neither what is to be recovered nor what was written off, and has what was "
            "paid of people's expenses.",
        ),
        Likeness(
            "`amountDisbursed` of a giving package", True, "Of the grants that are published in it."
        ),
    ),
    _bucket(
        "recoverable_money",
        "To be recovered",
        "Minor units that were paid and are agreed to be given back, and have not come yet.",
        _STATEMENT,
    ),
    _bucket(
        "written_off_money",
        "Written off",
        "Minor units that were to be recovered and are expected no more.",
        _STATEMENT,
    ),
)
