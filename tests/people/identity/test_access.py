"""The one authorisation rule: a role reaches its scope and all below, and nothing else is seen."""

import re
from contextlib import suppress
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.kernel.errors import NotAllowed, NotFound, PreconditionFailed, PreconditionRequired
from app.people.identity.access import Loader, Looking, Sight, require, seen, visible
from app.people.identity.accounts.access import is_same_person
from app.people.identity.actors import NOBODY, Actor, HeldRole, scheduler
from app.people.identity.models import Account
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID, ScopeKind
from tests.counting import statements
from tests.people.identity.people import People


class Probe(DeclarativeBase):
    pass


class Paper(Probe):
    """A protected row, of a table that only these tests have."""

    __tablename__ = "papers"
    __noun__: ClassVar[str] = "paper"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    scope_id: Mapped[UUID]
    title: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)


class PaperNotFound(NotFound):
    """There is no such paper."""


PAPER = Loader(Paper, "grant.read", PaperNotFound)


def is_reached_or_ones_own(by: Sight) -> ColumnElement[bool]:
    """A paper is its person's own that has the person's id."""
    return or_(by.reaches("grant.read", Paper.scope_id), Paper.id == by.person_id)


OWN_PAPER = Loader(Paper, "grant.read", PaperNotFound, seen=is_reached_or_ones_own)


@pytest.fixture
async def papers(db: AsyncSession) -> None:
    columns = "id uuid PRIMARY KEY, scope_id uuid, title text, version int"
    await db.execute(text(f"CREATE TEMPORARY TABLE papers ({columns})"))


class Network:
    """Two cohorts, each with a member and its paper, and one paper of the network."""

    def __init__(self, people: People, db: AsyncSession) -> None:
        self._people, self._db = people, db
        self.papers: dict[str, UUID] = {}
        self.scopes: dict[str, UUID] = {"network": NETWORK_ID}

    async def build(self) -> "Network":
        scope = self._people.scope
        self.scopes["programme"] = await scope(ScopeKind.PROGRAMME)
        for name in ("first", "second"):
            cohort = await scope(ScopeKind.COHORT, self.scopes["programme"])
            joined = await self._people.collaboration_in(cohort)
            self.scopes |= {
                f"{name} cohort": cohort,
                f"{name} collaboration": joined.collaboration,
                f"{name} dossier": joined.dossier,
                f"{name} grant": await scope(ScopeKind.GRANT, joined.membership),
            }
        for place, scope_id in self.scopes.items():
            self.papers[place] = uuid4()
            self._db.add(Paper(id=self.papers[place], scope_id=scope_id, title=place))
        await self._db.flush()
        return self

    async def seen(self, actor: Actor, permission: str = "grant.read") -> set[str]:
        rows = await self._db.scalars(seen(Paper, actor, permission))
        return {paper.title for paper in rows}

    def holding(self, *held: tuple[Role, str]) -> Actor:
        roles = [HeldRole(role, self.scopes[place]) for role, place in held]
        return Actor(uuid4(), uuid4(), roles=roles, everyone=True)


@pytest.fixture
async def network(people: People, db: AsyncSession, papers: None) -> Network:
    return await Network(people, db).build()


async def test_a_role_reaches_its_scope_and_all_below(network: Network) -> None:
    whole = set(network.papers)
    first = {"first cohort", "first dossier", "first grant"}
    assert await network.seen(network.holding((Role.AUDITOR, "network"))) == whole
    assert await network.seen(network.holding((Role.COORDINATOR, "first cohort"))) == first
    lead = network.holding((Role.COLLABORATION_LEAD, "second collaboration"))
    assert await network.seen(lead) == {"second collaboration", "second dossier", "second grant"}
    programme = network.holding((Role.COORDINATOR, "programme"))
    above = {"network", "first collaboration", "second collaboration"}
    assert await network.seen(programme) == whole - above
    both = network.holding(
        (Role.COORDINATOR, "first cohort"), (Role.COLLABORATION_LEAD, "second collaboration")
    )
    assert await network.seen(both) == first | await network.seen(lead)


async def test_a_role_without_the_permission_sees_nothing(network: Network) -> None:
    observer = network.holding((Role.OBSERVER, "network"))
    assert await network.seen(observer) == set()
    assert await network.seen(observer, "metrics.read") == set(network.papers)
    assert await network.seen(network.holding(), "grant.read") == set()
    assert await network.seen(NOBODY) == set()


async def test_a_list_is_refused_to_whom_it_would_be_empty_for(network: Network) -> None:
    observer = network.holding((Role.OBSERVER, "network"))
    with pytest.raises(NotAllowed) as refused:
        visible(Paper, observer, "grant.read")
    assert refused.value.extra == {"permission": "grant.read"}
    visible(Paper, observer, "metrics.read")


async def test_permissions_of_registers_are_held_everywhere(network: Network) -> None:
    coordinator = network.holding((Role.COORDINATOR, "first cohort"))
    assert coordinator.holds("collaboration.create", NETWORK_ID)
    assert coordinator.holds("organisation.read", uuid4())
    assert not coordinator.holds("grant.read", NETWORK_ID)
    assert not NOBODY.holds("organisation.read", NETWORK_ID)


async def test_a_narrowed_credential_carries_no_more_than_it_says(network: Network) -> None:
    narrowed = Actor(
        uuid4(),
        uuid4(),
        roles=[HeldRole(Role.AUDITOR, NETWORK_ID)],
        everyone=True,
        narrowed_to=frozenset({"metrics.read"}),
    )
    assert narrowed.holds("metrics.read", NETWORK_ID)
    assert not narrowed.holds("grant.read", NETWORK_ID)
    assert not narrowed.holds("organisation.read", NETWORK_ID)
    assert await network.seen(narrowed) == set()


async def test_the_clock_holds_its_own_role_on_the_network() -> None:
    assert scheduler().holds("membership.expire", uuid4())
    assert not scheduler().holds("grant.read", NETWORK_ID)
    assert (scheduler().account_id, scheduler().person_id) == (None, None)


async def test_what_is_not_seen_is_not_found(network: Network, db: AsyncSession) -> None:
    lead = network.holding((Role.COLLABORATION_LEAD, "second collaboration"))

    async def found(place: str, permission: str, *, lock: bool = False) -> str:
        paper = await PAPER(db, lead, network.papers[place], permission, lock=lock)
        return paper.title

    assert await found("second grant", "grant.read") == "second grant"
    assert await found("second grant", "grant.read", lock=True) == "second grant"
    for place, permission in (("first grant", "grant.read"), ("second grant", "note.read")):
        with pytest.raises(PaperNotFound):
            await found(place, permission)
    with pytest.raises(PaperNotFound):
        await PAPER(db, lead, uuid4())


async def test_what_is_written_once_is_asked_for_everyone_anew(
    network: Network, db: AsyncSession
) -> None:
    async def found(loader: Loader[Paper], actor: Actor) -> set[str]:
        seen: set[str] = set()
        for place, paper_id in network.papers.items():
            with suppress(PaperNotFound):
                await loader(db, actor, paper_id)
                seen.add(place)
        return seen

    def own(place: str) -> Actor:
        return Actor(uuid4(), network.papers[place], everyone=True)

    whole = set(network.papers)
    first = network.holding((Role.COORDINATOR, "first cohort"))
    second = network.holding((Role.COORDINATOR, "second cohort"))
    auditor = network.holding((Role.AUDITOR, "network"))
    of_first = {"first cohort", "first dossier", "first grant"}
    of_second = {"second cohort", "second dossier", "second grant"}

    for _ in range(2):
        for loader in (PAPER, OWN_PAPER):
            assert await found(loader, auditor) == whole
            assert await found(loader, first) == of_first
            assert await found(loader, second) == of_second
            assert await found(loader, NOBODY) == set()
        assert await found(PAPER, own("network")) == set()
        assert await found(OWN_PAPER, own("network")) == {"network"}
        assert await found(OWN_PAPER, own("first grant")) == {"first grant"}


async def test_one_statement_brings_the_row_and_all_that_is_held_on_it(
    network: Network, db: AsyncSession
) -> None:
    lead = network.holding((Role.COLLABORATION_LEAD, "second collaboration"))
    with statements() as sent:
        paper = await PAPER(db, lead, network.papers["second grant"], lock=True)
        assert lead.holds("report.submit", paper.scope_id)
        assert not lead.holds("report.accept", paper.scope_id)
    assert len(sent) == 1
    assert "FOR NO KEY UPDATE OF papers" in sent[0]


async def test_what_is_changed_is_seen_allowed_and_read(network: Network, db: AsyncSession) -> None:
    """The refusals come in one order: each has all that stands before it in order."""
    lead = network.holding((Role.COLLABORATION_LEAD, "second collaboration"))
    theirs, other = network.papers["second grant"], network.papers["first grant"]

    async def changed(paper_id: UUID, permission: str, if_match: int | None) -> Paper:
        return await PAPER.to_change(db, lead, paper_id, permission, if_match=if_match)

    with pytest.raises(PaperNotFound):
        await changed(other, "report.accept", None)
    with pytest.raises(NotAllowed) as refused:
        await changed(theirs, "report.accept", None)
    assert refused.value.extra == {"permission": "report.accept"}
    with pytest.raises(PreconditionRequired):
        await changed(theirs, "report.submit", None)
    with pytest.raises(PreconditionFailed):
        await changed(theirs, "report.submit", 7)
    assert (await changed(theirs, "report.submit", 1)).title == "second grant"
    assert lead.demanded == [
        ("grant.read", network.scopes["second grant"]),
        ("report.submit", network.scopes["second grant"]),
    ]


async def test_what_is_allowed_is_seen_first(network: Network, db: AsyncSession) -> None:
    lead = network.holding((Role.COLLABORATION_LEAD, "second collaboration"))
    theirs, other = network.papers["second grant"], network.papers["first grant"]

    with pytest.raises(PaperNotFound):
        await PAPER.allowing(db, lead, other, "report.submit")
    with pytest.raises(NotAllowed):
        await PAPER.allowing(db, lead, theirs, "report.accept")
    with statements() as sent:
        paper = await PAPER.allowing(db, lead, theirs, "report.submit")
        await PAPER.allowing(db, lead, theirs, "report.submit", lock=True)
    assert paper.title == "second grant"
    assert [("FOR NO KEY UPDATE" in one) for one in sent] == [False, True]


async def test_a_page_is_reached_in_one_statement(network: Network, db: AsyncSession) -> None:
    actor = network.holding((Role.COORDINATOR, "first cohort"))
    wanted = [network.scopes[place] for place in ("first grant", "first dossier", "second grant")]
    with pytest.raises(LookupError):
        actor.holds("report.accept", wanted[0])
    with statements() as sent:
        await actor.reach(db, wanted)
        await actor.reach(db, wanted)
    assert len(sent) == 1
    assert [actor.holds("report.accept", scope_id) for scope_id in wanted] == [True, True, False]
    auditor = network.holding((Role.AUDITOR, "network"))
    with statements() as sent:
        await auditor.reach(db, wanted)
    assert sent == []
    assert all(auditor.holds("report.read", scope_id) for scope_id in wanted)


async def test_what_is_demanded_and_granted_is_remembered(
    network: Network, db: AsyncSession
) -> None:
    actor = network.holding((Role.COORDINATOR, "first cohort"))
    grant = network.scopes["first grant"]
    await actor.reach(db, [grant])
    require(actor, "report.accept", grant)
    require(actor, "report.accept", grant)
    assert actor.holds("report.review", grant)
    with pytest.raises(NotAllowed) as refusal:
        require(actor, "report.submit", grant)
    assert refusal.value.extra == {"permission": "report.submit"}
    assert actor.demanded == [("report.accept", grant)]


async def test_what_it_was_obtained_by_is_remembered(network: Network, db: AsyncSession) -> None:
    actor = network.holding((Role.COORDINATOR, "first cohort"))
    await PAPER(db, actor, network.papers["first grant"])
    assert actor.demanded == [("grant.read", network.scopes["first grant"])]


async def test_what_is_held_is_read_afresh(network: Network, db: AsyncSession) -> None:
    actor = network.holding((Role.COORDINATOR, "first cohort"))
    paper_id = network.papers["first grant"]

    async def read(*, lock: bool) -> Paper:
        return await PAPER(db, actor, paper_id, lock=lock)

    before = await read(lock=False)
    assert before.title == "first grant"
    written = text("UPDATE papers SET title = 'changed meanwhile' WHERE id = :id")
    await db.execute(written, {"id": paper_id})
    held = await read(lock=True)
    assert (held is before, held.title) == (True, "changed meanwhile")


async def test_the_rule_uses_the_index_on_the_scope(network: Network, db: AsyncSession) -> None:
    """What is seen is looked up from the few scopes that are reached, whatever the table's size."""
    await db.execute(
        text(
            "INSERT INTO papers SELECT gen_random_uuid(), gen_random_uuid(), 'noise'"
            " FROM generate_series(1, 20000)"
        )
    )
    await db.execute(text("CREATE INDEX ON papers (scope_id)"))
    await db.execute(text("ANALYZE papers"))
    actor = network.holding((Role.COORDINATOR, "first cohort"))
    connection = await db.connection()
    statement = seen(Paper, actor, "grant.read").compile(dialect=connection.dialect)
    explained = await connection.exec_driver_sql(f"EXPLAIN {statement}", statement.params)
    plan = "\n".join(row[0] for row in explained)
    assert re.search(r"Index Scan (using \w+ )?on papers", plan), plan
    assert "Seq Scan on papers" not in plan, plan


async def test_who_is_nobody_is_no_account(people: People, db: AsyncSession) -> None:
    await people.person("Ada Lovelace")
    theirs = is_same_person(Account.id, Looking(NOBODY).account_id)
    assert (await db.scalars(select(Account.id).where(theirs))).all() == []
