"""A project of the folder becomes a collaboration, its people, and a place in the cohort."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.intake.importing.ground import beside
from app.intake.importing.open_seeds.registers import Registers
from app.intake.importing.open_seeds.roles import role_name
from app.intake.importing.open_seeds.source import ProjectRow
from app.intake.importing.people import appoint, person
from app.intake.importing.reading import shortened
from app.intake.importing.report import Remark
from app.intake.importing.runs import Passage
from app.network.cohorts.memberships import service as memberships
from app.network.cohorts.memberships.schemas import CreateMembership
from app.network.collaborations import service as collaborations
from app.network.collaborations.models import Origin
from app.network.collaborations.schemas import CreateCollaboration
from app.people.identity.roles import Role

LONGEST_NAME: Final = 200
LONGEST_TOPIC: Final = 500
GRADUATED: Final = "graduated"
NOT_GRADUATED: Final = "not graduated"
OUTCOMES: Final = (GRADUATED, NOT_GRADUATED)


@dataclass(frozen=True)
class Arrival:
    """A project that has accepted its place."""

    membership_id: UUID


async def arrive(
    passage: Passage,
    registers: Registers,
    project: ProjectRow,
    manager_id: UUID,
    cohort_id: UUID,
    *,
    at: datetime,
    until: datetime,
) -> Arrival:
    """The project is chosen at `at` and accepts within the hour; mentors stay until `until`."""
    db = passage.db
    async with passage.acting(at, manager_id) as actor:
        made = await collaborations.create_collaboration(db, actor, _entry(project))
    async with passage.acting(at, manager_id) as actor:
        place = CreateMembership(collaboration_id=made.id)
        membership = await memberships.create_membership(db, actor, cohort_id, place)
    lead_id = await _team(passage, registers, project, made.id, at)
    await _mentors(passage, registers, project, membership.id, at, until)
    accepted_at = at + timedelta(hours=1)
    async with passage.acting(accepted_at, lead_id) as actor:
        await memberships.accept_membership(db, actor, membership.id, if_match=None)
    async with passage.acting(accepted_at, manager_id) as actor:
        await memberships.onboard_membership(db, actor, membership.id, if_match=None)
    passage.note("collaboration", project.id, made.id)
    passage.note("membership", project.id, membership.id)
    return Arrival(membership.id)


def _entry(project: ProjectRow) -> CreateCollaboration:
    name = shortened(project.name, LONGEST_NAME) or project.id
    whole = [project.name] if _is_long(project) else []
    summary = "\n\n".join([*whole, (project.description or "").strip()]).strip()
    return CreateCollaboration(
        reference=project.id.upper(),
        name=name,
        topic=shortened("; ".join(project.keywords), LONGEST_TOPIC) or None,
        summary=summary or None,
        origin=Origin.NETWORK_MEMBER,
    )


def _is_long(project: ProjectRow) -> bool:
    return len(" ".join(project.name.split())) > LONGEST_NAME


def remarks_of(project: ProjectRow, registers: Registers) -> Sequence[Remark]:
    """What of a project is imported otherwise than it stands."""
    remarks: list[Remark] = []
    if _is_long(project):
        detail = "Its name is shortened; the whole of it begins the summary."
        remarks.append(Remark("collaboration", project.id, "name_shortened", detail))
    if project.collaboration:
        partners = " and ".join(project.collaboration)
        detail = f"It was with {partners}, of whom the source says no more: not entered."
        remarks.append(Remark("collaboration", project.id, "partner_not_entered", detail))
    if registers.people.keys().isdisjoint(project.participants):
        detail = "The source names nobody: a lead is invented, for somebody has to accept."
        remarks.append(Remark("collaboration", project.id, "participants_missing", detail))
    if project.status not in OUTCOMES:
        detail = "The source does not say whether it graduated: its membership stays active."
        remarks.append(Remark("membership", project.id, "outcome_unstated", detail))
    return remarks


async def _team(
    passage: Passage,
    registers: Registers,
    project: ProjectRow,
    collaboration_id: UUID,
    at: datetime,
) -> UUID:
    """Its people: the first leads, the others are members. Where none is named one is invented."""
    lead_id: UUID | None = None
    for name in dict.fromkeys(project.participants):
        account_id = await registers.person(passage, name)
        if account_id is None:
            continue
        role = Role.COLLABORATION_MEMBER if lead_id else Role.COLLABORATION_LEAD
        lead_id = lead_id or account_id
        held = await appoint(passage, account_id, role, collaboration_id, at)
        await _note_once(passage, role_name(name, project.cohort, "participant"), held)
    if lead_id is None:
        name = f"lead-of-{project.id}"
        lead_id = await person(beside(passage), name, f"Lead of {project.id}, not named", at)
        await appoint(passage, lead_id, Role.COLLABORATION_LEAD, collaboration_id, at)
    return lead_id


async def _mentors(
    passage: Passage,
    registers: Registers,
    project: ProjectRow,
    membership_id: UUID,
    at: datetime,
    until: datetime,
) -> None:
    for name in dict.fromkeys(project.mentors):
        account_id = await registers.person(passage, name)
        if account_id is None:
            continue
        held = await appoint(passage, account_id, Role.ADVISER, membership_id, at, until=until)
        await _note_once(passage, role_name(name, project.cohort, "mentor"), held)


async def _note_once(passage: Passage, name: str, assignment_id: UUID) -> None:
    """Somebody with the same part in two projects of a cohort has one such part in the source."""
    if await passage.known("role", name) is None:
        passage.note("role", name, assignment_id)
