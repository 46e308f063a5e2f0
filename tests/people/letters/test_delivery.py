"""What becomes of a letter is seen where it was caused, whatever the mail server answers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import pytest
from sqlalchemy import select

from app.background import smtp
from app.background.jobs import Work
from app.background.mail import ATTEMPTS, MailMessage, send_mail
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from app.settings import Settings
from tests.answers import START, refused
from tests.background.smtp_sink import Sink, listening
from tests.journeys import Json, Network
from tests.people.identity.people import Person

BROKEN_OFF = "The talk with the mail server broke off (%s)."
SENT = {"state": "sent", "fault": None, "at": START}


@pytest.fixture
def database(database: Database) -> Database:
    database.info["has_mail"] = True
    return database


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with listening(Sink()) as sink:
        yield sink


@pytest.fixture
def work(database: Database, settings: Settings, sink: Sink) -> Work:
    return working(database, settings, f"smtp://127.0.0.1:{sink.port}")


def working(database: Database, settings: Settings, url: str, starttls: str = "optional") -> Work:
    update = {"smtp_url": url, "mail_from": "n@example.org", "smtp_starttls": starttls}
    return Work(database, settings.model_copy(update=update), actor_of)


async def tried(work: Work, times: int = 1) -> None:
    """The worker comes to every letter that waits."""
    for _ in range(times):
        async with work.database.transaction() as db:
            ids = list(await db.scalars(select(MailMessage.id)))
        for message_id in ids:
            try:
                await send_mail(work, message_id=str(message_id))
            except Exception:  # noqa: BLE001 - the queue tries again
                continue


async def invited(network: Network, email: str = "ida@example.org") -> Json:
    body = {
        "email": email,
        "name": "Ida Rhodes",
        "role": "reviewer",
        "scope_id": str(network.programme_id),
    }
    return await network.done(network.coordinator, "/invitations", body)


async def delivery(network: Network, invitation: Json) -> Any:
    seen = await network.seen(network.coordinator, f"/invitations/{invitation['id']}")
    return seen["delivery"]


async def waits(network: Network, who: Person) -> list[tuple[str, str, Any]]:
    page = await network.seen(who, "/me/work")
    return [(one["kind"], one["subject"]["id"], one["cohort"]) for one in page["items"]]


async def test_one_that_is_taken_is_sent_once(network: Network, work: Work, sink: Sink) -> None:
    invitation = await invited(network)
    assert invitation["delivery"] == SENT | {"state": "queued"}
    await tried(work, 3)
    assert await delivery(network, invitation) == SENT
    assert [message["To"] for message in sink.messages] == ["ida@example.org"]
    assert await waits(network, network.coordinator) == []


async def test_one_that_is_put_off_is_tried_again_and_sent_once(
    network: Network, work: Work, sink: Sink
) -> None:
    invitation = await invited(network)
    sink.refuse["RCPT"] = ["450 4.2.1 Mailbox busy"]
    await tried(work)
    queued = {"state": "queued", "fault": "450 4.2.1 Mailbox busy", "at": START}
    assert await delivery(network, invitation) == queued
    assert await waits(network, network.coordinator) == []
    await tried(work, 2)
    assert await delivery(network, invitation) == SENT
    assert len(sink.messages) == 1


async def test_one_that_is_refused_is_work_for_its_sender_until_it_is_sent_anew(
    network: Network, work: Work, sink: Sink
) -> None:
    invitation = await invited(network)
    sink.refuse["RCPT"] = ["550 5.1.1 No such user\u202e here"]
    await tried(work, 3)
    failed = {"state": "failed", "fault": "550 5.1.1 No such user here", "at": START}
    assert await delivery(network, invitation) == failed
    assert sink.talks == 1
    assert await waits(network, network.coordinator) == [
        ("resend_invitation", invitation["id"], None)
    ]
    item = (await network.seen(network.coordinator, "/me/work"))["items"][0]
    assert item["action"]["href"] == f"/v1/invitations/{invitation['id']}/resend"
    assert await waits(network, network.manager) == [], "it is not hers"
    assert (await network.seen(network.coordinator, "/obligations"))["items"] == []
    again = await network.done(network.coordinator, item["action"]["href"].removeprefix("/v1"))
    assert again["delivery"] == SENT | {"state": "queued"}
    await tried(work)
    assert await waits(network, network.coordinator) == []
    assert len(sink.messages) == 1


async def test_administrators_have_a_list_of_what_failed(
    network: Network, work: Work, sink: Sink
) -> None:
    invitation = await invited(network)
    sink.refuse["RCPT"] = ["550 no"]
    await tried(work)
    await invited(network, "joan@example.org")
    administrator = await network.people.person("Ann Administrator", Role.ADMINISTRATOR)
    listed = await network.seen(administrator, "/letters?state=failed")
    assert listed["items"] == [
        {
            "id": ANY,
            "recipient": "ida@example.org",
            "subject": "Your invitation to the peer learning network",
            "noun": "invitation",
            "subject_id": invitation["id"],
            "sender": {
                "id": str(network.coordinator.account_id),
                "name": network.coordinator.name,
                "kind": "person",
            },
            "attempts": 1,
            "delivery": {"state": "failed", "fault": "550 no", "at": START},
        }
    ]
    everything = await network.seen(administrator, "/letters")
    assert [one["recipient"] for one in everything["items"]] == [
        "joan@example.org",
        "ida@example.org",
    ]
    answer = await network.client.get("/v1/letters", headers=network.coordinator.headers)
    assert refused(answer, "not_allowed", 403, permission="letter.read")


async def test_whoever_caused_a_letter_sees_what_came_of_it(
    network: Network, work: Work, sink: Sink
) -> None:
    """Without the address, which is not theirs to see everywhere; and of another's nothing."""
    invitation = await invited(network)
    sink.refuse["RCPT"] = ["550 no"]
    await tried(work)
    await invited(network, "joan@example.org")
    failed = {
        "id": ANY,
        "recipient_name": "Ida Rhodes",
        "subject": "Your invitation to the peer learning network",
        "noun": "invitation",
        "subject_id": invitation["id"],
        "delivery": {"state": "failed", "fault": "550 no", "at": START},
    }
    mine = await network.seen(network.coordinator, "/me/letters?state=failed")
    assert mine == {"items": [failed], "next_cursor": None, "total_count": None}
    first = await network.seen(network.coordinator, "/me/letters?limit=1")
    assert [one["delivery"]["state"] for one in first["items"]] == ["queued"]
    after = f"/me/letters?limit=1&cursor={first['next_cursor']}"
    assert (await network.seen(network.coordinator, after))["items"] == [failed]
    assert (await network.seen(network.manager, "/me/letters"))["items"] == []


async def test_whoever_cancelled_a_cohort_sees_whom_the_news_did_not_reach(
    network: Network, work: Work, sink: Sink
) -> None:
    cohort, team = await network.cohort("recruiting"), await network.team()
    await network.membership(cohort, team)
    await network.done(network.manager, f"/cohorts/{cohort['id']}/cancel", {"reason": "No funds."})
    sink.refuse["RCPT"] = ["550 no"] * 2
    await tried(work)
    failed = await network.seen(network.manager, "/me/letters?state=failed")
    assert {(one["recipient_name"], one["noun"], one["subject_id"]) for one in failed["items"]} == {
        (who.name, "cohort", cohort["id"]) for who in (team.lead, team.member)
    }


async def test_what_can_be_sent_to_nobody_any_more_is_no_work(
    network: Network, work: Work, sink: Sink
) -> None:
    """Into a cohort that is cancelled, and for an account that is disabled."""
    cohort = await network.cohort("recruiting")
    body = {"email": "ida@example.org", "name": "Ida Rhodes", "role": "facilitator"}
    await network.done(network.coordinator, "/invitations", body | {"scope_id": cohort["id"]})
    administrator = await network.people.person("Ann Administrator", Role.ADMINISTRATOR)
    joan = await network.people.person("Joan Clarke")
    await network.done(administrator, f"/accounts/{joan.account_id}/password-resets")
    sink.refuse["RCPT"] = ["550 no"] * 2
    await tried(work)
    assert [one[0] for one in await waits(network, network.coordinator)] == ["resend_invitation"]
    assert [one[0] for one in await waits(network, administrator)] == ["reissue_password_reset"]
    why = {"reason": "She has left us."}
    await network.done(network.manager, f"/cohorts/{cohort['id']}/cancel", why)
    await network.done(administrator, f"/accounts/{joan.account_id}/disable", why)
    assert await waits(network, network.coordinator) == []
    assert await waits(network, administrator) == []


async def test_domains_of_any_letters_go_as_punycode(
    network: Network, work: Work, sink: Sink
) -> None:
    invitation = await invited(network, "ida@bücher.example")
    await tried(work)
    assert await delivery(network, invitation) == SENT
    assert sink.recipients == ["ida@xn--bcher-kva.example"]


@pytest.mark.parametrize("takes_any_letters", [False, True])
async def test_an_address_that_the_server_cannot_take_fails_at_once(
    network: Network, work: Work, sink: Sink, *, takes_any_letters: bool
) -> None:
    sink.takes_any_letters = takes_any_letters
    invitation = await invited(network, "jürgen@example.org")
    await tried(work)
    shown = await delivery(network, invitation)
    if takes_any_letters:
        assert (shown, sink.recipients) == (SENT, ["jürgen@example.org"])
    else:
        no = "The mail server takes no such letters before the @ (it has no SMTPUTF8)."
        assert shown == {"state": "failed", "fault": no, "at": START}
        assert sink.messages == []


async def test_without_starttls_nothing_leaves_unless_it_is_optional(
    network: Network, database: Database, settings: Settings, sink: Sink
) -> None:
    invitation = await invited(network)
    url = f"smtp://127.0.0.1:{sink.port}"
    await tried(working(database, settings, url, "required"), ATTEMPTS - 1)
    waiting = {"state": "queued", "fault": "The mail server offers no STARTTLS.", "at": START}
    assert await delivery(network, invitation) == waiting
    assert (sink.messages, sink.recipients) == ([], [])
    await tried(working(database, settings, url))
    assert await delivery(network, invitation) == SENT


async def test_one_that_is_slow_or_gone_is_tried_again_and_given_up_in_the_end(
    network: Network,
    database: Database,
    settings: Settings,
    work: Work,
    sink: Sink,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp, "PATIENCE_SECONDS", 0.2)
    invitation = await invited(network)
    sink.slow = asyncio.Event()
    await tried(work)
    sink.slow.set()
    assert (await delivery(network, invitation))["fault"] == BROKEN_OFF % "SMTPServerDisconnected"
    gone = working(database, settings, "smtp://127.0.0.1:1")
    await tried(gone, ATTEMPTS - 2)
    assert (await delivery(network, invitation))["state"] == "queued"
    await tried(gone)
    failed = {"state": "failed", "fault": BROKEN_OFF % "ConnectionRefusedError", "at": START}
    assert await delivery(network, invitation) == failed
    assert sink.messages == []
    clock.advance(timedelta(minutes=1))
    await tried(work)
    assert sink.messages == [], "it was given up, and that is seen"


async def test_an_announcement_is_sent_again_to_those_it_did_not_reach(
    network: Network, work: Work, sink: Sink
) -> None:
    cohort = await network.cohort("running", announced_capacity=9)
    team = await network.team()
    await network.membership(cohort, team, "active")
    draft = await network.done(
        network.coordinator,
        f"/cohorts/{cohort['id']}/announcements",
        {"title": "An hour later", "body": "We meet at eleven."},
    )
    path = f"/announcements/{draft['id']}"
    early = await network.client.post(f"/v1{path}/resend", headers=network.coordinator.headers)
    assert refused(early, "nothing_failed", 409)
    await network.done(network.coordinator, f"{path}/send")
    sink.refuse["RCPT"] = ["550 no"]
    await tried(work)
    states = await states_of(network, path)
    assert sorted(states.values()) == ["failed", "sent"]
    ref = {key: cohort[key] for key in ("id", "reference", "name")}
    assert ("resend_announcement", draft["id"], ref) in await waits(network, network.coordinator)
    await network.done(network.coordinator, f"{path}/resend")
    await tried(work, 2)
    assert set((await states_of(network, path)).values()) == {"sent"}
    assert len(sink.messages) == 2
    assert "resend_announcement" not in [
        kind for kind, _, _ in await waits(network, network.coordinator)
    ]


async def states_of(network: Network, path: str) -> dict[str, str]:
    page = await network.seen(network.coordinator, f"{path}/deliveries")
    return {one["person"]["name"]: one["delivery"]["state"] for one in page["items"]}


async def test_a_reset_that_failed_is_work_for_whoever_issued_it(
    network: Network, work: Work, sink: Sink
) -> None:
    administrator = await network.people.person("Ann Administrator", Role.ADMINISTRATOR)
    path = f"/accounts/{network.manager.account_id}/password-resets"
    issued = await network.done(administrator, path)
    assert (issued["link"], issued["delivery"]) == (None, SENT | {"state": "queued"})
    sink.refuse["RCPT"] = ["550 no"]
    await tried(work)
    listed = await network.seen(administrator, path)
    assert [one["delivery"]["state"] for one in listed["items"]] == ["failed"]
    assert await waits(network, administrator) == [
        ("reissue_password_reset", str(network.manager.account_id), None)
    ]
    await network.done(administrator, path)
    assert await waits(network, administrator) == []
    forbidden = await network.client.get(f"/v1{path}", headers=network.manager.headers)
    assert refused(forbidden, "not_allowed", 403, permission="account.edit")


async def test_a_letter_is_nobodys_once_its_message_is_forgotten(
    network: Network, database: Database
) -> None:
    invitation = await invited(network)
    async with database.transaction() as db:
        message = (await db.scalars(select(MailMessage))).one()
        assert message.subject_id == UUID(invitation["id"])
        await db.delete(message)
    assert await delivery(network, invitation) is None


async def test_a_letter_to_a_candidate_that_failed_is_work_for_its_writer(
    network: Network, work: Work, sink: Sink, clock: FixedClock
) -> None:
    """Until they write again, or the place is nobody's any more."""
    cohort, team = await network.cohort("recruiting"), await network.team()
    membership = await network.membership(cohort, team)
    letter = {"subject": "Tuesdays", "text": "Does that suit you?"}
    path = f"/memberships/{membership['id']}"
    sink.refuse["RCPT"] = ["550 no"]
    await network.done(network.coordinator, f"{path}/candidate/letters", letter)
    await tried(work)

    unread = [("rewrite_letter", membership["id"], membership["cohort"])]
    assert [one for one in await waits(network, network.coordinator) if one in unread] == unread
    assert "rewrite_letter" not in [one[0] for one in await waits(network, network.manager)]
    assert "rewrite_letter" not in [one[0] for one in await waits(network, team.lead)]

    clock.advance(timedelta(minutes=1))
    sink.refuse.clear()
    await network.done(network.coordinator, f"{path}/candidate/letters", letter)
    await tried(work)
    assert "rewrite_letter" not in [one[0] for one in await waits(network, network.coordinator)]
