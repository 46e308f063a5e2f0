"""The contract of payee accounts."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.grants.access import GrantNotFound
from app.funding.payments.payee_accounts import access, service
from app.funding.payments.payee_accounts.access import READ
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT
from app.funding.payments.payee_accounts.schemas import (
    AlikePayeeAccountsOut,
    GrantPayeeAccountQuery,
    PayeeAccountOut,
    PayeeAccountPage,
    PayeeAccountQuery,
    ProposePayeeAccount,
    RevealedPayeeAccountOut,
    VerifyPayeeAccount,
)
from app.funding.payments.payee_accounts.sealing import PayeeAccountSealed
from app.funding.payments.payee_accounts.telling import (
    OF_GRANT,
    PAYEE_ACCOUNTS,
    PAYEE_ACCOUNTS_AS_CSV,
)
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.organisations.access import OrganisationUnknown
from app.people.reads.deps import Reading, export_of, history_of
from app.web.moves import told
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Payee accounts")

GrantId = Annotated[UUID, Path(description="The grant.")]
PayeeAccountId = Annotated[UUID, Path(description="The payee account.")]


@router.create(
    PAYEE_ACCOUNT,
    "/grants/{grant_id}/payee-accounts",
    by=("propose",),
    refuses=(
        GrantNotFound,
        service.GrantNotPaid,
        service.PayeeAccountProposedAlready,
        OrganisationUnknown,
        service.AccountInAnotherCurrency,
        service.PayeeNotOfGrantee,
    ),
    example={
        "organisation_id": "019cae40-0000-7000-8000-000000000002",
        "is_fiscal_host": True,
        "form": "iban",
        "country": "GB",
        "currency": "GBP",
        "holder_name": "The River Trust",
        "number": "GB82 WEST 1234 5698 7654 32",
        "contact_name": "Ada Steward",
        "contact_email": "finance@rivers.example",
    },
)
async def propose_payee_account(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: ProposePayeeAccount
) -> Written[PayeeAccountOut]:
    """Propose the account that a grant is to be paid to. Nothing is paid there before somebody of
    the programme has verified it by a call; its contact is written to, and that of the account
    before it."""
    return await service.propose_payee_account(db, actor, grant_id, body)


@router.get("/grants/{grant_id}/payee-accounts", permission=READ, refuses=(GrantNotFound,))
async def list_grant_payee_accounts(
    read: Reading, grant_id: GrantId, query: Annotated[GrantPayeeAccountQuery, Query()]
) -> WrittenList[PayeeAccountPage]:
    """Where a grant is, was and is to be paid to, the latest first."""
    return await PAYEE_ACCOUNTS.page(read, query, OF_GRANT, grant_id)


@router.get("/payee-accounts", permission=READ)
async def list_payee_accounts(
    read: Reading, query: Annotated[PayeeAccountQuery, Query()]
) -> WrittenList[PayeeAccountPage]:
    """The payee accounts of all grants that you may see, the latest first."""
    return await PAYEE_ACCOUNTS.page(read, query)


@router.get("/payee-accounts/{payee_account_id}", permission=READ)
async def get_payee_account(
    read: Reading, payee_account_id: PayeeAccountId
) -> Written[PayeeAccountOut]:
    """One payee account, with the last characters of its number."""
    return await PAYEE_ACCOUNTS.one(read, payee_account_id)


@router.move(
    PAYEE_ACCOUNT,
    "verify",
    also=told(PAYEE_ACCOUNT, "replace"),
    refuses=(service.CallStillToCome,),
    example={
        "called_name": "Ada Steward",
        "called_at": "2026-03-01T10:30:00Z",
        "number_source": "The organisation's website",
    },
)
async def verify_payee_account(
    db: Db,
    actor: CurrentActor,
    payee_account_id: PayeeAccountId,
    body: VerifyPayeeAccount,
    if_match: IfMatch,
) -> Written[PayeeAccountOut]:
    """Verify an account by a call. It takes the place of the account before it, and payments to it
    are approved and released from `usable_at` on."""
    return await service.verify_payee_account(db, actor, payee_account_id, body, if_match=if_match)


@router.move(PAYEE_ACCOUNT, "reject", example={"reason": "Nobody there knows of it."})
async def reject_payee_account(
    db: Db,
    actor: CurrentActor,
    payee_account_id: PayeeAccountId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[PayeeAccountOut]:
    """Reject a proposed account: it is not paid to. The account before it stays."""
    return await service.reject_payee_account(
        db, actor, payee_account_id, body.reason, if_match=if_match
    )


@router.get("/payee-accounts/{payee_account_id}/alike", permission="payee_account.verify")
async def list_alike_payee_accounts(
    db: Db, actor: CurrentActor, payee_account_id: PayeeAccountId
) -> AlikePayeeAccountsOut:
    """A warning for whoever verifies it: the accounts of other organisations that have the same
    number, of those that you may see."""
    return await service.list_alike_payee_accounts(db, actor, payee_account_id)


@router.move(
    PAYEE_ACCOUNT,
    "revoke",
    completed_by="the second of two persons",
    example={"reason": "The bank says that the account was closed."},
)
async def revoke_payee_account(
    db: Db,
    actor: CurrentActor,
    payee_account_id: PayeeAccountId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[PayeeAccountOut]:
    """Revoke a verified account without another in its place: it is paid to no more. It takes two
    persons of finance; approvals of payments to it are void, and its contact is written to."""
    return await service.revoke_payee_account(
        db, actor, payee_account_id, body.reason, if_match=if_match
    )


@router.move(PAYEE_ACCOUNT, "withdraw")
async def withdraw_payee_account(
    db: Db, actor: CurrentActor, payee_account_id: PayeeAccountId, if_match: IfMatch
) -> Written[PayeeAccountOut]:
    """Take a proposal back that was not verified yet."""
    return await service.withdraw_payee_account(db, actor, payee_account_id, if_match=if_match)


@router.post(
    "/payee-accounts/{payee_account_id}/reveal",
    permission="payee_account.reveal",
    secret=True,
    refuses=(PayeeAccountSealed,),
)
async def reveal_payee_account(
    db: Db, actor: CurrentActor, payee_account_id: PayeeAccountId
) -> RevealedPayeeAccountOut:
    """Show the whole number to whoever releases payments. That it was shown is recorded."""
    return await service.reveal_payee_account(db, actor, payee_account_id)


@router.get("/payee-accounts/{payee_account_id}/actions", permission=READ)
async def explain_payee_account_actions(
    db: Db, actor: CurrentActor, payee_account_id: PayeeAccountId
) -> ActionsOut:
    """Every move of the account now, with what stands in its way."""
    return await service.explain_payee_account_actions(db, actor, payee_account_id)


history_of(
    router,
    "payee_account",
    "/payee-accounts/{payee_account_id}",
    access.payee_account,
    permission=READ,
)

export_of(router, "/payee-accounts", PAYEE_ACCOUNTS_AS_CSV, PayeeAccountQuery, permission=READ)
