"""Who may see an impact: those who see its collaboration."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.network.collaborations.impacts.models import Impact
from app.people.identity.access import Loader


class ImpactNotFound(NotFound):
    """There is no such impact, or you may not see the collaboration it belongs to."""


impact: Final = Loader(
    Impact, "collaboration.read", ImpactNotFound, (joinedload(Impact.collaboration),)
)
