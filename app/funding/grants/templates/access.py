"""Templates of grants, for those who draw up grants anywhere."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.funding.grants.templates.models import GrantTemplate
from app.kernel.errors import NotFound
from app.people.identity.access import obtain
from app.people.identity.actors import Actor

READ: Final = "grant_template.read"

TEMPLATE_REFS: Final[tuple[ORMOption, ...]] = (joinedload(GrantTemplate.programme),)


class GrantTemplateNotFound(NotFound):
    """There is no such template, or none that you may see."""


async def template(
    db: AsyncSession, actor: Actor, template_id: UUID, *, lock: bool = False
) -> GrantTemplate:
    """The template with its programme. Raises GrantTemplateNotFound (404)."""
    return await obtain(
        db,
        actor,
        GrantTemplate,
        template_id,
        READ,
        lock=lock,
        missing=GrantTemplateNotFound,
        options=TEMPLATE_REFS,
    )
