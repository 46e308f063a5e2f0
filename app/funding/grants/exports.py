"""Grants as CSV, with the award and the period that hold now."""

from typing import Any, Final

from app.funding.grants.holding import Circumstances, HeldBecause, held_because
from app.funding.grants.lifecycle import ENDED, IN_FORCE, GrantStatus
from app.funding.grants.models import Grant, GrantVersion
from app.kernel.clock import day
from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.models import Collaboration
from app.web.exports import AT, Column, amount, column, export, ref

HOLDING: Final = (
    Grant.status,
    Membership.status,
    Cohort.status,
    Collaboration.status,
    Membership.accepted_at,
    Membership.ended_at,
    Grant.continued_at,
    Grant.continued_until,
    Cohort.timezone,
    AT,
)
"""What says of a grant whether it is held."""


def why_held(status: GrantStatus, *rests_on: Any) -> HeldBecause | None:
    """Why a grant is held, from the values of `HOLDING`; None where it is not."""
    *given, timezone, at = rests_on
    if status in ENDED:
        return None
    return held_because(Circumstances(status in IN_FORCE, *given), day(at, timezone))


GRANTS: Final = export(
    "grants",
    column("id", Grant.id, "Its id."),
    column("reference", Grant.reference, "The reference that it is known by."),
    column("title", Grant.title, "What it is for, in a line."),
    column("status", Grant.status, "Where it stands."),
    Column("held_because", "Why it is held; empty where it is not.", HOLDING, why_held),
    column("continued_until", Grant.continued_until, "Until when it goes on after its membership."),
    column("membership_id", Grant.membership_id, "The membership that it is for."),
    ref("cohort", "The cohort", Cohort.id, Cohort.reference, Cohort.name),
    ref(
        "collaboration",
        "The collaboration",
        Collaboration.id,
        Collaboration.reference,
        Collaboration.name,
    ),
    amount("award", GrantVersion.award_minor, GrantVersion.currency, "What is promised in all."),
    column("currency", GrantVersion.currency, "ISO 4217."),
    column("tax_treatment", GrantVersion.tax_treatment, "How it stands to value added tax."),
    column("starts_on", GrantVersion.starts_on, "The first day of its period."),
    column("ends_on", GrantVersion.ends_on, "The last day of its period."),
    column("summary", Grant.summary, "What it is for."),
    column("created_at", Grant.created_at, "When it was drawn up."),
    column("updated_at", Grant.updated_at, "When it last changed."),
    joins=(Grant.membership, Grant.cohort, Grant.collaboration, Grant.current),
)
