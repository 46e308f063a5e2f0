"""Affiliations: people say for whom they work, and since when."""

from typing import Final
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity, versions
from app.kernel.clock import network_zone, today
from app.kernel.editing import Changes, amend
from app.kernel.errors import Conflict, Unprocessable, constraint
from app.kernel.paging import paginate
from app.kernel.schemas import LastDay, Ref
from app.people.identity.actors import SignedIn
from app.people.organisations.access import organisation as obtain_organisation
from app.people.organisations.affiliations import access
from app.people.organisations.affiliations.models import Affiliation
from app.people.organisations.affiliations.schemas import (
    AffiliationOut,
    AffiliationPage,
    AffiliationQuery,
    AffiliationsOfOneQuery,
    CreateAffiliation,
    EditAffiliation,
)
from app.people.organisations.service import OrganisationMerged

SORTS: Final = {"created_at": (Affiliation.created_at, Affiliation.id)}


class AlreadyAffiliated(Conflict):
    """The person works for this organisation already."""


class AffiliationEnded(Conflict):
    """The person no longer works for this organisation; if they are back, add it again."""


class AffiliationDatesReversed(Unprocessable):
    """An affiliation ends on the day it begins or later."""


constraint("uq_affiliations_current", AlreadyAffiliated)
constraint("ck_affiliations_ends_after_start", AffiliationDatesReversed)


async def create_affiliation(
    db: AsyncSession, actor: SignedIn, organisation_id: UUID, body: CreateAffiliation
) -> AffiliationOut:
    """Say that a person works for the organisation: oneself, or somebody one may vouch for.

    Raises AlreadyAffiliated, OrganisationMerged (409), AccountUnknown (422).
    """
    account_id = body.account_id or actor.account_id
    access.require_may_say(actor, account_id)
    organisation = await obtain_organisation(db, actor, organisation_id, lock=True)
    if organisation.merged_into_id is not None:
        raise OrganisationMerged(extra={"merged_into_id": str(organisation.merged_into_id)})
    affiliation = Affiliation(
        organisation_id=organisation.id,
        organisation=organisation,
        account=await access.person_named(db, actor, account_id),
        title=body.title,
        since_on=body.since_on,
    )
    db.add(affiliation)
    await db.flush()
    _record(db, actor, "created", affiliation)
    await db.flush()
    return _shown(affiliation)


def _shown(affiliation: Affiliation) -> AffiliationOut:
    account = affiliation.account
    columns = AffiliationOut.model_fields.keys() - {"account"}
    return AffiliationOut.model_validate(
        {name: getattr(affiliation, name) for name in columns}
        | {"account": Ref(id=account.id, reference=None, name=account.name)}
    )


async def list_affiliations(
    db: AsyncSession, actor: SignedIn, query: AffiliationQuery
) -> AffiliationPage:
    """For whom the people work whose accounts the actor may see."""
    exact = query.model_dump(include={"organisation_id", "account_id"}, exclude_none=True)
    return await _page(db, access.visible_affiliations(actor).filter_by(**exact), query)


async def list_organisation_affiliations(
    db: AsyncSession, actor: SignedIn, organisation_id: UUID, query: AffiliationsOfOneQuery
) -> AffiliationPage:
    """Those of them who work for one organisation."""
    organisation = await obtain_organisation(db, actor, organisation_id)
    statement = access.visible_affiliations(actor).where(
        Affiliation.organisation_id == organisation.id
    )
    return await _page(db, statement, query, bound=organisation.id)


async def _page(
    db: AsyncSession,
    statement: Select[Affiliation],
    query: AffiliationsOfOneQuery,
    *,
    bound: UUID | None = None,
) -> AffiliationPage:
    if query.is_current is not None:
        statement = statement.where(Affiliation.ended_on.is_(None) == query.is_current)
    page = await paginate(db, statement, query, SORTS, default="created_at", bound=bound)
    return AffiliationPage(
        items=[_shown(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_affiliation(
    db: AsyncSession, actor: SignedIn, affiliation_id: UUID
) -> AffiliationOut:
    """One affiliation."""
    return _shown(await access.affiliation(db, actor, affiliation_id))


async def edit_affiliation(
    db: AsyncSession,
    actor: SignedIn,
    affiliation_id: UUID,
    body: EditAffiliation,
    *,
    if_match: int | None,
) -> AffiliationOut:
    """Change what the body names. Raises AffiliationDatesReversed (422)."""
    affiliation = await access.affiliation(db, actor, affiliation_id, lock=True)
    access.require_may_say(actor, affiliation.account_id)
    versions.expect(affiliation, if_match)
    if changed := amend(affiliation, body.model_dump()):
        _record(db, actor, "edited", affiliation, changed)
    await db.flush()
    return _shown(affiliation)


async def end_affiliation(
    db: AsyncSession, actor: SignedIn, affiliation_id: UUID, body: LastDay
) -> AffiliationOut:
    """Say on which day the person worked there for the last time.

    Raises AffiliationEnded (409), AffiliationDatesReversed (422).
    """
    affiliation = await access.affiliation(db, actor, affiliation_id, lock=True)
    access.require_may_say(actor, affiliation.account_id)
    if affiliation.ended_on is not None:
        raise AffiliationEnded
    affiliation.ended_on = body.ended_on or today(db, network_zone(db))
    _record(db, actor, "ended", affiliation)
    await db.flush()
    return _shown(affiliation)


def _record(
    db: AsyncSession,
    actor: SignedIn,
    verb: str,
    affiliation: Affiliation,
    changed: Changes | None = None,
) -> None:
    detail = {
        "organisation_id": str(affiliation.organisation_id),
        "account_id": str(affiliation.account_id),
        **(changed or {}),
    }
    activity.record(db, actor, f"affiliation.{verb}", affiliation, detail=detail)
