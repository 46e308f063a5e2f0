"""People as CSV."""

from typing import Final

from app.people.identity.models import Account
from app.web.exports import column, export

PEOPLE: Final = export(
    "people",
    column("id", Account.id, "The id of the account."),
    column("name", Account.name, "The person's name."),
    column("email", Account.email, "The address that the person signs in with."),
    column("disabled_at", Account.disabled_at, "Since when the account is refused, if it is."),
    column("created_at", Account.created_at, "When the account was made."),
    column("updated_at", Account.updated_at, "When it last changed."),
)
