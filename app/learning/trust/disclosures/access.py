"""Who may see disclosures: the subject's own people, and who runs the cohort."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.learning.trust.disclosures.models import Disclosure
from app.people.identity.access import Loader


class DisclosureNotFound(NotFound):
    """There is no such disclosure, or none that you may see."""


disclosure: Final = Loader(
    Disclosure, "disclosure.read", DisclosureNotFound, (joinedload(Disclosure.collaboration),)
)
