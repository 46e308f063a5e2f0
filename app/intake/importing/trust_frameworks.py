"""Frameworks that a source asked by: drawn up by one who convenes, published by another."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.intake.importing.ground import Convening, beside, manager_of, programme_of
from app.intake.importing.people import appoint, person
from app.intake.importing.runs import Passage
from app.kernel.versions import ANY_VERSION
from app.learning.trust.framework import Framework
from app.learning.trust.frameworks.models import FrameworkVersion
from app.learning.trust.frameworks.schemas import CreateFramework
from app.learning.trust.frameworks.service import create_framework, publish_framework_version
from app.people.identity.roles import Role


@dataclass(frozen=True)
class Publishers:
    """Two who convene, since what one draws up another publishes."""

    programme_id: UUID
    manager_id: UUID
    publisher_id: UUID


async def publishers_of(
    passage: Passage, convening: Convening, programme_id: UUID | None, at: datetime
) -> Publishers:
    """Invented managers of the programme, or of the source's own, which is made where none is."""
    ground = beside(passage)
    if programme_id is None:
        programme_id = await programme_of(ground, convening, at)
    manager_id = await manager_of(ground, programme_id, at)
    name = f"publisher-{programme_id.hex[-12:]}"
    publisher_id = await ground.known("account", name)
    if publisher_id is None:
        called = f"Publisher, as imported from {passage.run.source}"
        publisher_id = await person(ground, name, called, at)
        await appoint(ground, publisher_id, Role.PROGRAMME_MANAGER, programme_id, at)
    return Publishers(programme_id, manager_id, publisher_id)


async def publish(
    passage: Passage, document: Framework, publishers: Publishers, at: datetime
) -> UUID:
    """A framework of the programme, its version published by two; the version's id.

    Raises FrameworkSlugTaken, GuardsUnmet (409), the latter where it is not sound.
    """
    db = passage.db
    wanted = CreateFramework(programme_id=publishers.programme_id, document=document)
    async with passage.acting(at, publishers.manager_id) as actor:
        made = (await create_framework(db, actor, wanted)).read()
    found = select(FrameworkVersion.id).where(FrameworkVersion.framework_id == made.id)
    version_id = (await db.scalars(found)).one()
    for one in (publishers.manager_id, publishers.publisher_id):
        async with passage.acting(at, one) as actor:
            await publish_framework_version(db, actor, version_id, if_match=ANY_VERSION)
    passage.note("framework", document.slug, made.id)
    return passage.note("framework_version", f"{document.slug}/{document.version}", version_id)
