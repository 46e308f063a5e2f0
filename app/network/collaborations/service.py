"""Collaborations: setting them up, and each step of their lives."""

from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import available_actions, create, explain_actions, move, preview
from app.kernel.naming import called, keep_name
from app.kernel.paging import paginate
from app.kernel.schemas import ActionsOut, PreviewOut, Ref, WithReason
from app.network.collaborations import access
from app.network.collaborations.exports import COLLABORATIONS
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.models import (
    NUMBERS,
    Collaboration,
    FormerCollaborationName,
    Origin,
    Participant,
)
from app.network.collaborations.schemas import (
    CollaborationOut,
    CollaborationPage,
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
from app.network.programmes import access as programmes
from app.network.programmes.priority_areas import access as areas
from app.network.programmes.strands import access as strands
from app.people.identity.access import visible
from app.people.identity.actors import Actor
from app.people.identity.models import RoleAssignment
from app.people.identity.scopes import NETWORK_ID, ScopeKind, add_scope
from app.web.exports import WholeList, whole_list

SORTS: Final = {
    "name": (Collaboration.name_folded, Collaboration.id),
    "created_at": (Collaboration.created_at, Collaboration.id),
}


EXACT: Final = {
    "reference",
    "status",
    "origin",
    "country",
    "programme_id",
    "strand_id",
    "priority_area_id",
}
"""The filters that ask for one value of a column."""

PLACED: Final = {"programme_id", "strand_id", "priority_area_id", "origin"}
"""What has to fit together."""


class CollaborationReferenceTaken(Conflict):
    """Another collaboration has this reference."""


class PriorityAreaMisplaced(Unprocessable):
    """A collaboration that names a priority area has that as its origin."""


constraint("uq_collaborations_reference", CollaborationReferenceTaken)


async def create_collaboration(
    db: AsyncSession, actor: Actor, body: CreateCollaboration
) -> CollaborationOut:
    """Set up a collaboration as an idea, with the scope of its people and that of its dossier.

    Those who make it keep its dossier, where they hold their role, until somebody leads it;
    afterwards they see it only by a membership in a cohort they run, or on the network. Raises
    CollaborationReferenceTaken (409), and what `_place` refuses (422).
    """
    collaboration = Collaboration(
        id=new_id(),
        dossier_id=new_id(),
        reference=body.reference or await _next_reference(db),
        former_names=[],
        **body.model_dump(exclude={"reference"}),
    )
    await _place(db, actor, collaboration)
    dossier_id = collaboration.dossier_id
    node, parents = collaboration.id, [NETWORK_ID]
    await add_scope(db, node, ScopeKind.COLLABORATION, parents, granted_at=dossier_id)
    keepers = actor.held_at("collaboration.create") - {NETWORK_ID}
    await add_scope(db, dossier_id, ScopeKind.DOSSIER, [node, *sorted(keepers)])
    await create(db, actor, collaboration, COLLABORATION, under=NETWORK_ID)
    await db.flush()
    await actor.reach(db, [dossier_id])
    return shown(actor, collaboration)


async def _place(db: AsyncSession, actor: Actor, collaboration: Collaboration) -> None:
    """Find the programme that the collaboration names, and the strand and the area of it.

    Raises ProgrammeUnknown, StrandUnknown, PriorityAreaUnknown, PriorityAreaMisplaced (422).
    """
    programme_id, strand_id = collaboration.programme_id, collaboration.strand_id
    area_id = collaboration.priority_area_id
    if area_id is not None and collaboration.origin != Origin.PRIORITY_AREA:
        raise PriorityAreaMisplaced(errors=[_misplaced_area()])
    with db.no_autoflush:  # An id of nothing is refused here by name, and not by its foreign key.
        programme = programme_id and await programmes.known(db, actor, programme_id)
        strand = strand_id and await strands.known(db, strand_id, programme_id)
        area = area_id and await areas.known(db, area_id, programme_id)
    collaboration.programme, collaboration.strand = programme, strand
    collaboration.priority_area = area


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


def shown(actor: Actor, collaboration: Collaboration) -> CollaborationOut:
    is_itself = collaboration.merged_into_id is None
    actions = available_actions(collaboration, actor, COLLABORATION) if is_itself else []
    columns = CollaborationOut.model_fields.keys() - {"available_actions"}
    return CollaborationOut.model_validate(
        {name: getattr(collaboration, name) for name in columns} | {"available_actions": actions}
    )


async def list_collaborations(
    db: AsyncSession, actor: Actor, query: CollaborationQuery
) -> CollaborationPage:
    """The collaborations whose dossiers the actor reaches."""
    statement = _wanted(actor, query).options(*access.REFS)
    page = await paginate(db, statement, query, SORTS, default="name")
    await actor.reach(db, [row.scope_id for row in page.rows])
    return CollaborationPage(
        items=[shown(actor, row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def export_collaborations(
    db: AsyncSession, actor: Actor, query: CollaborationQuery
) -> WholeList:
    """The same collaborations as a table."""
    return whole_list(db, COLLABORATIONS, _wanted(actor, query), query, SORTS, default="name")


def _wanted(actor: Actor, query: CollaborationQuery) -> Select[Collaboration]:
    statement = visible(Collaboration, actor, "collaboration.read")
    statement = statement.where(Collaboration.merged_into_id.is_(None))
    if query.q is not None:
        statement = statement.where(called(Collaboration, FormerCollaborationName, query.q))
    exact = query.model_dump(include=EXACT, exclude_none=True)
    statement = statement.filter_by(**exact)
    if query.organisation_id is not None:
        taking_part = select(Participant.collaboration_id).where(
            Participant.organisation_id == query.organisation_id, Participant.ended_on.is_(None)
        )
        statement = statement.where(Collaboration.id.in_(taking_part))
    return statement


async def list_collaboration_register(
    db: AsyncSession, actor: Actor, query: RegisterQuery
) -> CollaborationRefPage:
    """Every collaboration of the network by reference and name, to find the one to refer to."""
    statement = access.register(actor)
    if query.q is not None:
        statement = statement.where(called(Collaboration, FormerCollaborationName, query.q))
    if query.reference is not None:
        statement = statement.where(Collaboration.reference == query.reference)
    page = await paginate(db, statement, query, SORTS, default="name")
    return CollaborationRefPage(
        items=[Ref.model_validate(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID
) -> CollaborationOut:
    """One collaboration."""
    return shown(actor, await access.collaboration(db, actor, collaboration_id))


async def edit_collaboration(
    db: AsyncSession,
    actor: Actor,
    collaboration_id: UUID,
    body: EditCollaboration,
    *,
    if_match: int | None,
) -> CollaborationOut:
    """Change what the body names."""
    collaboration = await access.collaboration.to_change(
        db, actor, collaboration_id, "collaboration.edit", if_match=if_match
    )
    changed = amend(collaboration, body.model_dump())
    keep_name(collaboration, FormerCollaborationName, changed, at=now(db))
    if PLACED & set(changed):
        await _place(db, actor, collaboration)
    if changed:
        activity.record(db, actor, "collaboration.edited", collaboration, detail=changed)
    await db.flush()
    return shown(actor, collaboration)


async def scope_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, *, if_match: int | None
) -> CollaborationOut:
    """Begin scoping: its challenge is stated and its lead named."""
    return await _step(db, actor, collaboration_id, "scope", if_match=if_match)


async def form_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, *, if_match: int | None
) -> CollaborationOut:
    """Begin forming: organisations of several kinds take part."""
    return await _step(db, actor, collaboration_id, "form", if_match=if_match)


async def launch_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, *, if_match: int | None
) -> CollaborationOut:
    """Launch it. The instant counts once, whatever becomes of it."""
    collaboration = await access.collaboration(db, actor, collaboration_id, lock=True)
    await move(db, actor, collaboration, COLLABORATION, "launch", if_match=if_match)
    collaboration.launched_at = now(db)
    await db.flush()
    return shown(actor, collaboration)


async def operate_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, *, if_match: int | None
) -> CollaborationOut:
    """Say that its data is used or published."""
    return await _step(db, actor, collaboration_id, "operate", if_match=if_match)


async def conclude_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, *, if_match: int | None
) -> CollaborationOut:
    """Conclude it."""
    return await _step(db, actor, collaboration_id, "conclude", if_match=if_match)


async def _step(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, name: str, *, if_match: int | None
) -> CollaborationOut:
    """A move that changes nothing but the status."""
    collaboration = await access.collaboration(db, actor, collaboration_id, lock=True)
    await move(db, actor, collaboration, COLLABORATION, name, if_match=if_match)
    await db.flush()
    return shown(actor, collaboration)


async def hold_collaboration(
    db: AsyncSession,
    actor: Actor,
    collaboration_id: UUID,
    body: HoldCollaboration,
    *,
    if_match: int | None,
) -> CollaborationOut:
    """Let it rest, remembering where it was."""
    collaboration = await access.collaboration(db, actor, collaboration_id, lock=True)
    held_from = collaboration.status
    reason = body.reason
    await move(db, actor, collaboration, COLLABORATION, "hold", if_match=if_match, reason=reason)
    collaboration.is_held_by_team = actor.holds("collaboration.suspend", collaboration.scope_id)
    collaboration.held_from = held_from
    collaboration.review_on = body.review_on
    await db.flush()
    return shown(actor, collaboration)


async def resume_collaboration(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, *, if_match: int | None
) -> CollaborationOut:
    """Go on from where it was when it was put on hold; its own people, where they did that."""
    collaboration = await access.collaboration(db, actor, collaboration_id, lock=True)
    back = collaboration.held_from
    await move(db, actor, collaboration, COLLABORATION, "resume", to=back, if_match=if_match)
    _forget_hold(collaboration)
    await db.flush()
    return shown(actor, collaboration)


async def abandon_collaboration(
    db: AsyncSession,
    actor: Actor,
    collaboration_id: UUID,
    body: WithReason,
    *,
    if_match: int | None,
) -> CollaborationOut:
    """Give it up. It stays in the counts of those that were launched."""
    collaboration = await access.collaboration(db, actor, collaboration_id, lock=True)
    reason = body.reason
    await move(db, actor, collaboration, COLLABORATION, "abandon", if_match=if_match, reason=reason)
    _forget_hold(collaboration)
    await db.flush()
    return shown(actor, collaboration)


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
        db, statement, query, orders, default="valid_from", bound=collaboration.id
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


async def get_collaboration_history(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, query: HistoryQuery
) -> ActivityPage:
    """What was done to it, oldest first."""
    collaboration = await access.collaboration(db, actor, collaboration_id)
    return await activity.history(db, actor, collaboration, query)
