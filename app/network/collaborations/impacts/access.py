"""Who may see an impact: those who see its collaboration."""

from typing import Final

from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import NotFound
from app.network.collaborations.impacts.models import Impact
from app.people.identity.access import Loader

WITH_NAMES: Final[tuple[ORMOption, ...]] = (
    joinedload(Impact.collaboration),
    joinedload(Impact.file),
)


class ImpactNotFound(NotFound):
    """There is no such impact, or you may not see the collaboration it belongs to."""


impact: Final = Loader(Impact, "collaboration.read", ImpactNotFound, WITH_NAMES)
