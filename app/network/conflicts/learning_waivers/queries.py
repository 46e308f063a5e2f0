"""Collaborations as matters that somebody independent decides about."""

from functools import cache

from sqlalchemy import cast, false, func, null, select
from sqlalchemy.types import Uuid

from app.kernel.activity import Activity
from app.kernel.db import Instant
from app.network.collaborations.models import Collaboration
from app.network.collaborations.queries import PLACINGS
from app.network.conflicts.queries import Matters


@cache
def collaborations(zone: str) -> Matters:
    """What a collaboration owes others is nobody's act: it binds by role, affiliation, conflict."""
    known = [placing(Collaboration.id) for placing in PLACINGS]
    return Matters(
        select(
            Collaboration.id,
            Collaboration.dossier_id.label("scope_id"),
            Collaboration.id.label("collaboration_id"),
            Collaboration.programme_id,
            func.coalesce(*known, zone).label("timezone"),
            Collaboration.created_at.label("began_at"),
            cast(null(), Instant).label("fixed_at"),
            cast(null(), Uuid).label("fixed_id"),
        ),
        select(Activity.subject_id, Activity.person_id).where(false()),
    )
