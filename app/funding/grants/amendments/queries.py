"""What an amendment would change, as JSON says it; and amendments as matters that somebody
independent decides about."""

from typing import Any, Final

from sqlalchemy import cast, null, select
from sqlalchemy.types import Uuid

from app.funding.grants.amendments.models import Amendment
from app.funding.grants.models import Grant, GrantVersion
from app.funding.grants.terms.queries import shown
from app.kernel.db import Instant
from app.network.cohorts.models import Cohort
from app.network.conflicts.queries import Matters, hands_in


def as_said(grant: Grant, version: GrantVersion) -> dict[str, Any]:
    """What a version that was loaded whole says, as an amendment says what it proposes."""
    return shown(grant, version).model_dump(mode="json")


AMENDMENTS: Final = Matters(
    select(
        Amendment.id,
        Amendment.grant_id.label("scope_id"),
        Grant.collaboration_id,
        Cohort.programme_id,
        Cohort.timezone,
        Grant.created_at.label("began_at"),
        cast(null(), Instant).label("fixed_at"),
        cast(null(), Uuid).label("fixed_id"),
    )
    .join(Grant, Grant.id == Amendment.grant_id)
    .join(Cohort, Cohort.id == Grant.cohort_id),
    hands_in("amendment", ("amendment.created", "amendment.edited", "amendment.submitted")),
)
"""A hand in an amendment has whoever drew it up, edited it or submitted it."""
