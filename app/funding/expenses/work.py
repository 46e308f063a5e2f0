"""What waits among claims: those to be decided, and those that were returned."""

from typing import Final

from sqlalchemy import ColumnElement, and_, any_, false, or_

from app.funding.expenses.access import READ
from app.funding.expenses.lifecycle import CLAIM, EXPENSE_CLAIM, REVIEW, ExpenseClaimStatus
from app.funding.expenses.models import ExpenseClaim
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When

OF_CLAIM: Final = {"cohort_id": ExpenseClaim.cohort_id}
CALLED: Final = (ExpenseClaim.id, ExpenseClaim.reference, ExpenseClaim.title)


def _to_be_decided(reach: Reach, waits: Branch) -> Row:
    """Claims that were submitted, for whoever reviews them."""
    mine = reach.is_mine(ExpenseClaim.id, waits.permission)
    row = reach.row(CALLED, OF_CLAIM, When(), (ExpenseClaim.id, mine), matter_id=ExpenseClaim.id)
    return row.select_from(ExpenseClaim).where(
        ExpenseClaim.status == ExpenseClaimStatus.SUBMITTED,
        reach.concerns(mine, ExpenseClaim.id, waits.permission, READ),
    )


def _to_be_sent_again(reach: Reach, waits: Branch) -> Row:
    """Claims that were returned, for the claimant and whoever drew them up."""
    mine: ColumnElement[bool] = false()
    if reach.actor is not None:
        persons = any_(reach.actor.persons)
        own = or_(ExpenseClaim.claimant_id == persons, ExpenseClaim.drafted_by_id == persons)
        mine = and_(own, reach.is_mine(ExpenseClaim.id, waits.permission))
    row = reach.row(
        CALLED, OF_CLAIM, When(), (ExpenseClaim.id, mine), person_id=ExpenseClaim.claimant_id
    )
    return row.select_from(ExpenseClaim).where(
        ExpenseClaim.status == ExpenseClaimStatus.RETURNED,
        reach.concerns(mine, ExpenseClaim.id, waits.permission, READ),
    )


work(
    Branch(
        Kind("approve_expense_claim", Moving(EXPENSE_CLAIM, "approve")),
        REVIEW,
        Side.CONVENOR,
        _to_be_decided,
    ),
    Branch(
        Kind("submit_expense_claim", Moving(EXPENSE_CLAIM, "submit")),
        CLAIM,
        Side.GRANTEE,
        _to_be_sent_again,
    ),
)
