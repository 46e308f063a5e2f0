"""The verbs of what the bank says: bringing a file in, and matching its lines to payments, which
are settled and failed by their own verbs."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.access import fund as funds
from app.funding.funds.models import Fund
from app.funding.funds.schemas import AmountIn
from app.funding.payments import service
from app.funding.payments.models import Payment
from app.funding.payments.schemas import ExchangeIn, SettlePayment
from app.funding.payments.statements import access, files
from app.funding.payments.statements.guards import nameless
from app.funding.payments.statements.lifecycle import (
    BANK_LINE,
    BankLineObstacle,
)
from app.funding.payments.statements.lines import (
    LONGEST,
    BankOutcome,
    Line,
    LineUnreadable,
    fingerprints,
)
from app.funding.payments.statements.models import BankLine, BankStatement
from app.funding.payments.statements.queries import Found, is_of, payment_of
from app.funding.payments.statements.schemas import (
    BankLineOut,
    BankStatementOut,
    ImportBankStatement,
    MatchBankLine,
    SetAsideBankLines,
)
from app.funding.payments.statements.telling import BANK_LINES, BANK_STATEMENTS
from app.kernel import activity
from app.kernel.db import new_id
from app.kernel.errors import Conflict, FieldProblem, Refusal, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move, refuse_unmet
from app.kernel.schemas import ActionsOut
from app.kernel.versions import ANY_VERSION
from app.kernel.written import Written
from app.people.files import access as uploads
from app.people.files.contents import content_of
from app.people.identity.actors import Actor

IMPORT: Final = "bank_statement.import"
MOST_BYTES: Final = 4 * 1024 * 1024


class BankFileUnreadable(Unprocessable):
    """The file is nothing that a bank says in a form that is read here. Nothing of it was kept."""


class BankLinesTold(Conflict):
    """Another file has told lines of this one at the same moment. Bring it in again."""


class PaymentNotOfLine(Unprocessable):
    """A line is about a payment of its fund, of its amount and currency; or of another currency,
    where the line says what the bank took of the fund's."""


class BankLineUnknown(Unprocessable):
    """The request names a line that this file does not have."""


constraint("uq_bank_lines_fund_id_fingerprint", BankLinesTold)


async def import_bank_statement(
    db: AsyncSession, actor: Actor, fund_id: UUID, body: ImportBankStatement
) -> Written[BankStatementOut]:
    """Bring in a file of the bank: what no file has told before is kept, and settled or failed
    where it is about one payment. Raises FileNotFound (404), BankFileUnreadable (422)."""
    fund = await funds.allowing(db, actor, fund_id, IMPORT)
    file = await uploads.unused_file(db, actor, body.file_id)
    form, lines, others = await _read(db, file.id, file.size)
    await access.hold_what_is_with_the_bank(db, fund.id)
    fund = await funds(db, actor, fund.id, lock=True)
    fresh = await _untold(db, fund.id, lines)
    assert actor.person_id is not None
    statement = BankStatement(
        id=new_id(),
        fund_id=fund.id,
        file_name=file.name,
        form=form,
        sha256=file.sha256,
        known_count=len(lines) - len(fresh),
        other_count=others,
        imported_by_id=actor.person_id,
    )
    db.add(statement)
    await db.flush()
    detail = {"lines": len(fresh), "known": statement.known_count}
    activity.record(db, actor, "bank_statement.imported", statement, detail=detail)
    for position, line, known_by in fresh:
        await _keep(db, actor, statement, position, line, known_by)
    return await BANK_STATEMENTS.told_to(db, actor, statement.id)


async def _read(
    db: AsyncSession, file_id: UUID, size: int
) -> tuple[files.BankFileForm, Sequence[Line], int]:
    if size > MOST_BYTES:
        raise _unreadable(f"it has more than {MOST_BYTES // 1024 // 1024} MiB")
    try:
        return files.read(await content_of(db, file_id, size))
    except LineUnreadable as fault:
        raise _unreadable(str(fault)) from None


def _unreadable(why: str) -> BankFileUnreadable:
    fault = FieldProblem(
        pointer="/file_id", code=BankFileUnreadable.code, detail=f"It cannot be read: {why}."
    )
    return BankFileUnreadable(errors=[fault])


async def _untold(
    db: AsyncSession, fund_id: UUID, lines: Sequence[Line]
) -> list[tuple[int, Line, bytes]]:
    """The lines that no file has told before, with their places in this one."""
    placed = [(place, *one) for place, one in enumerate(fingerprints(lines), start=1)]
    prints = [known_by for _, _, known_by in placed]
    told = select(BankLine.fingerprint).where(
        BankLine.fund_id == fund_id, BankLine.fingerprint.in_(prints)
    )
    before = set((await db.scalars(told)).all())
    return [one for one in placed if one[2] not in before]


async def _keep(
    db: AsyncSession,
    actor: Actor,
    statement: BankStatement,
    position: int,
    said: Line,
    known_by: bytes,
) -> None:
    """Keep a line, and do what it says where that can be done."""
    line = BankLine(
        statement_id=statement.id,
        fund_id=statement.fund_id,
        position=position,
        outcome=said.outcome,
        end_to_end_id=said.end_to_end_id,
        bank_reference=said.bank_reference,
        amount_minor=said.amount_minor,
        currency=said.currency,
        charges_minor=said.charges_minor,
        taken_minor=said.taken_minor,
        taken_currency=said.taken_currency,
        value_on=said.value_on,
        reason=said.reason,
        fingerprint=known_by,
    )
    await create(db, actor, line, BANK_LINE, "read", under=statement.fund_id)
    found = await payment_of(db, line)
    if found.payment_id is not None:
        await _try(db, actor, line, found, found.payment_id)
        return
    line.obstacle = found.obstacle
    if found.obstacle is BankLineObstacle.SEVERAL_PAYMENTS:
        await move(db, actor, line, BANK_LINE, "doubt")
    await db.flush()


async def _try(
    db: AsyncSession, actor: Actor, line: BankLine, found: Found, payment_id: UUID
) -> None:
    """Do what the line says of a payment; where a verb refuses it, it waits for somebody."""
    try:
        if not found.is_known:
            await _carry_out(db, actor, line, payment_id)
    except Refusal as refusal:
        line.obstacle, line.obstacle_detail = BankLineObstacle.REFUSED, refusal.detail
        await db.flush()
        return
    await move(db, actor, line, BANK_LINE, "match", writes=_matched(payment_id))
    await db.flush()


def _matched(payment_id: UUID) -> dict[str, UUID | None]:
    return {"payment_id": payment_id, "obstacle": None, "obstacle_detail": None}


async def _carry_out(db: AsyncSession, actor: Actor, line: BankLine, payment_id: UUID) -> None:
    """Settle or fail a payment as the line says. Raises what these verbs raise, before they have
    written anything, and GuardsUnmet (409) for a line without a reference."""
    refuse_unmet(nameless(line))
    if line.outcome is BankOutcome.NOT_PAID:
        reason = line.reason or "The bank did not say why."
        await service.fail_payment(db, actor, payment_id, reason, if_match=ANY_VERSION)
        return
    reference = line.bank_reference or line.end_to_end_id
    assert reference is not None, "a line that says that something was paid names it"
    said = SettlePayment(
        bank_reference=reference,
        value_on=line.value_on,
        charges_minor=await _charges_minor(db, line, payment_id),
        exchange=await _exchange(db, line, payment_id),
    )
    await service.settle_payment(db, actor, payment_id, said, if_match=ANY_VERSION)


async def _charges_minor(db: AsyncSession, line: BankLine, payment_id: UUID) -> int:
    """What the bank took besides, where it says so in the currency of the payment: that is the one
    in which a payment says it."""
    currency = await db.scalar(select(Payment.currency).where(Payment.id == payment_id))
    return line.charges_minor if line.currency == currency else 0


async def _exchange(db: AsyncSession, line: BankLine, payment_id: UUID) -> ExchangeIn | None:
    """What the bank took for a payment in another currency, as the line says it; None where it does
    not, or where the payment is in the currency of its fund."""
    asked = (
        select(Payment.booked_minor, Fund.currency, BankStatement.file_name)
        .join(Fund, Fund.id == Payment.fund_id)
        .join(BankStatement, BankStatement.id == line.statement_id)
        .where(Payment.id == payment_id)
    )
    booked_minor, currency, file_name = (await db.execute(asked)).one()
    if booked_minor is None:
        return None
    taken = {line.taken_currency: line.taken_minor, line.currency: line.amount_minor}
    if (amount_minor := taken.get(currency)) is None:
        return None
    return ExchangeIn(
        taken=AmountIn(amount_minor=amount_minor, currency=currency),
        source=f"The bank's file {file_name}"[:LONGEST],
        quoted_on=line.value_on,
    )


async def match_bank_line(
    db: AsyncSession, actor: Actor, bank_line_id: UUID, body: MatchBankLine, *, if_match: int | None
) -> Written[BankLineOut]:
    """Match a bank line to its payment: that is settled, or has failed, as the line says.

    Raises what these raise, PaymentNotOfLine (422).
    """
    line = await access.bank_line.allowing(db, actor, bank_line_id, "bank_line.match", lock=True)
    writes = _matched(body.payment_id)
    await _refuse_another(db, line, body.payment_id)
    await move(db, actor, line, BANK_LINE, "match", if_match=if_match, writes=writes)
    await _carry_out(db, actor, line, body.payment_id)
    return await BANK_LINES.told_to(db, actor, line.id)


async def _refuse_another(db: AsyncSession, line: BankLine, payment_id: UUID) -> None:
    of_it = select(Payment.id).where(
        Payment.id == payment_id,
        Payment.fund_id == line.fund_id,
        is_of(line),
    )
    if await db.scalar(of_it) is None:
        refused = PaymentNotOfLine
        detail = "Name a payment of the fund that is of this amount."
        fault = FieldProblem(pointer="/payment_id", code=refused.code, detail=detail)
        raise refused(errors=[fault])


async def move_bank_line(
    db: AsyncSession,
    actor: Actor,
    bank_line_id: UUID,
    name: str,
    reason: str,
    *,
    if_match: int | None,
) -> Written[BankLineOut]:
    """Set a line aside that is about no payment here, or take it up again."""
    line = await access.bank_line(db, actor, bank_line_id, lock=True)
    await move(db, actor, line, BANK_LINE, name, reason=reason, if_match=if_match)
    await db.flush()
    return await BANK_LINES.told_to(db, actor, line.id)


async def set_aside_bank_lines(
    db: AsyncSession, actor: Actor, bank_statement_id: UUID, body: SetAsideBankLines
) -> Written[BankStatementOut]:
    """Set lines of one file aside together, or none of them. Raises BankLineUnknown (422),
    InvalidTransition (409)."""
    statement = await access.bank_statement.allowing(
        db, actor, bank_statement_id, "bank_line.match"
    )
    lines = await access.lines_of(db, statement, body.bank_line_ids)
    faults = [
        FieldProblem(
            pointer=f"/bank_line_ids/{number}",
            code=BankLineUnknown.code,
            detail="Name a line of this file.",
        )
        for number, one in enumerate(body.bank_line_ids)
        if one not in lines
    ]
    if faults:
        raise BankLineUnknown(errors=faults)
    for line in lines.values():
        await move(
            db, actor, line, BANK_LINE, "set_aside", reason=body.reason, if_match=ANY_VERSION
        )
    await db.flush()
    return await BANK_STATEMENTS.told_to(db, actor, statement.id)


async def explain_bank_line_actions(
    db: AsyncSession, actor: Actor, bank_line_id: UUID
) -> ActionsOut:
    """Every move of the line now, with what stands in its way."""
    line = await access.bank_line(db, actor, bank_line_id)
    return await explain_actions(db, actor, line, BANK_LINE)
