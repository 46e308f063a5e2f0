"""Conflicts of interest as CSV."""

from typing import Final

from sqlalchemy.orm import aliased

from app.network.collaborations.models import Collaboration
from app.network.conflicts.models import ConflictOfInterest
from app.people.identity.models import Account
from app.people.organisations.models import Organisation
from app.web.exports import column, export

_CONCERNED: Final = aliased(Account)
_ABOUT: Final = aliased(Account)
_ENTERING: Final = aliased(Account)

CONFLICTS_OF_INTEREST: Final = export(
    "conflicts-of-interest",
    column("id", ConflictOfInterest.id, "Its id."),
    column("account_id", _CONCERNED.id, "The person in conflict: the id of their account."),
    column("account_name", _CONCERNED.name, "The person in conflict: their name."),
    column("organisation_id", Organisation.id, "The organisation it is about: its id."),
    column("organisation_name", Organisation.name, "The organisation it is about: its name."),
    column("collaboration_id", Collaboration.id, "The collaboration it is about: its id."),
    column("collaboration_reference", Collaboration.reference, "That one's reference."),
    column("collaboration_name", Collaboration.name, "That one's name."),
    column("person_id", _ABOUT.id, "The person it is about: the id of their account."),
    column("person_name", _ABOUT.name, "The person it is about: their name."),
    column("from_on", ConflictOfInterest.from_on, "Its first day."),
    column("until_on", ConflictOfInterest.until_on, "Its last day; empty while it lasts."),
    column("reason", ConflictOfInterest.reason, "What the interest is."),
    column(
        "is_imposed",
        ConflictOfInterest.entered_by_id != ConflictOfInterest.account_id,
        "Whether somebody else than the person in conflict has entered it.",
    ),
    column("entered_by_id", _ENTERING.id, "Who entered it: the id of their account."),
    column("entered_by_name", _ENTERING.name, "Who entered it: their name."),
    column("withdrawn_at", ConflictOfInterest.withdrawn_at, "When it was found to be a mistake."),
    column("created_at", ConflictOfInterest.created_at, "When it was entered."),
    column("updated_at", ConflictOfInterest.updated_at, "When it last changed."),
    joins=(
        ConflictOfInterest.account.of_type(_CONCERNED),
        ConflictOfInterest.organisation,
        ConflictOfInterest.collaboration,
        ConflictOfInterest.person.of_type(_ABOUT),
        ConflictOfInterest.entered_by.of_type(_ENTERING),
    ),
)
