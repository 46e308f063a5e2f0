"""Who may see what of a grant is published, before it is: those who see the grant."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.people.identity.access import Loader
from app.publishing.giving.publications.models import GrantPublication


class GrantPublicationNotFound(NotFound):
    """There is no such publication of a grant, or none that you may see."""


grant_publication: Final = Loader(
    GrantPublication,
    "grant_publication.read",
    GrantPublicationNotFound,
    (joinedload(GrantPublication.grant),),
)
