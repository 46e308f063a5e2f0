"""Dispensations, for the team that sees what they are about."""

from typing import Final

from app.kernel.errors import NotFound
from app.network.conflicts.dispensations.models import Dispensation
from app.people.identity.access import Loader

READ: Final = "dispensation.read"


class DispensationNotFound(NotFound):
    """There is no such dispensation, or none that you may see."""


dispensation: Final = Loader(Dispensation, READ, DispensationNotFound)
