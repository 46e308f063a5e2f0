"""Rounds that are closed, from their answers to the results that are published of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.jobs import Work
from app.background.operations import run_operation
from app.kernel.clock import now
from app.kernel.db import Database, new_id
from app.learning.trust.answers import State
from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.comments.lifecycle import RoundCommentStatus
from app.learning.trust.comments.models import RoundComment
from app.learning.trust.framework import Perspective
from app.learning.trust.result_sets.models import ResultSet
from app.learning.trust.result_sets.service import bring_about, publish_result_set
from app.learning.trust.rounds.lifecycle import RoundStatus
from app.learning.trust.rounds.models import Confidentiality, Round, RoundKind
from app.learning.trust.sheets.lifecycle import SheetStatus
from app.learning.trust.sheets.models import AnonymousSheet, Sheet, SheetAnswer
from app.people.identity.models import Account, AccountKind
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from app.settings import Settings
from tests.journeys import Json, Network, Team
from tests.learning.trust.frames import dimension, question
from tests.learning.trust.framing import Framing
from tests.people.identity.people import Person
from tests.worlds import remembered

LOOKS = {"audience": ["self", "peer"]}
ASKED = [
    dimension("open", question("O1", gate=True, **LOOKS), question("O2", **LOOKS)),
    dimension("private", question("P1", **LOOKS)),
    dimension(
        "ties",
        question("T1", "directed", facet="ability", audience=["dyadic"]),
        kind="relational",
        weight="1",
    ),
]

Said = Sequence[int]
"""What one sheet answers, question by question."""

QUESTIONS = {
    Perspective.SELF: ("O1", "O2", "P1"),
    Perspective.PEER: ("O1", "O2", "P1"),
    Perspective.DYADIC: ("T1",),
}

SELF: Mapping[int, Sequence[Said]] = {
    0: [(2, 3, 1), (1, 2, 2), (3, 2, 3)],
    1: [(0, 1, 2), (1, 1, 1), (2, 3, 1)],
    2: [(4, 3, 2)],
}
PEER: Mapping[int, Sequence[Said]] = {
    0: [(1, 2, 2), (2, 2, 1), (1, 3, 1), (2, 1, 0)],
    1: [(1, 2, 2), (2, 2, 1), (1, 1, 3)],
    2: [(3, 2, 2), (2, 3, 4), (3, 4, 1)],
}
DYADIC: Mapping[int, Sequence[Said]] = {0: [(4,), (5,)], 1: [(2,), (4,)], 2: [(5,), (3,)]}
"""From the others, in their order."""


@dataclass(frozen=True)
class Answering:
    """Rounds that were answered, as rows: what is asked here is what becomes of the answers."""

    db: AsyncSession
    cohort: Json
    members: Sequence[str]

    async def round(
        self,
        framework_version_id: UUID,
        answers: Mapping[Perspective, Mapping[int, Sequence[Said]]],
        questions: Mapping[Perspective, Sequence[str]],
        **promised: Any,
    ) -> Round:
        """A closed round with these answers about the members, by their places."""
        at = now(self.db)
        said = {
            "confidentiality": Confidentiality.CONFIDENTIAL,
            "kind": RoundKind.BASELINE,
            "title": "Before",
            "k": 3,
            "colluders": 0,
            "least_organisations": 1,
            "breakdowns": [],
            "peers_required": 3,
            "status": RoundStatus.CLOSED,
            "closed_at": at,
            "asked": 30,
            "answered": 30,
        } | promised
        made = Round(
            scope_id=UUID(self.cohort["commons_id"]),
            cohort_id=UUID(self.cohort["id"]),
            framework_version_id=framework_version_id,
            perspectives=[one.value for one in answers],
            timezone="Europe/London",
            opens_at=at.replace(day=1),
            closes_at=at,
            opened_at=at.replace(day=1),
            **said,
        )
        self.db.add(made)
        await self.db.flush()
        await self.db.refresh(made, ["framework_version"])
        for perspective, of in answers.items():
            for subject, sheets in of.items():
                await self._about(made, perspective, subject, sheets, questions[perspective])
        await self.db.flush()
        return made

    async def _about(
        self,
        made: Round,
        perspective: Perspective,
        subject: int,
        sheets: Sequence[Said],
        questions: Sequence[str],
    ) -> None:
        about = Assessment(
            scope_id=made.scope_id,
            round_id=made.id,
            membership_id=UUID(self.members[subject]),
            perspective=perspective,
        )
        self.db.add(about)
        await self.db.flush()
        others = [one for at, one in enumerate(self.members) if at != subject] or self.members
        for place, said in enumerate(sheets):
            party = UUID(others[place % len(others)])
            values = dict(zip(questions, said, strict=True))
            if made.is_anonymous:
                self._of_nobody(made, about, party, values)
            else:
                await self._of_somebody(made, about, party, values)

    def _of_nobody(
        self, made: Round, about: Assessment, party: UUID, values: Mapping[str, int]
    ) -> None:
        told = {key: {"state": "answered", "points": [one]} for key, one in values.items()}
        row = AnonymousSheet(round_id=made.id, assessment_id=about.id, strata={}, answers=told)
        if about.perspective is Perspective.DYADIC:
            row.membership_id = party
        self.db.add(row)

    async def _of_somebody(
        self, made: Round, about: Assessment, party: UUID, values: Mapping[str, int]
    ) -> None:
        account = Account(
            kind=AccountKind.PERSON, name="Resp Ondent", email=f"{new_id()}@example.org"
        )
        self.db.add(account)
        await self.db.flush()
        respondent = Respondent(
            scope_id=made.scope_id,
            round_id=made.id,
            assessment_id=about.id,
            account_id=account.id,
            membership_id=party,
            strata={},
            is_told_apart=True,
        )
        self.db.add(respondent)
        await self.db.flush()
        sheet = Sheet(
            scope_id=made.scope_id,
            round_id=made.id,
            confidentiality=made.confidentiality,
            assessment_id=about.id,
            respondent_id=respondent.id,
            status=SheetStatus.SUBMITTED,
            submitted_at=now(self.db),
            answers=[
                SheetAnswer(question=key, state=State.ANSWERED, points=[one])
                for key, one in values.items()
            ],
        )
        self.db.add(sheet)
        await self.db.flush()


async def out_of_one(
    database: Database,
    cohort: Json,
    membership_id: str,
    asked: tuple[UUID, Sequence[str], Said],
    by: Sequence[UUID],
) -> str:
    """The id of what is published of a round in which a member spoke of itself: by two, of a
    framework version and what it was asked and said."""
    version_id, questions, said = asked
    side = Perspective.SELF
    async with database.transaction() as db:
        answering = Answering(db, cohort, [membership_id])
        attributed = {"confidentiality": Confidentiality.ATTRIBUTED}
        of = await answering.round(version_id, {side: {0: [said]}}, {side: questions}, **attributed)
        found: ResultSet | None = None
        for account_id in by:
            actor = await actor_of(db, account_id)
            assert actor is not None
            found = found or await bring_about(db, actor, of.id)
            await publish_result_set(db, actor, found.id, if_match=1)
        assert found is not None
        return str(found.id)


async def written_in(database: Database, result_set_id: str) -> str:
    """The id of what was written on the one sheet of the round that these results are of, and
    shown."""
    async with database.transaction() as db:
        wanted = select(Sheet).join(ResultSet, ResultSet.round_id == Sheet.round_id)
        sheet = (await db.scalars(wanted.where(ResultSet.id == UUID(result_set_id)))).one()
        comment = RoundComment(
            scope_id=sheet.scope_id,
            round_id=sheet.round_id,
            confidentiality=sheet.confidentiality,
            assessment_id=sheet.assessment_id,
            sheet_id=sheet.id,
            question="C",
            is_justification=False,
            words="It is written down.",
            status=RoundCommentStatus.SHOWN,
            is_of_enough=True,
        )
        db.add(comment)
        await db.flush()
        return str(comment.id)


@dataclass(frozen=True)
class Resulting:
    """A cohort with three members, who runs it, and a framework that is published."""

    network: Network
    cohort: Json
    teams: list[Team]
    members: list[Json]
    facilitator: Person
    framework_version_id: UUID
    client: httpx.AsyncClient = field(repr=False)
    work: Work | None = None

    @classmethod
    @remembered
    async def begin(cls, network: Network) -> "Resulting":
        cohort = await network.cohort("running")
        teams = [await network.team(number) for number in (1, 2, 3)]
        members = [await network.membership(cohort, team, "active") for team in teams]
        node = (Role.FACILITATOR, UUID(cohort["id"]))
        facilitator = await network.people.person("Fay Cilitator", node)
        version = await (await Framing.begin(network)).version("published", dimensions=ASKED)
        return cls(
            network, cohort, teams, members, facilitator, UUID(version["id"]), network.client
        )

    def working(self, database: Database, settings: Settings) -> "Resulting":
        """With a worker at hand."""
        return replace(self, work=Work(database, settings, actor_of))

    async def closed(self, db: AsyncSession, **more: Any) -> Round:
        """A round that was answered and is closed; in what it promised as `more` says."""
        answers: dict[Perspective, Mapping[int, Sequence[Said]]] = {
            Perspective.SELF: more.pop("self_", SELF),
            Perspective.PEER: more.pop("peer", PEER),
            Perspective.DYADIC: more.pop("dyadic", DYADIC),
        }
        answering = Answering(db, self.cohort, [one["id"] for one in self.members])
        return await answering.round(self.framework_version_id, answers, QUESTIONS, **more)

    async def call(
        self, who: Person, method: str, path: str, body: Any = None, *, read: Json | None = None
    ) -> httpx.Response:
        """What `who` is told; with `read`, what it looked like to them goes along."""
        headers = dict(await self.network.headers(who))
        if read is not None:
            headers["If-Match"] = f'"{read["version"]}"'
        return await self.client.request(method, f"/v1{path}", json=body, headers=headers)

    async def done(
        self, who: Person, method: str, path: str, body: Any = None, *, read: Json | None = None
    ) -> Json:
        answer = await self.call(who, method, path, body, read=read)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else {}

    async def computed(self, of: Round) -> Json:
        """The results of a round, as the worker computes them."""
        assert self.work is not None
        coordinator = self.network.coordinator
        asked = await self.done(coordinator, "POST", f"/rounds/{of.id}/result-sets")
        await run_operation(self.work, operation_id=asked["id"])
        ended = await self.network.seen(coordinator, f"/operations/{asked['id']}")
        assert ended["status"] == "succeeded", ended
        return await self.network.seen(
            coordinator, f"/result-sets/{ended['result']['result_set_id']}"
        )

    async def published(self, computed: Json) -> Json:
        """Published by the coordinator and the manager."""
        path = f"/result-sets/{computed['id']}/publish"
        await self.done(self.network.coordinator, "POST", path, read=computed)
        return await self.done(self.network.manager, "POST", path, read=computed)

    async def out(self, db: AsyncSession, **more: Any) -> Json:
        """The published results of a round that was answered."""
        return await self.published(await self.computed(await self.closed(db, **more)))

    async def results(self, who: Person, found: Json, **asked: Any) -> list[Json]:
        """All that `who` reads of a set."""
        query = "".join(f"&{name}={value}" for name, value in asked.items())
        page = await self.network.seen(
            who, f"/results?limit=200&result_set_id={found['id']}{query}"
        )
        assert page["next_cursor"] is None
        return page["items"]
