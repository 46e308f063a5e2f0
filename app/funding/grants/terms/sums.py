"""What is agreed sums to the award: the milestones, and the budget lines where there are any."""

from collections.abc import Sequence
from typing import Protocol

from app.kernel.errors import FieldProblem, Unprocessable, constraint


class MilestoneTermsDoNotSum(Unprocessable):
    """The amounts of the milestones must sum to the award."""


class BudgetLinesDoNotSum(Unprocessable):
    """The amounts of the budget lines must sum to the award, where there are any."""


constraint("milestone_terms_sum_to_award", MilestoneTermsDoNotSum)
constraint("budget_lines_sum_to_award", BudgetLinesDoNotSum)


class Amount(Protocol):
    """Something with an amount in minor units."""

    @property
    def amount_minor(self) -> int: ...


class Terms(Protocol):
    """What is to be agreed, as far as it is summed; all in the currency of the award."""

    @property
    def award(self) -> Amount: ...

    @property
    def milestones(self) -> Sequence[Amount]: ...

    @property
    def budget_lines(self) -> Sequence[Amount]: ...


def refuse_wrong_sums(terms: Terms, *, at: str = "") -> None:
    """Raises MilestoneTermsDoNotSum, BudgetLinesDoNotSum (422); `at` points to where the terms lie
    in the body."""
    award = terms.award.amount_minor
    milestones = sum(milestone.amount_minor for milestone in terms.milestones)
    if milestones != award:
        raise MilestoneTermsDoNotSum(
            f"The milestones sum to {milestones} and the award is {award}, in minor units.",
            errors=[_fault(f"{at}/milestones", milestones, award)],
        )
    budget = sum(line.amount_minor for line in terms.budget_lines)
    if terms.budget_lines and budget != award:
        raise BudgetLinesDoNotSum(
            f"The budget lines sum to {budget} and the award is {award}, in minor units.",
            errors=[_fault(f"{at}/budget_lines", budget, award)],
        )


def _fault(pointer: str, found: int, award: int) -> FieldProblem:
    short, word = abs(award - found), "less" if found < award else "more"
    return FieldProblem(
        pointer=pointer, code="does_not_sum", detail=f"Sums to {short} {word} than the award."
    )
