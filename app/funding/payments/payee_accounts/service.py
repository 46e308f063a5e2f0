"""The verbs of payee accounts: proposing one, verifying it by a call, showing its number."""

import hashlib
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload

from app.funding.expenses.models import ExpenseClaim
from app.funding.grants import access as grants
from app.funding.grants.lifecycle import PAID
from app.funding.grants.models import Grant
from app.funding.payments.payee_accounts import access
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.funding.payments.payee_accounts.schemas import (
    AlikePayeeAccountOut,
    AlikePayeeAccountsOut,
    BankAccount,
    PayeeAccountOut,
    ProposeOwnAccount,
    ProposePayeeAccount,
    RevealedPayeeAccountOut,
    VerifyPayeeAccount,
)
from app.funding.payments.payee_accounts.sealing import fingerprint, seal, unseal
from app.funding.payments.payee_accounts.telling import PAYEE_ACCOUNTS
from app.kernel import activity
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.limits import limits_of
from app.kernel.schemas import ActionsOut, Ref
from app.kernel.written import Written
from app.network.collaborations.models import Participant
from app.network.conflicts.queries import ON_THE_GRANTEES_SIDE
from app.people.identity.access import seen
from app.people.identity.actors import Actor
from app.people.organisations import access as organisations


class PayeeAccountProposedAlready(Conflict):
    """Another account waits to be verified: that one is withdrawn or rejected first."""


class GrantNotPaid(Conflict):
    """An account is said of a grant that was signed and is not closed."""


class PayeeNotOfGrantee(Unprocessable):
    """The account is that of a steward or contributor of the collaboration; another organisation
    takes its money as `is_fiscal_host`."""


class AccountInAnotherCurrency(Unprocessable):
    """A grant or a claim is paid in its own currency, to an account in that currency."""


class CallStillToCome(Unprocessable):
    """An account is verified after the call: `called_at` is after now."""


constraint("uq_payee_accounts_one_proposed", PayeeAccountProposedAlready)


async def propose_payee_account(
    db: AsyncSession, actor: Actor, grant_id: UUID, body: ProposePayeeAccount
) -> Written[PayeeAccountOut]:
    """Propose the account that a grant is to be paid to, or is from now on. Raises GrantNotPaid,
    PayeeAccountProposedAlready (409), OrganisationUnknown, AccountInAnotherCurrency,
    PayeeNotOfGrantee (422)."""
    grant = await grants.agreed_grant.allowing(
        db, actor, grant_id, "payee_account.propose", lock=True
    )
    if grant.status not in PAID:
        raise GrantNotPaid
    if await access.proposed(db, grant.id) is not None:
        raise PayeeAccountProposedAlready
    await organisations.known(db, {"/organisation_id": body.organisation_id})
    _refuse_another_currency(grant, body.currency)
    if not body.is_fiscal_host:
        await _refuse_stranger(db, grant, body.organisation_id)
    assert actor.person_id is not None
    number = await access.next_number(db, grant.id)
    proposed = _written(db, body, number, scope_id=grant.id, grant_id=grant.id)
    proposed.proposed_by_id = actor.person_id
    await create(db, actor, proposed, PAYEE_ACCOUNT, "propose", under=grant.scope_id)
    return await PAYEE_ACCOUNTS.told_to(db, actor, proposed.id)


async def propose_own(
    db: AsyncSession, actor: Actor, claim: ExpenseClaim, body: ProposeOwnAccount
) -> Written[PayeeAccountOut]:
    """Say where a claim that the caller holds is to be paid to. Raises PayeeAccountProposedAlready
    (409), AccountInAnotherCurrency (422)."""
    if await access.proposed(db, claim.id) is not None:
        raise PayeeAccountProposedAlready
    if body.currency != claim.currency:
        raise _in_another_currency(body.currency, f"the claim in {claim.currency}")
    assert actor.person_id is not None
    number = await access.next_number(db, claim.id)
    proposed = _written(db, body, number, scope_id=claim.id, expense_claim_id=claim.id)
    proposed.is_fiscal_host, proposed.proposed_by_id = False, actor.person_id
    await create(db, actor, proposed, PAYEE_ACCOUNT, "propose_own", under=claim.id)
    return await PAYEE_ACCOUNTS.told_to(db, actor, proposed.id)


def _written(db: AsyncSession, body: BankAccount, number: int, **of: UUID) -> PayeeAccount:
    """The account that a body says, with its number sealed."""
    account, account_id = body.account(), new_id()
    return PayeeAccount(
        **body.model_dump(exclude={"bank_code", "number"}),
        **of,
        id=account_id,
        number=number,
        last_four=account.last_four,
        sealed=seal(db, account_id, account),
        fingerprint=fingerprint(db, account),
    )


def _refuse_another_currency(grant: Grant, currency: str) -> None:
    if currency != grant.current.currency:
        raise _in_another_currency(currency, f"the grant in {grant.current.currency}")


def _in_another_currency(currency: str, paid: str) -> AccountInAnotherCurrency:
    code, detail = AccountInAnotherCurrency.code, f"The account is in {currency}, {paid}."
    fault = FieldProblem(pointer="/currency", code=code, detail=detail)
    return AccountInAnotherCurrency(errors=[fault])


async def _refuse_stranger(db: AsyncSession, grant: Grant, organisation_id: UUID) -> None:
    """Raises PayeeNotOfGrantee (422) for an organisation that is not on the grantee's side now."""
    takes_part = exists().where(
        Participant.collaboration_id == grant.collaboration_id,
        Participant.organisation_id == organisation_id,
        Participant.role.in_(ON_THE_GRANTEES_SIDE),
        Participant.ended_on.is_(None),
    )
    if not await db.scalar(select(takes_part)):
        refused = PayeeNotOfGrantee
        detail = "Name a steward or contributor of the collaboration, or its fiscal host."
        fault = FieldProblem(pointer="/organisation_id", code=refused.code, detail=detail)
        raise refused(errors=[fault])


async def verify_payee_account(
    db: AsyncSession,
    actor: Actor,
    payee_account_id: UUID,
    body: VerifyPayeeAccount,
    *,
    if_match: int | None,
) -> Written[PayeeAccountOut]:
    """Verify an account by a call: it takes the place of the one before, and is paid to once it has
    cooled off. Raises CallStillToCome (422)."""
    account = await access.payee_account.allowing(
        db, actor, payee_account_id, "payee_account.verify", lock=True
    )
    if body.called_at > now(db):
        fault = FieldProblem(
            pointer="/called_at",
            code=CallStillToCome.code,
            detail="Name an instant that has come.",
        )
        raise CallStillToCome(errors=[fault])
    writes = {
        "verified_by_id": actor.person_id,
        "verified_at": now(db),
        "usable_at": now(db) + limits_of(db).payee_account_cooling_off,
        **body.model_dump(),
    }
    before = await access.verified(db, account.scope_id)
    if before is not None and before is not account:
        await move(db, actor, before, PAYEE_ACCOUNT, "replace")
        await db.flush()
    await move(db, actor, account, PAYEE_ACCOUNT, "verify", if_match=if_match, writes=writes)
    return await PAYEE_ACCOUNTS.told_to(db, actor, account.id)


async def reject_payee_account(
    db: AsyncSession, actor: Actor, payee_account_id: UUID, reason: str, *, if_match: int | None
) -> Written[PayeeAccountOut]:
    """Reject a proposed account: it is not paid to."""
    account = await access.payee_account(db, actor, payee_account_id, lock=True)
    await move(db, actor, account, PAYEE_ACCOUNT, "reject", reason=reason, if_match=if_match)
    return await PAYEE_ACCOUNTS.told_to(db, actor, account.id)


async def withdraw_payee_account(
    db: AsyncSession, actor: Actor, payee_account_id: UUID, *, if_match: int | None
) -> Written[PayeeAccountOut]:
    """Take a proposal back that was not verified yet."""
    account = await access.payee_account(db, actor, payee_account_id, lock=True)
    await move(db, actor, account, PAYEE_ACCOUNT, "withdraw", if_match=if_match)
    return await PAYEE_ACCOUNTS.told_to(db, actor, account.id)


async def revoke_payee_account(
    db: AsyncSession, actor: Actor, payee_account_id: UUID, reason: str, *, if_match: int | None
) -> Written[PayeeAccountOut]:
    """Revoke a verified account without another in its place; it takes two persons.

    Raises SecondPersonRequired (409) for who has said so already.
    """
    account = await access.payee_account(db, actor, payee_account_id, lock=True)
    bound = hashlib.sha256(account.sealed).hexdigest()  # what it says never changes
    await move(
        db, actor, account, PAYEE_ACCOUNT, "revoke", reason=reason, if_match=if_match, digest=bound
    )
    return await PAYEE_ACCOUNTS.told_to(db, actor, account.id)


async def reveal_payee_account(
    db: AsyncSession, actor: Actor, payee_account_id: UUID
) -> RevealedPayeeAccountOut:
    """Show the whole number, and record to whom. Raises PayeeAccountSealed (503)."""
    account = await access.payee_account.allowing(
        db, actor, payee_account_id, "payee_account.reveal"
    )
    shown = unseal(db, account.id, account.sealed)
    activity.record(db, actor, "payee_account.revealed", account)
    await db.flush()
    return RevealedPayeeAccountOut(
        id=account.id,
        form=shown.form,
        holder_name=account.holder_name,
        bank_code=shown.bank_code,
        account_number=shown.number,
    )


async def list_alike_payee_accounts(
    db: AsyncSession, actor: Actor, payee_account_id: UUID
) -> AlikePayeeAccountsOut:
    """The accounts of other organisations and people that have its number, of those that the actor
    sees."""
    account = await access.payee_account.allowing(
        db, actor, payee_account_id, "payee_account.verify"
    )
    claim = account.expense_claim
    claimant_id = claim.claimant_id if claim else None
    alike = (
        seen(PayeeAccount, actor, access.READ)
        .outerjoin(PayeeAccount.expense_claim)
        .where(
            PayeeAccount.fingerprint == account.fingerprint,
            or_(
                PayeeAccount.organisation_id.is_distinct_from(account.organisation_id),
                ExpenseClaim.claimant_id.is_distinct_from(claimant_id),
            ),
        )
        .options(
            joinedload(PayeeAccount.grant),
            joinedload(PayeeAccount.organisation),
            contains_eager(PayeeAccount.expense_claim),
        )
        .order_by(PayeeAccount.created_at, PayeeAccount.id)
    )
    return AlikePayeeAccountsOut(items=[_alike(one) for one in await db.scalars(alike)])


def _alike(account: PayeeAccount) -> AlikePayeeAccountOut:
    grant, claim, organisation = account.grant, account.expense_claim, account.organisation
    return AlikePayeeAccountOut(
        id=account.id,
        grant=grant and Ref(id=grant.id, reference=grant.reference, name=grant.title),
        expense_claim=claim and Ref(id=claim.id, reference=claim.reference, name=claim.reference),
        organisation=organisation
        and Ref(id=organisation.id, reference=None, name=organisation.name),
        status=account.status,
        holder_name=account.holder_name,
    )


async def explain_payee_account_actions(
    db: AsyncSession, actor: Actor, payee_account_id: UUID
) -> ActionsOut:
    """Every move of the account now, with what stands in its way."""
    account = await access.payee_account(db, actor, payee_account_id)
    return await explain_actions(db, actor, account, PAYEE_ACCOUNT)
