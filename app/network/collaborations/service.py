"""Collaborations: setting them up, and each step of their lives."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move, preview
from app.kernel.naming import called
from app.kernel.paging import paginate
from app.kernel.schemas import ActionsOut, PreviewOut, Ref, WithReason
from app.kernel.written import Written
from app.network.collaborations import access
from app.network.collaborations.exports import COLLABORATIONS as EXPORT
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.models import (
    NUMBERS,
    Collaboration,
    FormerCollaborationName,
    Origin,
)
from app.network.collaborations.schemas import (
    CollaborationOut,
    CollaborationQuery,
    CollaborationRefPage,
    CollaboratorOut,
    CollaboratorPage,
    CollaboratorQuery,
    CreateCollaboration,
    EditCollaboration,
    HoldCollaboration,
    RegisterQuery,
)
from app.network.collaborations.telling import COLLABORATIONS
from app.network.programmes import access as programmes
from app.network.programmes.priority_areas import access as areas
from app.network.programmes.strands import access as strands
from app.people.identity.access import visible
from app.people.identity.actors import Actor
from app.people.identity.models import RoleAssignment
from app.people.identity.scopes import NETWORK_ID, ScopeKind, add_scope
from app.web.exports import WholeList, whole_list

PLACED: Final = {"programme_id", "strand_id", "priority_area_id", "origin"}
"""What has to fit together."""


class CollaborationReferenceTaken(Conflict):
    """Another collaboration has this reference."""


class PriorityAreaMisplaced(Unprocessable):
    """A collaboration that names a priority area has that as its origin."""


constraint("uq_collaborations_reference", CollaborationReferenceTaken, "/reference")


async def create_collaboration(
    db: AsyncSession, actor: Actor, body: CreateCollaboration
) -> Written[CollaborationOut]:
    """Set up a collaboration as an idea, with the scope of its people and that of its dossier.

    Those who make it keep its dossier, where they hold their role, until somebody leads it;
    afterwards they see it only by a membership in a cohort they run, or on the network. Raises
    CollaborationReferenceTaken (409), and what `_place` refuses (422).
    """
    collaboration = Collaboration(
        id=new_id(),
        dossier_id=new_id(),
        reference=body.reference or await _next_reference(db),
        **body.model_dump(exclude={"reference"}),
    )
    await _place(db, actor, collaboration)
    dossier_id = collaboration.dossier_id
    node, parents = collaboration.id, [NETWORK_ID]
    await add_scope(db, node, ScopeKind.COLLABORATION, parents, granted_at=dossier_id)
    keepers = actor.held_at("collaboration.create") - {NETWORK_ID}
    await add_scope(db, dossier_id, ScopeKind.DOSSIER, [node, *sorted(keepers)])
    await create(db, actor, collaboration, COLLABORATION, under=NETWORK_ID)
    return await COLLABORATIONS.told_to(db, actor, collaboration.id)


async def _place(db: AsyncSession, actor: Actor, collaboration: Collaboration) -> None:
    """Find the programme that the collaboration names, and the strand and the area of it.

    Raises ProgrammeUnknown, StrandUnknown, PriorityAreaUnknown, PriorityAreaMisplaced (422).
    """
    programme_id, strand_id = collaboration.programme_id, collaboration.strand_id
    area_id = collaboration.priority_area_id
    if area_id is not None and collaboration.origin != Origin.PRIORITY_AREA:
        raise PriorityAreaMisplaced(errors=[_misplaced_area()])
    with db.no_autoflush:  # An id of nothing is refused here by name, and not by its foreign key.
        if programme_id is not None:
            await programmes.known(db, actor, programme_id)
        if strand_id is not None:
            await strands.known(db, strand_id, programme_id)
        if area_id is not None:
            await areas.known(db, area_id, programme_id)


def _misplaced_area() -> FieldProblem:
    return FieldProblem(
        pointer="/priority_area_id",
        code="priority_area_misplaced",
        detail="Only a collaboration whose origin is `priority_area` names one.",
    )


async def _next_reference(db: AsyncSession) -> str:
    """The next of `DC-0001`, `DC-0002` that nobody chose before."""
    while True:
        reference = f"DC-{await db.scalar(select(NUMBERS.next_value())):04}"
        chosen = select(Collaboration.id).where(Collaboration.reference == reference)
        if await db.scalar(chosen) is None:
            return reference


async def export_collaborations(
    db: AsyncSession, actor: Actor, query: CollaborationQuery
) -> WholeList:
    """The same collaborations as a table."""
    statement = visible(Collaboration, actor, "collaboration.read")
    statement = statement.where(*COLLABORATIONS.wanted(query))
    return whole_list(db, EXPORT, statement, query, COLLABORATIONS.sorts, default="name")


async def list_collaboration_register(
    db: AsyncSession, actor: Actor, query: RegisterQuery
) -> CollaborationRefPage:
    """Every collaboration of the network by reference and name, to find the one to refer to."""
    statement = access.register(actor)
    if query.q is not None:
        statement = statement.where(called(Collaboration, FormerCollaborationName, query.q))
    if query.reference is not None:
        statement = statement.where(Collaboration.reference.in_(query.reference))
    page = await paginate(db, statement, query, COLLABORATIONS.sorts, default="name")
    return CollaborationRefPage(
        items=[Ref.model_validate(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def edit_collaboration(
    db: AsyncSession,
    actor: Actor,
    collaboration_id: UUID,
    body: EditCollaboration,
    *,
    if_match: int | None,
) -> Written[CollaborationOut]:
    """Change what the body names."""
    collaboration = await access.collaboration.to_change(
        db, actor, collaboration_id, "collaboration.edit", if_match=if_match
    )
    changed = amend(collaboration, body.model_dump())
    if "name" in changed:
        had = changed["name"]["from"]
        db.add(FormerCollaborationName(of_id=collaboration.id, name=had, until=now(db)))
    if PLACED & set(changed):
        await _place(db, actor, collaboration)
    if changed:
        activity.record(db, actor, "collaboration.edited", collaboration, detail=changed)
    return await COLLABORATIONS.told_to(db, actor, collaboration.id)


async def scope_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, *, if_match: int | None
) -> Written[CollaborationOut]:
    """Begin scoping: its challenge is stated and its lead named."""
    return await _step(db, actor, collaboration_id, "scope", if_match=if_match)


async def form_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, *, if_match: int | None
) -> Written[CollaborationOut]:
    """Begin forming: organisations of several kinds take part."""
    return await _step(db, actor, collaboration_id, "form", if_match=if_match)


async def launch_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, *, if_match: int | None
) -> Written[CollaborationOut]:
    """Launch it. The instant counts once, whatever becomes of it."""
    collaboration = await access.collaboration(db, actor, collaboration_id, lock=True)
    await move(db, actor, collaboration, COLLABORATION, "launch", if_match=if_match)
    collaboration.launched_at = now(db)
    return await COLLABORATIONS.told_to(db, actor, collaboration.id)


async def operate_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, *, if_match: int | None
) -> Written[CollaborationOut]:
    """Mark a collaboration as operating: its data is used or published."""
    return await _step(db, actor, collaboration_id, "operate", if_match=if_match)


async def conclude_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, *, if_match: int | None
) -> Written[CollaborationOut]:
    """Conclude it."""
    return await _step(db, actor, collaboration_id, "conclude", if_match=if_match)


async def _step(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, name: str, *, if_match: int | None
) -> Written[CollaborationOut]:
    """A move that changes nothing but the status."""
    collaboration = await access.collaboration(db, actor, collaboration_id, lock=True)
    await move(db, actor, collaboration, COLLABORATION, name, if_match=if_match)
    return await COLLABORATIONS.told_to(db, actor, collaboration.id)


async def hold_collaboration(
    db: AsyncSession,
    actor: Actor,
    collaboration_id: UUID,
    body: HoldCollaboration,
    *,
    if_match: int | None,
) -> Written[CollaborationOut]:
    """Let it rest, remembering where it was."""
    collaboration = await access.collaboration(db, actor, collaboration_id, lock=True)
    held_from = collaboration.status
    reason = body.reason
    await move(db, actor, collaboration, COLLABORATION, "hold", if_match=if_match, reason=reason)
    collaboration.is_held_by_team = actor.holds("collaboration.suspend", collaboration.scope_id)
    collaboration.held_from = held_from
    collaboration.review_on = body.review_on
    return await COLLABORATIONS.told_to(db, actor, collaboration.id)


async def resume_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, *, if_match: int | None
) -> Written[CollaborationOut]:
    """Go on from where it was when it was put on hold; its own people, where they did that."""
    collaboration = await access.collaboration(db, actor, collaboration_id, lock=True)
    back = collaboration.held_from
    await move(db, actor, collaboration, COLLABORATION, "resume", to=back, if_match=if_match)
    _forget_hold(collaboration)
    return await COLLABORATIONS.told_to(db, actor, collaboration.id)


async def abandon_collaboration(
    db: AsyncSession,
    actor: Actor,
    collaboration_id: UUID,
    body: WithReason,
    *,
    if_match: int | None,
) -> Written[CollaborationOut]:
    """Give it up. It stays in the counts of those that were launched."""
    collaboration = await access.collaboration(db, actor, collaboration_id, lock=True)
    reason = body.reason
    await move(db, actor, collaboration, COLLABORATION, "abandon", if_match=if_match, reason=reason)
    _forget_hold(collaboration)
    return await COLLABORATIONS.told_to(db, actor, collaboration.id)


def _forget_hold(collaboration: Collaboration) -> None:
    collaboration.held_from = None
    collaboration.review_on = None
    collaboration.is_held_by_team = False


async def explain_collaboration_actions(
    db: AsyncSession, actor: Actor, collaboration_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    collaboration = await access.collaboration(db, actor, collaboration_id)
    return await explain_actions(db, actor, collaboration, COLLABORATION)


async def preview_collaboration_move(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, name: str
) -> PreviewOut:
    """What would follow a move of the collaboration."""
    collaboration = await access.collaboration(db, actor, collaboration_id)
    return await preview(db, actor, collaboration, COLLABORATION, name)


async def list_collaborators(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, query: CollaboratorQuery
) -> CollaboratorPage:
    """The people who hold a role on it now, those who came first at the top."""
    collaboration = await access.collaboration(db, actor, collaboration_id)
    statement = access.people(collaboration, at=now(db))
    orders = {"valid_from": (RoleAssignment.valid_from, RoleAssignment.id)}
    page = await paginate(
        db, statement, query, orders, default="valid_from", bound=collaboration.id, filters={}
    )
    return CollaboratorPage(
        items=[_collaborator(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _collaborator(assignment: RoleAssignment) -> CollaboratorOut:
    account = assignment.account
    return CollaboratorOut(
        id=assignment.id,
        account=Ref(id=account.id, reference=None, name=account.name),
        role=assignment.role,
        valid_from=assignment.valid_from,
        valid_until=assignment.valid_until,
    )
