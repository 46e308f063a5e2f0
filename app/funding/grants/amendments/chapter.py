"""Amendments in the demonstration: a milestone is split in two, and both sides sign."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic_core import to_json

from app.funding.grants.amendments import access, service
from app.funding.grants.amendments.schemas import CreateAmendment
from app.funding.grants.chapter import Awarded
from app.funding.grants.terms import service as agreed
from app.funding.grants.terms.schemas import EditGrantTerms
from app.kernel.chapters import chapter
from app.people.identity.chapter import Person, Stage

EARLIER: Final = timedelta(days=60)
"""By how much a draft is due before what it is a draft of."""


@dataclass(frozen=True)
class SplitScript:
    """What splits the last milestone of a grant, and when."""

    collaboration: str
    manager: str
    at: datetime
    reason: str


@chapter("amendments.signed", after=["grants.awarded"], before=["cohorts.changed"])
async def amend(stage: Stage) -> None:
    """The lead proposes that half of the last milestone is earned by a draft of it; the coordinator
    approves, and both sides sign."""
    for script in stage.scripts(SplitScript):
        for grant in stage.kept(Awarded):
            if grant.script.collaboration == script.collaboration:
                await _split(stage, script, grant)


async def _split(stage: Stage, script: SplitScript, grant: Awarded) -> None:
    lead, hour = grant.member.lead, timedelta(hours=1)
    async with stage.scene(script.at, lead) as (db, actor):
        terms = await agreed.get_grant_terms(db, actor, grant.grant_id)
        wanted = CreateAmendment(reason=script.reason, terms=_in_two(terms.model_dump(mode="json")))
        made = await service.create_amendment(db, actor, grant.grant_id, wanted)
    amendment_id = made.id
    for hours, who, step in (
        (1, lead, "submit"),
        (24, grant.member.coordinator, "approve"),
        (25, lead, "sign"),
        (26, stage.cast[script.manager], "sign"),
    ):
        await _step(stage, script.at + hours * hour, who, amendment_id, step)


async def _step(stage: Stage, at: datetime, who: Person, amendment_id: UUID, step: str) -> None:
    """Somebody reads the amendment, and makes a move of what they read."""
    async with stage.scene(at, who) as (db, actor):
        read = (await access.amendment(db, actor, amendment_id)).version
        match step:
            case "approve":
                await service.approve_amendment(db, actor, amendment_id, if_match=read)
            case "sign":
                await service.sign_amendment(db, actor, amendment_id, if_match=read)
            case _:
                await service.move_amendment(db, actor, amendment_id, step, if_match=read)


def _in_two(terms: dict[str, Any]) -> EditGrantTerms:
    """The terms as they were read, with half of the last milestone for a draft of it."""
    plain = {
        **{name: terms[name] for name in ("award", "tax_treatment", "starts_on", "ends_on")},
        "budget_lines": [_flat(one) for one in terms["budget_lines"]],
        "variance_tolerance": _flat(terms["variance_tolerance"]),
        "milestones": [_flat(one) for one in terms["milestones"]],
    }
    said = EditGrantTerms.model_validate_json(to_json(plain))
    *others, last = said.milestones
    half = last.amount_minor // 2
    draft = last.model_copy(
        update={
            "id": None,
            "title": f"Draft of: {last.title}",
            "amount_minor": half,
            "opens_on": None,
            "due_on": last.due_on - EARLIER,
            "criteria": [one.model_copy(update={"id": None}) for one in last.criteria],
        }
    )
    rest = last.model_copy(update={"amount_minor": last.amount_minor - half})
    return said.model_copy(update={"milestones": [*others, draft, rest]})


def _flat(one: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in one.items() if name not in ("amount", "reference")}
    return {**rest, "amount_minor": one["amount"]["amount_minor"]}
