"""Agreements: drawing them up, signing them, and letting later editions take their place."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from pydantic import MISSING
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.db import new_id
from app.kernel.editing import Changes, amend, touch, was_and_is
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.written import Written
from app.network.collaborations.access import collaboration as obtain_collaboration
from app.network.collaborations.agreements import access, queries
from app.network.collaborations.agreements.models import Agreement
from app.network.collaborations.agreements.schemas import (
    AddAgreement,
    CollaborationAgreementOut,
    EditAgreement,
    EndAgreement,
)
from app.network.collaborations.agreements.telling import AGREEMENTS
from app.network.collaborations.data_sets.models import DataSet
from app.network.collaborations.models import Collaboration
from app.network.collaborations.queries import today_at
from app.people.files.attachments.access import subject
from app.people.files.attachments.service import FileProves, attach
from app.people.identity.actors import Actor
from app.people.organisations.models import Organisation

LISTS: Final = {"party_ids": "parties", "data_set_ids": "data_sets"}


class PartyUnknown(Unprocessable):
    """An agreement is between organisations that take part in the collaboration now."""


class DataSetUnknown(Unprocessable):
    """An agreement covers data sets of its own collaboration."""


class PredecessorUnknown(Unprocessable):
    """An agreement takes the place of an earlier edition in the same collaboration."""


class AgreementDatesReversed(Unprocessable):
    """An agreement ends on the day it begins or later."""


class AgreementSuperseded(Conflict):
    """A later edition takes this one's place already; supersede that one."""


class AgreementSigned(Conflict):
    """A signed agreement does not change: add the edition that supersedes it, or end it."""


class AgreementNotBinding(Conflict):
    """Only an agreement that was signed and has not ended can be ended."""


constraint("uq_agreements_supersedes_id", AgreementSuperseded, "/supersedes_id")
constraint("ck_agreements_ends_after_start", AgreementDatesReversed, "/ends_on")


async def add_agreement(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, body: AddAgreement
) -> Written[CollaborationAgreementOut]:
    """Record an agreement, signed or not yet.

    Raises PartyUnknown, DataSetUnknown, PredecessorUnknown, AgreementDatesReversed (422),
    AgreementSuperseded, FileAlreadyAttached (409), FileNotFound (404).
    """
    collaboration = await obtain_collaboration.allowing(
        db, actor, collaboration_id, "collaboration.edit"
    )
    agreement = Agreement(
        id=new_id(),
        **body.model_dump(exclude={*LISTS, "file_id"}),
        collaboration_id=collaboration.id,
        collaboration=collaboration,
        scope_id=collaboration.scope_id,
        edition=await _edition(db, collaboration, body.supersedes_id),
        parties=await _parties(db, collaboration, body.party_ids),
        data_sets=await _data_sets(db, collaboration, body.data_set_ids),
        file=None,
    )
    agreement.starts_on = body.starts_on or body.signed_on
    if body.file_id is not None:
        under = collaboration.scope_id
        agreement.file = await attach(db, actor, body.file_id, under, "agreement", agreement.id)
    db.add(agreement)
    await db.flush()
    _record(db, actor, "agreement_added", agreement, edition=agreement.edition)
    await db.flush()
    return await AGREEMENTS.told_to(db, actor, agreement.id)


async def _edition(db: AsyncSession, collaboration: Collaboration, before: UUID | None) -> int:
    if before is None:
        return 1
    found = await db.scalar(
        select(Agreement.edition).where(
            Agreement.id == before, Agreement.collaboration_id == collaboration.id
        )
    )
    if found is None:
        raise PredecessorUnknown(errors=[_unknown("/supersedes_id", "predecessor_unknown")])
    return found + 1


def _unknown(pointer: str, code: str) -> FieldProblem:
    return FieldProblem(pointer=pointer, code=code, detail="There is none of this id here.")


async def _parties(
    db: AsyncSession, collaboration: Collaboration, ids: Sequence[UUID]
) -> list[Organisation]:
    found = await queries.taking_part(db, collaboration, ids)
    if faults := _missing(ids, [one.id for one in found], "party"):
        raise PartyUnknown(errors=faults)
    return found


async def _data_sets(
    db: AsyncSession, collaboration: Collaboration, ids: Sequence[UUID]
) -> list[DataSet]:
    found = await queries.data_sets_of(db, collaboration, ids)
    if faults := _missing(ids, [one.id for one in found], "data_set"):
        raise DataSetUnknown(errors=faults)
    return found


def _missing(ids: Sequence[UUID], found: Collection[UUID], noun: str) -> list[FieldProblem]:
    return [
        _unknown(f"/{noun}_ids/{at}", f"{noun}_unknown")
        for at, one in enumerate(ids)
        if one not in found
    ]


async def edit_agreement(
    db: AsyncSession, actor: Actor, agreement_id: UUID, body: EditAgreement, *, if_match: int | None
) -> Written[CollaborationAgreementOut]:
    """Change what the body names of an agreement that is not signed; `signed_on` signs it.

    Raises AgreementSigned (409), PartyUnknown, DataSetUnknown, AgreementDatesReversed (422).
    """
    agreement = await access.agreement.to_change(
        db, actor, agreement_id, "collaboration.edit", if_match=if_match
    )
    if agreement.signed_on is not None:
        raise AgreementSigned
    replaced = await _replace(db, agreement, body)
    changed = replaced | amend(agreement, body.model_dump(exclude=set(LISTS)))
    agreement.starts_on = agreement.starts_on or agreement.signed_on
    _refuse_reversed(agreement, _said_of_days(body))
    if changed:
        _record(db, actor, "agreement_edited", agreement, reason=None, **changed)
    await db.flush()
    return await AGREEMENTS.told_to(db, actor, agreement.id)


def _said_of_days(body: EditAgreement) -> str:
    """Which of its days the body says, the last of them first."""
    said = body.model_dump(include={"ends_on", "starts_on"})
    return next((f"/{name}" for name in ("ends_on", "starts_on") if said.get(name)), "/signed_on")


def _refuse_reversed(agreement: Agreement, at: str) -> None:
    """Raises AgreementDatesReversed (422) at the day that the request says."""
    begins, ends = agreement.starts_on, agreement.ends_on
    if begins is not None and ends is not None and ends < begins:
        raise AgreementDatesReversed.at(at)


async def _replace(db: AsyncSession, agreement: Agreement, body: EditAgreement) -> Changes:
    """Let the lists say what the body says; what those that differ said."""
    wanted: dict[str, Any] = {}
    if body.party_ids is not MISSING:
        wanted["party_ids"] = await _parties(db, agreement.collaboration, body.party_ids)
    if body.data_set_ids is not MISSING:
        wanted["data_set_ids"] = await _data_sets(db, agreement.collaboration, body.data_set_ids)
    changed: Changes = {}
    for field, new in wanted.items():
        had = getattr(agreement, LISTS[field])
        if had != new:
            changed[field] = was_and_is([one.id for one in had], [one.id for one in new])
            setattr(agreement, LISTS[field], new)
            touch(agreement)
    return changed


async def end_agreement(
    db: AsyncSession, actor: Actor, agreement_id: UUID, body: EndAgreement, *, if_match: int | None
) -> Written[CollaborationAgreementOut]:
    """End a signed agreement, with the last day on which it binds and the reason.

    Raises AgreementNotBinding (409), AgreementDatesReversed (422).
    """
    agreement = await access.agreement.to_change(
        db, actor, agreement_id, "collaboration.edit", if_match=if_match
    )
    today = await today_at(db, agreement.collaboration_id)
    is_over = agreement.ends_on is not None and agreement.ends_on < today
    if agreement.signed_on is None or is_over:
        raise AgreementNotBinding
    agreement.ends_on = body.ended_on or today
    _refuse_reversed(agreement, "/ended_on")
    _record(db, actor, "agreement_ended", agreement, reason=body.reason)
    await db.flush()
    return await AGREEMENTS.told_to(db, actor, agreement.id)


async def _release(db: AsyncSession, actor: Actor, agreement_id: UUID) -> None:
    """Take the document out of an agreement that nobody has signed. Raises FileProves (409)."""
    agreement = await access.agreement.allowing(
        db, actor, agreement_id, "collaboration.edit", lock=True
    )
    if agreement.signed_on is not None:
        raise FileProves
    agreement.file = None
    _record(db, actor, "agreement_edited", agreement, fields=["file"])
    await db.flush()


subject(Agreement, "collaboration.read", _release)


def _record(
    db: AsyncSession,
    actor: Actor,
    verb: str,
    agreement: Agreement,
    *,
    reason: str | None = None,
    **detail: Any,
) -> None:
    """It belongs to the history of the collaboration."""
    whole = {"agreement_id": str(agreement.id), **detail}
    verb = f"collaboration.{verb}"
    activity.record(db, actor, verb, agreement.collaboration, reason=reason, detail=whole)
