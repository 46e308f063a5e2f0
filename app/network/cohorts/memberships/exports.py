"""Memberships as CSV."""

from typing import Final

from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.models import Collaboration
from app.web.exports import column, export, ref

MEMBERSHIPS: Final = export(
    "memberships",
    column("id", Membership.id, "Its id."),
    ref("cohort", "The cohort", Cohort.id, Cohort.reference, Cohort.name),
    ref(
        "collaboration",
        "The collaboration",
        Collaboration.id,
        Collaboration.reference,
        Collaboration.name,
    ),
    column("status", Membership.status, "Where it stands."),
    column("waitlist_rank", Membership.waitlist_rank, "Whoever waits with the lowest is next."),
    column("override_reason", Membership.override_reason, "Why a place was given beyond capacity."),
    column("timezone", Membership.timezone, "Where the member reads the clock."),
    column("offered_at", Membership.offered_at, "When the place was last offered."),
    column("offer_expires_at", Membership.offer_expires_at, "Until when the offer stands."),
    column("accepted_at", Membership.accepted_at, "When the place was accepted."),
    column("activated_at", Membership.activated_at, "When it became an active member."),
    column("ended_at", Membership.ended_at, "When it completed, withdrew or was removed."),
    column("departure", Membership.departure, "Why it withdrew."),
    column(
        "counts_for_retention",
        Membership.counts_for_retention,
        "Whether it was active when the cohort started.",
    ),
    column("is_returning", Membership.is_returning, "Whether it was in an earlier cohort."),
    column("created_at", Membership.created_at, "When it was first offered a place, or waited."),
    column("updated_at", Membership.updated_at, "When it last changed."),
    joins=(Membership.cohort, Membership.collaboration),
)
