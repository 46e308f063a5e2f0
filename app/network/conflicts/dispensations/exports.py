"""Dispensations as CSV."""

from typing import Final

from sqlalchemy.orm import aliased

from app.network.conflicts.dispensations.models import Dispensation
from app.people.identity.models import Account
from app.web.exports import column, export

_FOR: Final = aliased(Account)
_PROPOSER: Final = aliased(Account)
_CONFIRMER: Final = aliased(Account)

DISPENSATIONS: Final = export(
    "dispensations",
    column("id", Dispensation.id, "Its id."),
    column("account_id", _FOR.id, "The person who may decide: the id of their account."),
    column("account_name", _FOR.name, "The person who may decide: their name."),
    column("noun", Dispensation.noun, "What kind of thing it is about."),
    column("subject_id", Dispensation.subject_id, "The id of that thing."),
    column("status", Dispensation.status, "Where it stands."),
    column("reason", Dispensation.reason, "Why it is given."),
    column("until_on", Dispensation.until_on, "The last day on which it counts."),
    column("proposed_by_id", _PROPOSER.id, "Who proposed it: the id of their account."),
    column("proposed_by_name", _PROPOSER.name, "Who proposed it: their name."),
    column("confirmed_by_id", _CONFIRMER.id, "Who confirmed it: the id of their account."),
    column("confirmed_by_name", _CONFIRMER.name, "Who confirmed it: their name."),
    column("confirmed_at", Dispensation.confirmed_at, "When it was confirmed."),
    column("created_at", Dispensation.created_at, "When it was proposed."),
    column("updated_at", Dispensation.updated_at, "When it last changed."),
    joins=(
        Dispensation.account.of_type(_FOR),
        Dispensation.proposed_by.of_type(_PROPOSER),
        Dispensation.confirmed_by.of_type(_CONFIRMER),
    ),
)
