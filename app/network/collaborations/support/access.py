"""Who may see support that was given: those who see its collaboration."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.network.collaborations.support.models import Support
from app.people.identity.access import Loader


class SupportNotFound(NotFound):
    """There is no such support, or you may not see the collaboration it belongs to."""


support: Final = Loader(
    Support, "collaboration.read", SupportNotFound, (joinedload(Support.collaboration),)
)
