"""The contract of runs of payments."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from app.funding.funds.access import FundNotFound
from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.payee_accounts.sealing import PayeeAccountSealed
from app.funding.payments.runs import access, files, service
from app.funding.payments.runs.access import READ
from app.funding.payments.runs.lifecycle import PAYMENT_RUN
from app.funding.payments.runs.schemas import (
    DownloadPaymentFile,
    GatherPaymentRun,
    PaymentRunOut,
    PaymentRunPage,
    PaymentRunQuery,
)
from app.funding.payments.runs.telling import PAYMENT_RUNS, PAYMENT_RUNS_AS_CSV
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.moves import told
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Payment runs")

FundId = Annotated[UUID, Path(description="The fund.")]
PaymentRunId = Annotated[UUID, Path(description="The run of payments.")]


@router.create(
    PAYMENT_RUN,
    "/funds/{fund_id}/payment-runs",
    by=("gather",),
    refuses=(
        FundNotFound,
        service.NothingToGather,
        service.PaymentInARun,
        service.PaymentNotGathered,
    ),
    example={},
)
async def gather_payment_run(
    db: Db, actor: CurrentActor, fund_id: FundId, body: GatherPaymentRun
) -> Written[PaymentRunOut]:
    """Gather payments of a fund into a run: all that can be approved, or those that are named, be
    they approved by themselves before. A payment is in one run at a time."""
    return await service.gather_payment_run(db, actor, fund_id, body)


@router.get("/payment-runs", permission=READ)
async def list_payment_runs(
    read: Reading, query: Annotated[PaymentRunQuery, Query()]
) -> WrittenList[PaymentRunPage]:
    """The runs of payments that you may see, the latest first."""
    return await PAYMENT_RUNS.page(read, query)


@router.get("/payment-runs/{payment_run_id}", permission=READ)
async def get_payment_run(read: Reading, payment_run_id: PaymentRunId) -> Written[PaymentRunOut]:
    """One run, with each of its payments, how many there are and what they come to."""
    return await PAYMENT_RUNS.one(read, payment_run_id)


@router.move(PAYMENT_RUN, "approve", also=told(PAYMENT, "approve"), key_required=True)
async def approve_payment_run(
    db: Db, actor: CurrentActor, payment_run_id: PaymentRunId, if_match: IfMatch
) -> Written[PaymentRunOut]:
    """Approve each of its payments, by the rules by which one is approved and within your limit
    for what they come to. Where one cannot be, none is, and `unmet` names each that stands in the
    way: hold it, and it leaves the run."""
    return await service.approve_payment_run(db, actor, payment_run_id, if_match=if_match)


@router.move(PAYMENT_RUN, "release", also=told(PAYMENT, "release"), key_required=True)
async def release_payment_run(
    db: Db, actor: CurrentActor, payment_run_id: PaymentRunId, if_match: IfMatch
) -> Written[PaymentRunOut]:
    """Hand its payments to the bank. Those that cannot be released leave the run, which then
    `is_partial` and says of each why; the others go out, each once."""
    return await service.release_payment_run(db, actor, payment_run_id, if_match=if_match)


@router.move(PAYMENT_RUN, "cancel", example={"reason": "It was gathered a day too early."})
async def cancel_payment_run(
    db: Db,
    actor: CurrentActor,
    payment_run_id: PaymentRunId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[PaymentRunOut]:
    """Give a run up that was not released. Its payments stay as they are, approved where they
    were, and may be in another run."""
    return await service.cancel_payment_run(
        db, actor, payment_run_id, body.reason, if_match=if_match
    )


@router.post(
    "/payment-runs/{payment_run_id}/payment-file",
    permission=files.DOWNLOAD,
    secret=True,
    refuses=(
        access.PaymentRunNotFound,
        files.PaymentRunNotReleased,
        files.PaymentToRevokedAccount,
        files.NameNotLatin,
        PayeeAccountSealed,
    ),
    responses={
        200: {
            "description": "The payment file (ISO 20022, pain.001.001.09).",
            "content": {"application/xml": {"schema": {"type": "string"}}},
            "headers": {
                "Content-Disposition": {
                    "description": "The name under which the file is saved.",
                    "schema": {"type": "string"},
                }
            },
        }
    },
    response_class=Response,
    example={
        "debtor_name": "Open Data Institute",
        "form": "sort_code",
        "country": "GB",
        "bank_code": "20-00-00",
        "number": "55779911",
        "executed_on": "2026-03-03",
    },
)
async def download_payment_file(
    db: Db, actor: CurrentActor, payment_run_id: PaymentRunId, body: DownloadPaymentFile
) -> Response:
    """The payment file of what the run has with the bank, with whole account numbers, under the
    `end_to_end_id` of each attempt. That it was downloaded is recorded. There is none while an
    account that it would pay to is revoked."""
    content = await files.download_payment_file(db, actor, payment_run_id, body)
    name = f'attachment; filename="pain.001-{payment_run_id.hex}.xml"'
    return Response(content, media_type="application/xml", headers={"Content-Disposition": name})


@router.get("/payment-runs/{payment_run_id}/actions", permission=READ)
async def explain_payment_run_actions(
    db: Db, actor: CurrentActor, payment_run_id: PaymentRunId
) -> ActionsOut:
    """Every move of the run now, with what stands in its way."""
    return await service.explain_payment_run_actions(db, actor, payment_run_id)


history_of(
    router,
    "payment_run",
    "/payment-runs/{payment_run_id}",
    access.payment_run,
    permission=READ,
)

export_of(router, "/payment-runs", PAYMENT_RUNS_AS_CSV, PaymentRunQuery, permission=READ)
