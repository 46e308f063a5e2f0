"""Affiliations: people say for whom they work, and since when."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity, versions
from app.kernel.clock import network_zone, now, today
from app.kernel.editing import Changes, amend
from app.kernel.errors import Conflict, Unprocessable, constraint
from app.kernel.schemas import LastDay
from app.kernel.written import Written
from app.people.identity.actors import SignedIn
from app.people.organisations.access import organisation as obtain_organisation
from app.people.organisations.affiliations import access
from app.people.organisations.affiliations.models import Affiliation
from app.people.organisations.affiliations.schemas import (
    AffiliationOut,
    CreateAffiliation,
    EditAffiliation,
)
from app.people.organisations.affiliations.telling import AFFILIATIONS
from app.people.organisations.service import refuse_merged


class AlreadyAffiliated(Conflict):
    """The person works for this organisation already."""


class AffiliationEnded(Conflict):
    """The person no longer works for this organisation; if they are back, add it again."""


class AffiliationWithdrawn(Conflict):
    """This was found to have been said by mistake; it counts for nothing."""


class AffiliationVouched(Conflict):
    """Somebody else has said since when you work there: contest it, and they put it right. You may
    end it from today on."""


class AffiliationDatesReversed(Unprocessable):
    """An affiliation ends on the day it begins or later."""


constraint("uq_affiliations_current", AlreadyAffiliated)
constraint("ck_affiliations_ends_after_start", AffiliationDatesReversed, "/ended_on")


async def create_affiliation(
    db: AsyncSession, actor: SignedIn, organisation_id: UUID, body: CreateAffiliation
) -> Written[AffiliationOut]:
    """Record that a person works for the organisation: oneself, or somebody one may vouch for.

    Raises AlreadyAffiliated, OrganisationMerged (409), AccountUnknown (422).
    """
    account_id = body.account_id or actor.account_id
    access.require_may_speak(actor, account_id)
    organisation = await obtain_organisation(db, actor, organisation_id, lock=True)
    await refuse_merged(db, organisation)
    person = await access.person_named(db, actor, account_id)
    await access.require_may_say(db, actor, account_id)
    affiliation = Affiliation(
        organisation_id=organisation.id,
        organisation=organisation,
        account=person,
        title=body.title,
        since_on=body.since_on,
        entered_by_id=actor.account_id,
        confirmed_at=now(db) if account_id == actor.account_id else None,
    )
    db.add(affiliation)
    await db.flush()
    note(db, actor, "created", affiliation)
    await db.flush()
    return await AFFILIATIONS.told_to(db, actor, affiliation.id)


async def edit_affiliation(
    db: AsyncSession,
    actor: SignedIn,
    affiliation_id: UUID,
    body: EditAffiliation,
    *,
    if_match: int | None,
) -> Written[AffiliationOut]:
    """Change what the body names; what the person has contested is theirs to answer anew.

    Raises AffiliationWithdrawn, AffiliationVouched (409), AffiliationDatesReversed (422).
    """
    affiliation = await access.affiliation(db, actor, affiliation_id, lock=True)
    await access.require_may_say(db, actor, affiliation.account_id)
    versions.expect(affiliation, if_match)
    refuse_withdrawn(affiliation)
    if changed := amend(affiliation, body.model_dump()):
        is_own = affiliation.account_id in actor.persons
        if is_own and affiliation.is_vouched and "since_on" in changed:
            raise AffiliationVouched
        begins, ended = affiliation.since_on, affiliation.ended_on
        if begins is not None and ended is not None and ended < begins:
            raise AffiliationDatesReversed.at("/since_on")
        if not is_own:
            affiliation.confirmed_at = affiliation.contested_at = None
        note(db, actor, "edited", affiliation, changed)
    await db.flush()
    return await AFFILIATIONS.told_to(db, actor, affiliation.id)


async def end_affiliation(
    db: AsyncSession, actor: SignedIn, affiliation_id: UUID, body: LastDay
) -> Written[AffiliationOut]:
    """End an affiliation, with the last day on which the person worked there.

    What somebody else has said of oneself one ends from today on.

    Raises AffiliationEnded, AffiliationWithdrawn, AffiliationVouched (409),
    AffiliationDatesReversed (422).
    """
    affiliation = await access.affiliation(db, actor, affiliation_id, lock=True)
    await access.require_may_say(db, actor, affiliation.account_id)
    refuse_withdrawn(affiliation)
    if affiliation.ended_on is not None:
        raise AffiliationEnded
    on = today(db, network_zone(db))
    last_on = body.ended_on or on
    of_me = affiliation.account_id in actor.persons and affiliation.is_vouched
    if of_me and last_on < on:
        raise AffiliationVouched
    affiliation.ended_on = last_on
    note(db, actor, "ended", affiliation)
    await db.flush()
    return await AFFILIATIONS.told_to(db, actor, affiliation.id)


def refuse_withdrawn(affiliation: Affiliation) -> None:
    """Raises AffiliationWithdrawn (409)."""
    if affiliation.withdrawn_at is not None:
        raise AffiliationWithdrawn


def note(
    db: AsyncSession,
    actor: SignedIn,
    verb: str,
    affiliation: Affiliation,
    changed: Changes | None = None,
    reason: str | None = None,
) -> None:
    """Record what was done to it."""
    detail = {
        "organisation_id": str(affiliation.organisation_id),
        "account_id": str(affiliation.account_id),
        **(changed or {}),
    }
    verb = f"affiliation.{verb}"
    activity.record(db, actor, verb, affiliation, reason=reason, detail=detail)
