"""Who may see a risk: those who see its collaboration."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.network.collaborations.risks.models import Risk
from app.people.identity.access import Loader


class RiskNotFound(NotFound):
    """There is no such risk, or you may not see the collaboration it belongs to."""


risk: Final = Loader(Risk, "collaboration.read", RiskNotFound, (joinedload(Risk.collaboration),))
