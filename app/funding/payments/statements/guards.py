"""What must hold of a bank's line before it is matched."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.payments.statements.lifecycle import BANK_LINE
from app.funding.payments.statements.lines import BankOutcome
from app.funding.payments.statements.models import BankLine
from app.kernel.activity import Actor
from app.kernel.transitions import Unmet


@BANK_LINE.guard("match")
async def bank_names_what_it_paid(_db: AsyncSession, _actor: Actor, line: BankLine) -> Unmet | None:
    """A payment is settled by a reference, which the bank's line has to have."""
    return nameless(line)


def nameless(line: BankLine) -> Unmet | None:
    """That a line says that something was paid, and not by which reference."""
    if line.outcome is BankOutcome.NOT_PAID or line.bank_reference or line.end_to_end_id:
        return None
    return Unmet(
        "reference_of_line_missing",
        "The bank's line has no reference, by which a payment is settled: settle the payment "
        "itself, and set the line aside.",
    )
