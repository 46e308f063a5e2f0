"""Collaborations as CSV."""

from typing import Final

from app.network.collaborations.models import Collaboration
from app.network.programmes.models import Programme
from app.network.programmes.priority_areas.models import PriorityArea
from app.network.programmes.strands.models import Strand
from app.web.exports import column, export, ref

COLLABORATIONS: Final = export(
    "collaborations",
    column("id", Collaboration.id, "Its id."),
    column("reference", Collaboration.reference, "The reference that it is known by."),
    column("name", Collaboration.name, "Its name."),
    column("status", Collaboration.status, "Where it stands."),
    column("origin", Collaboration.origin, "Where it came from."),
    column("country", Collaboration.country, "ISO 3166-1 alpha-2."),
    column("topic", Collaboration.topic, "What it is about, in a line."),
    column("challenge", Collaboration.challenge, "The challenge it addresses."),
    column("summary", Collaboration.summary, "What it does."),
    ref(
        "programme",
        "The programme towards whose targets it counts",
        Programme.id,
        Programme.reference,
        Programme.name,
    ),
    column("strand_name", Strand.name, "The strand of the programme that it belongs to."),
    column("priority_area_name", PriorityArea.name, "The area of the programme it comes from."),
    column("launched_at", Collaboration.launched_at, "When it was launched, whatever came after."),
    column("held_from", Collaboration.held_from, "The status that it goes back to after a rest."),
    column("review_on", Collaboration.review_on, "When to look again at one that is on hold."),
    column("learning_waiver", Collaboration.learning_waiver, "Why it need not share learnings."),
    column("created_at", Collaboration.created_at, "When it was set up."),
    column("updated_at", Collaboration.updated_at, "When it last changed."),
    joins=(Collaboration.programme, Collaboration.strand, Collaboration.priority_area),
)
