"""The payment file of a run: all that it has with the bank, with whole account numbers."""

import hashlib
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.payments.payee_accounts.lifecycle import PayeeAccountStatus
from app.funding.payments.payee_accounts.sealing import unseal
from app.funding.payments.runs import access, pain
from app.funding.payments.runs.lifecycle import PaymentRunStatus
from app.funding.payments.runs.models import PaymentRun
from app.funding.payments.runs.schemas import DownloadPaymentFile
from app.kernel import activity
from app.kernel.clock import now
from app.kernel.errors import Conflict
from app.people.identity.actors import Actor

DOWNLOAD: Final = "payment_run.download"


class PaymentRunNotReleased(Conflict):
    """A payment file is of what is with the bank: the run was not released, or is done."""


class NameNotLatin(Conflict):
    """A payment file has Latin letters alone, and of a name in it nothing would be left: have a
    payee account proposed whose `holder_name` is written in these."""


class PaymentToRevokedAccount(Conflict):
    """An account to which it would pay was revoked after the release: have its payments fail, which
    leave the run then. `detail` names them."""


async def download_payment_file(
    db: AsyncSession, actor: Actor, payment_run_id: UUID, body: DownloadPaymentFile
) -> bytes:
    """The file (pain.001.001.09) of what a run has with the bank; that it was made is recorded.

    Raises PaymentRunNotReleased, PaymentToRevokedAccount, NameNotLatin (409), PayeeAccountSealed
    (503).
    """
    run = await access.payment_run.allowing(db, actor, payment_run_id, DOWNLOAD)
    if run.status is not PaymentRunStatus.RELEASED:
        raise PaymentRunNotReleased
    transfers = await _transfers(db, run)
    instruction = pain.Instruction(
        message_id=run.id.hex,
        made_at=now(db),
        executed_on=body.executed_on,
        currency=run.currency,
        account_currency=(await access.fund_of(db, run)).currency,
        debtor=pain.Party(body.debtor_name, body.country, body.account()),
        transfers=transfers,
    )
    try:
        file = pain.written(instruction)
    except pain.NotLatin:
        raise NameNotLatin from None
    detail = {"transfers": len(transfers), "sha256": hashlib.sha256(file).hexdigest()}
    activity.record(db, actor, "payment_run.file_downloaded", run, detail=detail)
    await db.flush()
    return file


async def _transfers(db: AsyncSession, run: PaymentRun) -> list[pain.Transfer]:
    """Each payment that is with the bank, by the attempt that is open. Raises
    PaymentToRevokedAccount (409)."""
    found = await access.attempts_of(db, run)
    revoked = [
        payment.reference
        for payment, attempt in found
        if attempt.payee_account.status is PayeeAccountStatus.REVOKED
    ]
    if revoked:
        raise PaymentToRevokedAccount(f"The account was revoked of: {', '.join(revoked)}.")
    return [
        pain.Transfer(
            end_to_end_id=attempt.end_to_end_id,
            amount_minor=payment.amount_minor,
            to=pain.Party(
                attempt.payee_account.holder_name,
                attempt.payee_account.country,
                unseal(db, attempt.payee_account_id, attempt.payee_account.sealed),
            ),
            about=" ".join(filter(None, (payment.reference, payment.invoice_number))),
        )
        for payment, attempt in found
    ]
