"""What is done with rounds."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.jobs import each, every
from app.kernel import activity
from app.kernel.clock import Clock, now
from app.kernel.db import Database, new_id
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.lifecycle import create, explain_actions, move, preview
from app.kernel.schemas import ActionsOut, PreviewOut
from app.kernel.written import Written
from app.learning.trust.assessments.queries import Crowd, crowd_of
from app.learning.trust.assessments.service import lay_out
from app.learning.trust.framework import Perspective
from app.learning.trust.frameworks.access import FrameworkVersionNotFound, framework_version
from app.learning.trust.frameworks.models import FrameworkVersion
from app.learning.trust.rounds import access
from app.learning.trust.rounds.lifecycle import ROUND, RoundStatus
from app.learning.trust.rounds.models import Confidentiality, Round
from app.learning.trust.rounds.queries import to_be_closed, to_be_opened
from app.learning.trust.rounds.schemas import CreateRound, EditRound, RoundOut
from app.learning.trust.rounds.telling import ROUNDS
from app.learning.trust.sheets.anonymity import forget, settle
from app.learning.trust.sheets.queries import counted
from app.network.cohorts.access import cohort as obtain_cohort
from app.network.cohorts.lifecycle import ENDED
from app.network.cohorts.service import CohortEnded
from app.people.identity.actors import Actor, scheduler

_BEFORE_OPENING: Final = frozenset({RoundStatus.DRAFT, RoundStatus.SCHEDULED})
_UPWARD: Final = frozenset({"k", "colluders", "least_organisations", "peers_required"})
"""Promises that are made stricter by a higher number."""


class FrameworkVersionUnknown(Unprocessable):
    """The request names a version of a framework that there is not, or that you may not see."""


class EarlierRoundUnknown(Unprocessable):
    """A round is compared to an earlier one of the same cohort and framework that is as strict."""


class RoundPromised(Conflict):
    """Once a round is open its title changes, it is answered for longer, and what it promises
    becomes stricter: `k`, `colluders`, `least_organisations` and `peers_required` rise,
    `breakdowns` are given up. Nothing else."""


class RoundTooStrict(Conflict):
    """So strict a round could tell nothing, whatever those say who are asked: `asked` says how many
    people they are, of how many organisations, and how many at the most are peers of one member."""


class RoundFixed(Conflict):
    """What was closed or cancelled stays as it was."""


class RoundNotDraft(Conflict):
    """Only a draft is deleted. Cancel what was announced: it stays visible."""


class ClosesBeforeOpening(Unprocessable):
    """A round closes after it opens: move `opens_at` or `closes_at`."""


async def create_round(
    db: AsyncSession,
    actor: Actor,
    cohort_id: UUID,
    body: CreateRound,
    *,
    imported_from: str | None = None,
) -> Written[RoundOut]:
    """Plan a round of the cohort, as a draft. An import says from which source its history is.

    Raises CohortEnded (409), ClosesBeforeOpening, FrameworkVersionUnknown, EarlierRoundUnknown
    (422).
    """
    cohort = await obtain_cohort.allowing(db, actor, cohort_id, "round.create", lock=True)
    if cohort.status in ENDED:
        raise CohortEnded
    said = body.model_dump()
    said["timezone"] = body.timezone or cohort.timezone
    a_round = Round(
        id=new_id(),
        cohort_id=cohort.id,
        cohort=cohort,
        scope_id=cohort.commons_id,
        imported_from=imported_from,
        **said,
    )
    _refuse_backwards(a_round)
    await _refuse_unrelated(db, actor, a_round)
    await create(db, actor, a_round, ROUND, under=cohort.id)
    await actor.reach(db, [a_round.scope_id])
    return await ROUNDS.told_to(db, actor, a_round.id)


def _refuse_backwards(a_round: Round) -> None:
    """Raises ClosesBeforeOpening (422)."""
    if a_round.closes_at <= a_round.opens_at:
        raise ClosesBeforeOpening(errors=[_fault(ClosesBeforeOpening, "closes_at")])


async def _refuse_unrelated(db: AsyncSession, actor: Actor, a_round: Round) -> None:
    """Raises FrameworkVersionUnknown, EarlierRoundUnknown (422)."""
    with db.no_autoflush:
        try:
            version = await framework_version(db, actor, a_round.framework_version_id)
        except FrameworkVersionNotFound:
            fault = _fault(FrameworkVersionUnknown, "framework_version_id")
            raise FrameworkVersionUnknown(errors=[fault]) from None
        if a_round.compares_to_id is None:
            return
        earlier = (
            select(Round.id)
            .join(FrameworkVersion, FrameworkVersion.id == Round.framework_version_id)
            .where(
                Round.id == a_round.compares_to_id,
                Round.id != a_round.id,
                Round.cohort_id == a_round.cohort_id,
                Round.opens_at < a_round.opens_at,
                Round.is_strict == a_round.is_strict,
                FrameworkVersion.framework_id == version.framework_id,
            )
        )
        if await db.scalar(earlier) is None:
            raise EarlierRoundUnknown(errors=[_fault(EarlierRoundUnknown, "compares_to_id")])


def _fault(refusal: type[Unprocessable], field: str) -> FieldProblem:
    return FieldProblem(pointer=f"/{field}", code=refusal.code, detail=refusal.explanation())


async def edit_round(
    db: AsyncSession, actor: Actor, round_id: UUID, body: EditRound, *, if_match: int | None
) -> Written[RoundOut]:
    """Change a round, as far as what it promises allows.

    Raises RoundPromised, RoundTooStrict, RoundFixed (409), ClosesBeforeOpening,
    FrameworkVersionUnknown, EarlierRoundUnknown (422).
    """
    a_round = await access.round_.to_change(db, actor, round_id, "round.edit", if_match=if_match)
    said = body.model_dump()
    if a_round.status == RoundStatus.OPEN:
        _refuse_looser(a_round, said)
    elif a_round.status not in _BEFORE_OPENING:
        raise RoundFixed
    changed = amend(a_round, said)
    _refuse_backwards(a_round)
    if changed.keys() & {"framework_version_id", "compares_to_id", "opens_at", "is_strict"}:
        await _refuse_unrelated(db, actor, a_round)
    if changed.keys() & _UPWARD and a_round.status == RoundStatus.OPEN:
        await _refuse_too_strict(db, a_round, changed)
    if changed:
        activity.record(db, actor, "round.edited", a_round, detail=changed)
    return await ROUNDS.told_to(db, actor, a_round.id)


def _refuse_looser(a_round: Round, said: Mapping[str, Any]) -> None:
    """Raises RoundPromised (409) for what takes a promise back."""
    for field, value in said.items():
        before = getattr(a_round, field)
        if value == before or field == "title":
            continue
        is_stricter = (
            value > before
            if field in _UPWARD or field == "closes_at"
            else field == "breakdowns" and set(value) <= set(before)
        )
        if not is_stricter:
            raise RoundPromised(errors=[_promised(field)])


async def _refuse_too_strict(db: AsyncSession, a_round: Round, changed: Mapping[str, Any]) -> None:
    """Raises RoundTooStrict (409) where too few are asked for anything to be told."""
    crowd = await crowd_of(db, a_round)
    if named := sorted(_beyond(a_round, crowd) & changed.keys()):
        raise RoundTooStrict(
            extra={"asked": asdict(crowd)}, errors=[_too_strict(field) for field in named]
        )


def _beyond(a_round: Round, crowd: Crowd) -> set[str]:
    """Which of its promises are beyond those who are asked. That of peers holds in every round; in
    an attributed one the others keep nothing back."""
    fields = set[str]()
    if Perspective.PEER in a_round.perspectives and crowd.peers < a_round.peers_required:
        fields.add("peers_required")
    if a_round.confidentiality == Confidentiality.ATTRIBUTED:
        return fields
    if crowd.people < a_round.gate.least_people:
        fields |= {"k", "colluders"}
    if not a_round.asks_outside and crowd.organisations < a_round.gate.least_organisations:
        fields.add("least_organisations")
    return fields


def _too_strict(field: str) -> FieldProblem:
    detail = "More than are asked."
    return FieldProblem(pointer=f"/{field}", code=RoundTooStrict.code, detail=detail)


def _promised(field: str) -> FieldProblem:
    detail = "Was promised when the round opened."
    return FieldProblem(pointer=f"/{field}", code=RoundPromised.code, detail=detail)


async def delete_round(
    db: AsyncSession, actor: Actor, round_id: UUID, *, if_match: int | None
) -> None:
    """Throw a draft away; its cohort keeps the record. Raises RoundNotDraft (409)."""
    a_round = await access.round_.to_change(db, actor, round_id, "round.delete", if_match=if_match)
    is_named = select(exists().where(Round.compares_to_id == a_round.id))
    if a_round.status != RoundStatus.DRAFT or await db.scalar(is_named):
        raise RoundNotDraft
    detail = {"round_id": str(a_round.id), "title": a_round.title}
    activity.record(db, actor, "cohort.round_deleted", a_round.cohort, detail=detail)
    await db.delete(a_round)
    await db.flush()


async def move_round(
    db: AsyncSession,
    actor: Actor,
    round_id: UUID,
    name: str,
    *,
    if_match: int | None,
    reason: str | None = None,
) -> Written[RoundOut]:
    """Move the round, with what follows from it among those who are asked and what they said."""
    a_round = await access.round_(db, actor, round_id, lock=True)
    await make_move(db, actor, a_round, name, if_match=if_match, reason=reason)
    return await ROUNDS.told_to(db, actor, a_round.id)


async def make_move(db: AsyncSession, actor: Actor, a_round: Round, name: str, **how: Any) -> None:
    """The same of a round that is held."""
    writes: dict[str, Any] = {}
    if name == "open":
        writes["opened_at"] = now(db)
    if name == "close":
        asked, answered = await counted(db, a_round)
        writes = {"closed_at": now(db), "asked": asked, "answered": answered}
    await move(db, actor, a_round, ROUND, name, writes=writes, **how)
    await db.flush()
    if name == "open":
        await lay_out(db, a_round)
    elif name == "close" and a_round.is_anonymous:
        await settle(db, a_round)
    elif name == "cancel" and a_round.is_anonymous:
        await forget(db, a_round)


async def preview_close_round(db: AsyncSession, actor: Actor, round_id: UUID) -> PreviewOut:
    """What closing it now would come to."""
    a_round = await access.round_(db, actor, round_id)
    return await preview(db, actor, a_round, ROUND, "close")


async def explain_round_actions(db: AsyncSession, actor: Actor, round_id: UUID) -> ActionsOut:
    """Every move of the round now, with what stands in its way."""
    a_round = await access.round_(db, actor, round_id)
    return await explain_actions(db, actor, a_round, ROUND)


@every("*/5 * * * *", "open_and_close_rounds")
async def open_and_close_due(database: Database, clock: Clock) -> int:
    """Open each scheduled round whose time has come, and close each whose time is over.

    One that a guard holds back is tried again at the next round of the clock.
    """
    async with database.transaction() as db:
        opening = list(await db.scalars(_ids(to_be_opened(clock.now()))))
        closing = list(await db.scalars(_ids(to_be_closed(clock.now()))))
    return await each(database, opening, _open) + await each(database, closing, _close)


def _ids(rounds: Select[Round]) -> Select[UUID]:
    return rounds.with_only_columns(Round.id)


async def _open(db: AsyncSession, round_id: UUID) -> int:
    return await _by_the_clock(db, round_id, "open", to_be_opened(now(db)))


async def _close(db: AsyncSession, round_id: UUID) -> int:
    return await _by_the_clock(db, round_id, "close", to_be_closed(now(db)))


async def _by_the_clock(db: AsyncSession, round_id: UUID, name: str, due: Select[Round]) -> int:
    """Move it, unless another holds it or it is not due any more."""
    a_round = await access.hold_round(db, round_id, skip_locked=True)
    if a_round is None or await db.scalar(_ids(due).where(Round.id == round_id)) is None:
        return 0
    await make_move(db, scheduler(), a_round, name)
    return 1
