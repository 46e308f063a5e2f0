"""Each loader of the house tells a stranger that there is nothing, before anything is locked."""

import importlib
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import NotFound
from app.network.cohorts import access
from app.network.cohorts.access import hold_cohort
from app.network.cohorts.models import Membership
from app.people.identity.access import Loader
from app.people.identity.actors import NOBODY, Actor, HeldRole
from app.people.identity.roles import Role
from tests.architecture.source import sources
from tests.counting import statements


def loaders() -> dict[str, Loader[Any]]:
    """Every loader of an `access.py`, by its package and its name."""
    found: dict[str, Loader[Any]] = {}
    for source in sources():
        if source.room == "access":
            module = importlib.import_module(
                f"app.{source.path.removesuffix('.py').replace('/', '.')}"
            )
            for name, member in vars(module).items():
                if isinstance(member, Loader):
                    found[f"{source.path.removesuffix('/access.py')}: {name}"] = member
    return found


LOADERS = loaders()
STRANGER = Actor(uuid4(), uuid4(), roles=[HeldRole(Role.COORDINATOR, uuid4())])


async def sent_for(db: AsyncSession, loader: Loader[Any], actor: Actor) -> int:
    """How many statements it takes to say no. What has no version is never changed, nor locked."""
    lock = hasattr(loader.model, "version")
    with statements() as sent, pytest.raises(loader.missing):
        await loader(db, actor, uuid4(), lock=lock)
    return len(sent)


def test_there_are_loaders() -> None:
    assert len(LOADERS) > 20
    assert all(issubclass(loader.missing, NotFound) for loader in LOADERS.values())


@pytest.mark.parametrize("actor", [STRANGER, NOBODY], ids=["stranger", "nobody"])
async def test_a_stranger_is_told_by_the_first_statement(db: AsyncSession, actor: Actor) -> None:
    counted = {name: await sent_for(db, one, actor) for name, one in LOADERS.items()}

    assert counted == dict.fromkeys(LOADERS, 1)


async def test_a_loader_that_locks_first_is_seen(db: AsyncSession) -> None:
    class Hasty(Loader[Membership]):
        async def __call__(self, db: AsyncSession, *asked: Any, **options: Any) -> Membership:
            await hold_cohort(db, await db.scalar(select(Membership.cohort_id)) or uuid4())
            return await super().__call__(db, *asked, **options)

    hasty = Hasty(
        Membership,
        "membership.read",
        access.MembershipNotFound,
        above=access.membership.above,
    )

    assert await sent_for(db, hasty, STRANGER) == 3
