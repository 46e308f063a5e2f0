"""`create()` and `move()`: the only code of the house that writes a status, along its table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity, versions
from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.endorsements import (
    SecondPersonRequired,
    Word,
    Yes,
    both_endorse,
    content_digest,
    giver_of,
    words,
)
from app.kernel.errors import Conflict, Refusal, Unprocessable, not_allowed
from app.kernel.schemas import (
    ActionOut,
    ActionsOut,
    ExplainedActionOut,
    ForeseenOut,
    PreviewOut,
    TouchedOut,
)
from app.kernel.transitions import (
    Consequence,
    Guard,
    Lifecycle,
    Marked,
    Move,
    Subject,
    Unmet,
    first_word,
)


class IllegalTransition(Conflict):
    """The thing is not in a status from which this move can be made. `current_status`
    is its present one and `available_actions` names the moves that there are."""

    code, title = "invalid_transition", "Not possible in this status"


class GuardsUnmet(Conflict):
    """The move needs more than the right status. `unmet` names each condition that fails."""

    code, title = "guards_unmet", "Conditions not met"


class ConsequenceRefused(RuntimeError):
    """A consequence met with a refusal, which a guard of the move should have foreseen."""


class ReasonRequired(Unprocessable):
    """This move is recorded with its reason: send `reason`."""


@dataclass(frozen=True)
class Outcome:
    """What a move came to: made, or endorsed and waiting for the second person."""

    made: bool
    from_status: StrEnum | None
    to_status: StrEnum


async def create(
    db: AsyncSession,
    actor: Actor,
    thing: Subject,
    lifecycle: Lifecycle,
    move_name: str = "create",
    *,
    under: UUID,
    reason: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add a thing in the first status of its life, and record it.

    `under` is the scope whose permission is asked for: the parent's, since the thing has none yet.
    Raises NotAllowed (403), GuardsUnmet (409).
    """
    move = lifecycle.named(move_name, None)
    assert move is not None, f"{lifecycle.noun} has no creation named {move_name!r}"
    if not actor.demand(move.permission, under):
        raise not_allowed(move.permission)
    marked = await _meet(db, actor, thing, lifecycle.guards_of(move))
    thing.status = destination = move.leading(None)
    db.add(thing)
    await db.flush()
    verb = lifecycle.verb(move_name)
    detail = {**(detail or {}), **marked}
    activity.record(db, actor, verb, thing, to_status=destination, reason=reason, detail=detail)
    await _follow(db, actor, thing, lifecycle.consequences_of(move), reason)


async def move(
    db: AsyncSession,
    actor: Actor,
    thing: Subject,
    lifecycle: Lifecycle,
    name: str,
    *,
    to: StrEnum | None = None,
    reason: str | None = None,
    if_match: int | None = None,
    detail: dict[str, Any] | None = None,
    digest: str | None = None,
    writes: Mapping[str, Any] | None = None,
) -> Outcome:
    """Move a locked thing along its table, and record it.

    Refuses in this order: NotAllowed (403), PreconditionRequired and PreconditionFailed (428, 412),
    IllegalTransition (409), ReasonRequired (422), what bars the actor from deciding (403),
    GuardsUnmet (409) with every guard that fails.
    A move with a `second` is made when two persons have endorsed the same content; `digest` is
    the hash of that content, by default of every column of the thing. `to` says where a move leads
    that leads to several statuses. `writes` are columns of the thing that change with its status:
    what follows elsewhere, the consequences of the move, finds them so, and is done when this
    returns.
    """
    before: StrEnum = thing.status
    step = lifecycle.named(name, before)
    permissions = _permissions_of(lifecycle, name)
    held = [permission for permission in permissions if actor.demand(permission, thing.scope_id)]
    if not held:
        raise not_allowed(*permissions)
    _expect(thing, step or lifecycle.any_named(name), if_match)
    if step is None:
        raise _illegal(actor, thing, lifecycle, name)
    if not actor.holds(step.permission, thing.scope_id) and step.second not in held:
        raise not_allowed(step.permission)
    if step.needs_reason and not reason:
        raise ReasonRequired
    if step.is_decision and (refusal := actor.barred(now(db))):
        raise refusal
    detail = (detail or {}) | await _meet(db, actor, thing, lifecycle.guards_of(step))
    if step.second:
        yes = Yes(
            move=name,
            verb=first_word(lifecycle.noun, name),
            permissions=(step.permission, step.second),
            held=held,
            is_signature=step.is_signature,
            digest=digest or content_digest(thing),
            detail=detail,
            reason=reason,
        )

        async def is_still_meant(word: Word) -> bool:
            return await _is_still_meant(db, thing, lifecycle, step, word)

        if not await both_endorse(db, actor, thing, yes, is_still_meant):
            activity.record(db, actor, yes.verb, thing, reason=reason, detail=detail)
            return Outcome(made=False, from_status=before, to_status=before)
    thing.status = destination = step.leading(to)
    for column, value in (writes or {}).items():
        setattr(thing, column, value)
    activity.record(
        db,
        actor,
        lifecycle.verb(name),
        thing,
        from_status=before,
        to_status=destination,
        reason=reason,
        detail=detail,
    )
    await _follow(db, actor, thing, lifecycle.consequences_of(step), reason)
    return Outcome(made=True, from_status=before, to_status=destination)


def _expect(thing: Subject, step: Move, if_match: int | None) -> None:
    if not step.needs_if_match and if_match is None:
        return
    if step.binds_content:
        versions.expect_content(thing, if_match)
    else:
        versions.expect(thing, if_match)


async def _is_still_meant(
    db: AsyncSession, thing: Subject, lifecycle: Lifecycle, step: Move, word: Word
) -> bool:
    """Whether the first person could say it now as well: no guard stands in their way since. A
    signature stands."""
    if step.is_signature:
        return True
    giver = await giver_of(db, word)
    if giver is None:
        return False
    met = await _met(db, giver, thing, lifecycle.guards_of(step))
    return not any(isinstance(one, Unmet) for one in met)


async def _follow(
    db: AsyncSession,
    actor: Actor,
    thing: Subject,
    consequences: Iterable[Consequence],
    reason: str | None,
) -> None:
    for consequence in consequences:
        try:
            await consequence(db, actor, thing, reason)
        except Refusal as refusal:
            raise ConsequenceRefused(consequence.__name__) from refusal


def _permissions_of(lifecycle: Lifecycle, name: str) -> list[str]:
    found: list[str] = []
    for step in lifecycle.moves:
        if step.name == name:
            found += [p for p in (step.permission, step.second) if p and p not in found]
    assert found, f"{lifecycle.noun} has no move {name!r}"
    return found


def _illegal(actor: Actor, thing: Subject, lifecycle: Lifecycle, name: str) -> IllegalTransition:
    actions = [action.name for action in available_actions(thing, actor, lifecycle)]
    extra = {"current_status": thing.status, "available_actions": actions}
    return IllegalTransition(_nowhere(thing, lifecycle, name), extra=extra)


def _nowhere(thing: Subject, lifecycle: Lifecycle, name: str) -> str:
    noun = lifecycle.noun.replace("_", " ")
    article = "An" if noun.startswith(tuple("aeiou")) else "A"
    return f"{article} {noun} that is {thing.status} has no move `{name}`."


async def _met(
    db: AsyncSession, actor: Actor, thing: Subject, guards: Iterable[Guard]
) -> list[Unmet | Marked]:
    found: list[Unmet | Marked] = []
    for guard in guards:
        said = await guard(db, actor, thing)
        if isinstance(said, Unmet | Marked):
            found.append(said)
        else:
            found += said or ()
    return found


async def unmet_of(
    db: AsyncSession, actor: Actor, thing: Subject, lifecycle: Lifecycle, name: str
) -> list[Unmet]:
    """What keeps an actor from a move now: its status, the permission, each guard that fails."""
    step = lifecycle.named(name, thing.status)
    if step is None:
        return [Unmet("invalid_transition", _nowhere(thing, lifecycle, name))]
    if not _may(actor, step, thing.scope_id):
        return [_lacking(step.permission)]
    found = await _met(db, actor, thing, lifecycle.guards_of(step))
    return [one for one in found if isinstance(one, Unmet)]


async def _meet(
    db: AsyncSession, actor: Actor, thing: Subject, guards: Iterable[Guard]
) -> dict[str, Any]:
    return refuse_unmet(*await _met(db, actor, thing, guards))


def refuse_unmet(*found: Unmet | Marked | None) -> dict[str, Any]:
    """Raises GuardsUnmet (409) where a condition fails; else what is to be seen of the verb in the
    detail of its activity, nothing where it is not marked."""
    unmet = [one for one in found if isinstance(one, Unmet)]
    if unmet:
        raise GuardsUnmet(
            " ".join(condition.detail for condition in unmet),
            extra={"unmet": [one.told().model_dump(mode="json") for one in unmet]},
        )
    marked = [one for one in found if isinstance(one, Marked)]
    if not marked:
        return {}
    marks = sorted({mark for one in marked for mark in one.marks})
    return {"marks": marks} | {key: value for one in marked for key, value in one.detail.items()}


def available_actions(thing: Subject, actor: Actor, lifecycle: Lifecycle) -> list[ActionOut]:
    """The moves this actor may make from the present status, by the table and permissions alone:
    guards are not run, so that a list costs no query a row."""
    return [
        action(lifecycle, step, thing.id)
        for step in lifecycle.from_status(thing.status)
        if step.operation and _may(actor, step, thing.scope_id)
    ]


async def explain_actions(
    db: AsyncSession, actor: Actor, thing: Subject, lifecycle: Lifecycle
) -> ActionsOut:
    """Every move from the present status with all that stands in its way, for this actor."""
    explained = [
        await _explained(db, actor, thing, lifecycle, step)
        for step in lifecycle.from_status(thing.status)
        if step.operation
    ]
    return ActionsOut(status=thing.status, version=thing.version, actions=explained)


async def _explained(
    db: AsyncSession, actor: Actor, thing: Subject, lifecycle: Lifecycle, step: Move
) -> ExplainedActionOut:
    met = await _met(db, actor, thing, lifecycle.guards_of(step))
    unmet = [one for one in met if isinstance(one, Unmet)]
    if step.is_decision and (refusal := actor.barred(now(db))):
        unmet.insert(0, Unmet(refusal.code, refusal.detail))
    if not _may(actor, step, thing.scope_id):
        unmet.insert(0, _lacking(step.permission))
    elif step.second and (another := await _another(db, actor, thing, lifecycle, step)):
        unmet.insert(0, another)
    return ExplainedActionOut(
        **_described(thing.id, lifecycle, step),
        possible=not unmet,
        unmet=[one.told() for one in unmet],
    )


async def preview(
    db: AsyncSession, actor: Actor, thing: Subject, lifecycle: Lifecycle, name: str
) -> PreviewOut:
    """What a move would do if it were made now, and what stands in its way.

    Raises NotAllowed (403), and IllegalTransition (409) where it leads nowhere from here.
    """
    permissions = _permissions_of(lifecycle, name)
    if not [held for held in permissions if actor.demand(held, thing.scope_id)]:
        raise not_allowed(*permissions)
    step = lifecycle.named(name, thing.status)
    if step is None:
        raise _illegal(actor, thing, lifecycle, name)
    foreseen = [
        ForeseenOut(
            code=following.code,
            detail=following.detail,
            things=[
                TouchedOut.model_validate(one) for one in await following.touches(db, actor, thing)
            ],
        )
        for following in lifecycle.followings_of(name)
        if following.touches is not None
    ]
    return PreviewOut(
        status=thing.status,
        version=thing.version,
        action=await _explained(db, actor, thing, lifecycle, step),
        consequences=foreseen,
    )


def _lacking(permission: str) -> Unmet:
    return Unmet("permission_missing", f"It takes the permission {permission} here.")


async def _another(
    db: AsyncSession, actor: Actor, thing: Subject, lifecycle: Lifecycle, step: Move
) -> Unmet | None:
    """That it takes somebody else to be the second of two persons, if it does."""
    assert step.second is not None
    standing = (await words(db, actor, thing, move=step.name))[thing.id]
    if any(word.given.person_id in actor.persons for word in standing):
        return Unmet(SecondPersonRequired.code, SecondPersonRequired.explanation())
    both = (step.permission, step.second)
    held = [permission for permission in both if actor.holds(permission, thing.scope_id)]
    others = [w for w in standing if await _is_still_meant(db, thing, lifecycle, step, w)]
    missing = [word.lacks(held, both) for word in others]
    return _lacking(missing[0]) if missing and missing[0] else None


def _may(actor: Actor, step: Move, scope_id: UUID) -> bool:
    either = actor.holds(step.permission, scope_id)
    return either or bool(step.second and actor.holds(step.second, scope_id))


def action_of(lifecycle: Lifecycle, name: str, thing_id: UUID) -> ActionOut:
    """How clients make a move of the thing with this id."""
    return action(lifecycle, lifecycle.any_named(name), thing_id)


def action(lifecycle: Lifecycle, step: Move, thing_id: UUID) -> ActionOut:
    """One move as clients are told of it; moves of one name may differ by where they begin."""
    return ActionOut(**_described(thing_id, lifecycle, step))


def _described(thing_id: UUID, lifecycle: Lifecycle, step: Move) -> dict[str, Any]:
    return {
        "name": step.name,
        "operation_id": lifecycle.operation_id(step.name),
        "method": "POST",
        "href": f"/v1{lifecycle.address(step.name, thing_id)}",
        "needs_reason": step.needs_reason,
        "needs_if_match": step.needs_if_match,
    }
