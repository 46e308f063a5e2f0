"""What waits among payments: requesting, approving, releasing, hearing from the bank."""

from functools import partial
from typing import Final

from sqlalchemy import ColumnElement, and_, any_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from app.funding.expenses.models import ExpenseClaim
from app.funding.funds.buckets import Bucket, EntryKind
from app.funding.funds.ledger import held
from app.funding.funds.lifecycle import FundStatus
from app.funding.funds.models import Fund, JournalEntry
from app.funding.grants.lifecycle import PAYING, MilestoneStatus
from app.funding.grants.models import Grant, Milestone
from app.funding.grants.queries import is_held
from app.funding.grants.work import OF_GRANT
from app.funding.payments.access import READ
from app.funding.payments.lifecycle import LIVE, NOT_RELEASED, PAYMENT, PaymentStatus
from app.funding.payments.limits.lifecycle import LimitedAct
from app.funding.payments.limits.queries import Matter
from app.funding.payments.models import Payment, in_books
from app.funding.payments.payee_accounts.lifecycle import PayeeAccountStatus
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.funding.payments.runs.access import in_a_run
from app.network.cohorts.models import Cohort
from app.people.obligations.register import Branch, Kind, Making, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import Seconding

_OTHER: Final = aliased(PayeeAccount)
_COHORT_ID: Final = func.coalesce(Grant.cohort_id, ExpenseClaim.cohort_id)
_OF_IT: Final = {**OF_GRANT, "cohort_id": _COHORT_ID}
"""Where a payment stands: in the cohort of its grant or its claim."""
_CALLED: Final = (Payment.id, Payment.reference, func.coalesce(Grant.title, Payment.reference))
_OPENING: Final = select(Fund.id).where(Fund.status == FundStatus.OPENING)
_CLOSED: Final = select(Fund.id).where(Fund.status == FundStatus.CLOSED)
_SETTLE = Kind("settle_payment", Moving(PAYMENT, "settle"))


def _pays(reach: Reach) -> tuple[ColumnElement[bool], ...]:
    """That a grant pays what was earned, and is not held."""
    return Grant.status.in_(PAYING), ~is_held(reach.at)


def _goes_there(reach: Reach) -> tuple[ColumnElement[bool], ...]:
    """That the account of a payment has cooled off, and no other waits to take its place."""
    another = exists().where(
        _OTHER.scope_id == Payment.scope_id, _OTHER.status == PayeeAccountStatus.PROPOSED
    )
    is_verified = PayeeAccount.status == PayeeAccountStatus.VERIFIED
    return is_verified, PayeeAccount.usable_at <= reach.at, ~another.correlate(Payment)


def _to_be_requested(reach: Reach, waits: Branch) -> Row:
    """Milestones that made something payable of which no payment was requested, where it is known
    where that goes."""
    mine = reach.is_mine(Milestone.grant_id, waits.permission)
    row = reach.row(
        (Milestone.id, Milestone.reference, Milestone.title),
        OF_GRANT,
        When(Milestone.timezone),
        (Milestone.grant_id, mine),
    )
    known = exists().where(
        PayeeAccount.grant_id == Grant.id, PayeeAccount.status == PayeeAccountStatus.VERIFIED
    )
    return (
        row.select_from(Milestone)
        .join(Grant, Grant.id == Milestone.grant_id)
        .where(
            *_pays(reach),
            known.correlate(Grant),
            _is_unpaid(),
            reach.concerns(mine, Milestone.grant_id, waits.permission, READ),
        )
    )


def _is_unpaid() -> ColumnElement[bool]:
    """Whether a milestone made something payable of which there is no payment."""
    earned = exists().where(
        JournalEntry.milestone_id == Milestone.id, JournalEntry.kind == EntryKind.ACCEPTANCE
    )
    asked_for = exists().where(Payment.milestone_id == Milestone.id, Payment.status.in_(LIVE))
    return and_(
        Milestone.status.in_((MilestoneStatus.ACCEPTED, MilestoneStatus.PARTIALLY_ACCEPTED)),
        earned.correlate(Milestone),
        ~asked_for.correlate(Milestone),
    )


def _within(reach: Reach, act: LimitedAct) -> ColumnElement[bool]:
    """That the actor's limit of authority reaches what a payment is of."""
    actor = reach.actor
    if actor is None:
        return true()
    programme = select(Cohort.programme_id).where(Cohort.id == _COHORT_ID)
    programme_id = programme.correlate(Grant, ExpenseClaim).scalar_subquery()
    of_fund = select(Fund.currency).where(Fund.id == Payment.fund_id)
    currency = of_fund.correlate(Payment).scalar_subquery()
    matter = Matter(act, programme_id, currency, Payment.scope_id, reach.at)
    return matter.reaches(any_(actor.persons), in_books(Payment))


def _account_to_be_named(reach: Reach, waits: Branch) -> Row:
    """Grants of which something is payable, where nobody has said yet where that goes."""
    mine = reach.is_mine(Grant.id, waits.permission)
    row = reach.row((Grant.id, Grant.reference, Grant.title), OF_GRANT, When(), (Grant.id, mine))
    named = exists().where(
        PayeeAccount.grant_id == Grant.id,
        PayeeAccount.status.in_((PayeeAccountStatus.VERIFIED, PayeeAccountStatus.PROPOSED)),
    )
    earned = exists().where(Milestone.grant_id == Grant.id, _is_unpaid())
    asked_for = exists().where(Payment.grant_id == Grant.id, Payment.status.in_(NOT_RELEASED))
    return row.select_from(Grant).where(
        *_pays(reach),
        Grant.fund_id.is_not(None),
        ~named.correlate(Grant),
        or_(earned.correlate(Grant), asked_for.correlate(Grant)),
        reach.concerns(mine, Grant.id, waits.permission, READ),
    )


def _waiting(
    reach: Reach,
    waits: Branch,
    *,
    statuses: tuple[PaymentStatus, ...],
    act: LimitedAct | None = None,
) -> Row:
    """Payments of claims, and of grants that pay, for whoever is to decide about them, or to hear
    of them; one that is in a run is decided about with it."""
    decided = act is not None
    mine = reach.is_mine(Payment.scope_id, waits.permission)
    if act is not None:
        mine = and_(mine, _within(reach, act))
    row = reach.row(
        _CALLED,
        _OF_IT,
        When(),
        (Payment.scope_id, mine),
        matter_id=Payment.id if decided else None,
    )
    is_owed = or_(Payment.expense_claim_id.is_not(None), and_(*_pays(reach)))
    possible = (is_owed, *_goes_there(reach), ~in_a_run()) if decided else ()
    if PaymentStatus.APPROVED in statuses:
        possible = (*possible, Payment.fund_id.not_in(_OPENING))
    return (
        row.select_from(Payment)
        .outerjoin(Grant, Grant.id == Payment.grant_id)
        .outerjoin(ExpenseClaim, ExpenseClaim.id == Payment.expense_claim_id)
        .join(PayeeAccount, PayeeAccount.id == Payment.payee_account_id)
        .where(
            Payment.status.in_(statuses),
            *possible,
            reach.concerns(mine, Payment.scope_id, waits.permission, READ),
        )
    )


def _comes_back() -> tuple[ColumnElement[bool], ...]:
    """That the fund of a payment takes back what was paid: it is not closed, a recovery has not
    claimed that, and what the exchange gave back is promised to nobody."""
    booked = in_books(Payment)
    taken = func.coalesce(Payment.taken_minor, booked)
    disbursed = held(Payment.fund_id, Bucket.DISBURSED, Payment.grant_id)
    left = held(Payment.fund_id, Bucket.UNALLOCATED)
    is_open = Payment.fund_id.not_in(_CLOSED)
    return is_open, taken <= disbursed, or_(booked <= taken, booked - taken <= left)


def _reversals(reach: Reach, _waits: Branch) -> Row:
    """Settled payments of which one of two has said that the money came back, and the other can
    say so."""
    returning = Seconding(PAYMENT, "reverse", Payment.id, Payment.scope_id)
    mine = returning.is_mine(reach)
    row = reach.row(_CALLED, _OF_IT, When(), (Payment.scope_id, mine), matter_id=Payment.scope_id)
    return (
        row.select_from(Payment)
        .outerjoin(Grant, Grant.id == Payment.grant_id)
        .outerjoin(ExpenseClaim, ExpenseClaim.id == Payment.expense_claim_id)
        .where(
            returning.waits(),
            *_comes_back(),
            or_(mine, reach.sees(Payment.scope_id, "activity.read_team")),
        )
    )


_of_the_bank = partial(_waiting, statuses=(PaymentStatus.RELEASED,))

work(
    Branch(
        Kind(
            "propose_payee_account",
            Making("grant", "propose", "propose_payee_account", "payee-accounts"),
        ),
        "payee_account.propose",
        Side.GRANTEE,
        _account_to_be_named,
    ),
    Branch(
        Kind(
            "request_payment",
            Making("milestone", "request", "request_payment", "payments"),
        ),
        "payment.request",
        Side.GRANTEE,
        _to_be_requested,
    ),
    Branch(
        Kind("approve_payment", Moving(PAYMENT, "approve")),
        "payment.approve",
        Side.CONVENOR,
        partial(
            _waiting,
            statuses=(PaymentStatus.REQUESTED, PaymentStatus.FAILED),
            act=LimitedAct.APPROVE,
        ),
    ),
    Branch(
        Kind("release_payment", Moving(PAYMENT, "release")),
        "payment.release",
        Side.CONVENOR,
        partial(_waiting, statuses=(PaymentStatus.APPROVED,), act=LimitedAct.RELEASE),
    ),
    Branch(_SETTLE, "payment.settle", Side.CONVENOR, _of_the_bank),
    Branch(
        Kind("endorse_payment_reversal", Moving(PAYMENT, "reverse")),
        "payment.endorse_reversal",
        Side.CONVENOR,
        _reversals,
    ),
)
