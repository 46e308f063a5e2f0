"""Templates of grants, for those who draw up grants anywhere."""

from typing import Final

from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.funding.grants.templates.models import GrantTemplate
from app.kernel.errors import NotFound
from app.people.identity.access import Loader

READ: Final = "grant_template.read"

TEMPLATE_REFS: Final[tuple[ORMOption, ...]] = (joinedload(GrantTemplate.programme),)


class GrantTemplateNotFound(NotFound):
    """There is no such template, or none that you may see."""


template: Final = Loader(GrantTemplate, READ, GrantTemplateNotFound, TEMPLATE_REFS)
