"""Polls in the demonstration: asked, and voted in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kernel.chapters import chapter
from app.learning.sessions.polls import service
from app.learning.sessions.polls.models import VoteAnswer
from app.learning.sessions.polls.schemas import CastVotes, CreateSessionPoll, VoteIn
from app.network.cohorts.chapter import Called
from app.people.identity.chapter import ZONE, Stage


@dataclass(frozen=True)
class PollScript:
    """When a session of the act's cohort is to be, and who answered what to each time."""

    cohort: str
    """Its reference."""
    title: str
    asked_at: datetime
    closes_at: datetime
    options: Sequence[datetime]
    votes: Sequence[tuple[str, Sequence[VoteAnswer]]]


@chapter("sessions.polled", after=["sessions.held"], before=["cohorts.changed"])
async def ask(stage: Stage) -> None:
    """Ask when sessions are to be, and answer."""
    for script in stage.scripts(PollScript):
        cohort = next(
            one for one in stage.kept(Called) if one.script.cohort.reference == script.cohort
        )
        async with stage.scene(script.asked_at, cohort.coordinator) as (db, actor):
            asked = CreateSessionPoll(
                learning_session_id=None,
                title=script.title,
                kind=None,
                duration_minutes=None,
                timezone=ZONE,
                closes_at=script.closes_at,
                options=list(script.options),
            )
            made = await service.create_session_poll(db, actor, cohort.id, asked)
        option_ids = [one.id for one in made.read().options]
        for number, (name, answers) in enumerate(script.votes):
            voted_at = script.asked_at + timedelta(hours=2, minutes=number)
            said = CastVotes(
                answers=[
                    VoteIn(option_id=option_id, answer=answer)
                    for option_id, answer in zip(option_ids, answers, strict=True)
                ]
            )
            async with stage.scene(voted_at, stage.cast[name]) as (db, actor):
                await service.vote_in_session_poll(db, actor, made.id, said)
