"""Grants as CSV, with the award and the period that hold now."""

from typing import Final

from app.funding.grants.models import Grant, GrantVersion
from app.network.cohorts.models import Cohort
from app.network.collaborations.models import Collaboration
from app.web.exports import amount, column, export, ref

GRANTS: Final = export(
    "grants",
    column("id", Grant.id, "Its id."),
    column("reference", Grant.reference, "The reference that it is known by."),
    column("title", Grant.title, "What it is for, in a line."),
    column("status", Grant.status, "Where it stands."),
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
    joins=(Grant.cohort, Grant.collaboration, Grant.current),
)
