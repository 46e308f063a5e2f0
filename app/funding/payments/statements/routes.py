"""The contract of what the bank says."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from app.funding.funds.access import FundNotFound
from app.funding.payments.exchange.service import ExchangeMissing
from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.runs.lifecycle import PAYMENT_RUN
from app.funding.payments.service import (
    BankReferenceUsed,
    ChargesAboveAmount,
    ValueDayOutOfOrder,
)
from app.funding.payments.statements import access, service
from app.funding.payments.statements.access import READ
from app.funding.payments.statements.lifecycle import BANK_LINE
from app.funding.payments.statements.schemas import (
    BankLineOut,
    BankLinePage,
    BankLineQuery,
    BankStatementOut,
    BankStatementPage,
    BankStatementQuery,
    ImportBankStatement,
    MatchBankLine,
    SetAsideBankLines,
)
from app.funding.payments.statements.telling import (
    BANK_LINES,
    BANK_LINES_AS_CSV,
    BANK_STATEMENTS,
    BANK_STATEMENTS_AS_CSV,
)
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.people.files.access import FileNotFound
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.moves import told, told_new
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Bank statements")

FundId = Annotated[UUID, Path(description="The fund.")]
BankStatementId = Annotated[UUID, Path(description="The file that was brought in.")]
BankLineId = Annotated[UUID, Path(description="The line.")]
ABOUT_PAYMENTS: Final = (
    *told(PAYMENT, "settle"),
    *told(PAYMENT, "fail"),
    *told(PAYMENT_RUN, "finish"),
)


@router.post(
    "/funds/{fund_id}/bank-statements",
    permission=service.IMPORT,
    status=201,
    location="/v1/bank-statements/{id}",
    key_required=True,
    moves=(
        *told_new(BANK_LINE, "read"),
        *told(BANK_LINE, "match"),
        *told(BANK_LINE, "doubt"),
        *ABOUT_PAYMENTS,
    ),
    refuses=(
        FundNotFound,
        FileNotFound,
        service.BankFileUnreadable,
        service.BankLinesTold,
    ),
    example={"file_id": "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91"},
)
async def import_bank_statement(
    db: Db, actor: CurrentActor, fund_id: FundId, body: ImportBankStatement
) -> Written[BankStatementOut]:
    """Bring in a file of the bank that was uploaded. A line that another file told before, or this
    one when it was brought in before, changes nothing. A line about one payment settles or fails
    it; the others wait for `match_bank_line` or `set_aside_bank_line`."""
    return await service.import_bank_statement(db, actor, fund_id, body)


@router.get("/bank-statements", permission=READ)
async def list_bank_statements(
    read: Reading, query: Annotated[BankStatementQuery, Query()]
) -> WrittenList[BankStatementPage]:
    """The files of the bank that you may see, the latest first, with what became of their lines."""
    return await BANK_STATEMENTS.page(read, query)


@router.get("/bank-statements/{bank_statement_id}", permission=READ)
async def get_bank_statement(
    read: Reading, bank_statement_id: BankStatementId
) -> Written[BankStatementOut]:
    """One file of the bank, with what became of its lines."""
    return await BANK_STATEMENTS.one(read, bank_statement_id)


@router.get("/bank-lines", permission=READ)
async def list_bank_lines(
    read: Reading, query: Annotated[BankLineQuery, Query()]
) -> WrittenList[BankLinePage]:
    """The lines that you may see, the latest first."""
    return await BANK_LINES.page(read, query)


@router.get("/bank-lines/{bank_line_id}", permission=READ)
async def get_bank_line(read: Reading, bank_line_id: BankLineId) -> Written[BankLineOut]:
    """One line, with the payments that it may be about."""
    return await BANK_LINES.one(read, bank_line_id)


@router.move(
    BANK_LINE,
    "match",
    also=ABOUT_PAYMENTS,
    key_required=True,
    refuses=(
        service.PaymentNotOfLine,
        BankReferenceUsed,
        ValueDayOutOfOrder,
        ChargesAboveAmount,
        ExchangeMissing,
    ),
    example={"payment_id": "019cae40-0000-7000-8000-000000000009"},
)
async def match_bank_line(
    db: Db, actor: CurrentActor, bank_line_id: BankLineId, body: MatchBankLine, if_match: IfMatch
) -> Written[BankLineOut]:
    """Match a bank line to the payment that it is about. The payment is settled, or has failed, as
    the line says; a line without a reference settles nothing (`reference_of_line_missing`)."""
    return await service.match_bank_line(db, actor, bank_line_id, body, if_match=if_match)


@router.move(BANK_LINE, "set_aside", example={"reason": "The bank's own fee for March."})
async def set_aside_bank_line(
    db: Db, actor: CurrentActor, bank_line_id: BankLineId, body: WithReason, if_match: IfMatch
) -> Written[BankLineOut]:
    """Set a line aside that is about no payment here."""
    return await service.move_bank_line(
        db, actor, bank_line_id, "set_aside", body.reason, if_match=if_match
    )


@router.post(
    "/bank-statements/{bank_statement_id}/set-aside-lines",
    permission="bank_line.match",
    moves=told(BANK_LINE, "set_aside"),
    refuses=(access.BankStatementNotFound, service.BankLineUnknown),
    example={
        "bank_line_ids": ["019cae40-0000-7000-8000-00000000000c"],
        "reason": "Salaries, which are no payments of the fund.",
    },
)
async def set_aside_bank_lines(
    db: Db, actor: CurrentActor, bank_statement_id: BankStatementId, body: SetAsideBankLines
) -> Written[BankStatementOut]:
    """Set lines of one file aside together that are about no payment here: all of them, or none."""
    return await service.set_aside_bank_lines(db, actor, bank_statement_id, body)


@router.move(BANK_LINE, "take_up", example={"reason": "It is about a payment after all."})
async def take_up_bank_line(
    db: Db, actor: CurrentActor, bank_line_id: BankLineId, body: WithReason, if_match: IfMatch
) -> Written[BankLineOut]:
    """Take a line up again that was set aside."""
    return await service.move_bank_line(
        db, actor, bank_line_id, "take_up", body.reason, if_match=if_match
    )


@router.get("/bank-lines/{bank_line_id}/actions", permission=READ)
async def explain_bank_line_actions(
    db: Db, actor: CurrentActor, bank_line_id: BankLineId
) -> ActionsOut:
    """Every move of the line now, with what stands in its way."""
    return await service.explain_bank_line_actions(db, actor, bank_line_id)


history_of(
    router,
    "bank_statement",
    "/bank-statements/{bank_statement_id}",
    access.bank_statement,
    permission=READ,
)
history_of(router, "bank_line", "/bank-lines/{bank_line_id}", access.bank_line, permission=READ)

export_of(router, "/bank-statements", BANK_STATEMENTS_AS_CSV, BankStatementQuery, permission=READ)
export_of(router, "/bank-lines", BANK_LINES_AS_CSV, BankLineQuery, permission=READ)
