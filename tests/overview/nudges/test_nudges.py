"""Reminding by hand: the people of one member, or those who are late, as often as is wanted."""

from datetime import UTC, datetime
from unittest.mock import ANY

import pytest
from sqlalchemy import select

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.overview.desk.reminders.service import remind
from app.people.identity.models import Account
from tests.answers import START, refused
from tests.grant_walks import Funding
from tests.people.identity.people import Person

LATE = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
"""The morning after the first milestone was due, before the digests."""


@pytest.fixture
def database(database: Database) -> Database:
    database.info["has_mail"] = True
    return database


async def texts(database: Database) -> dict[str, list[str]]:
    """The letters of each person."""
    async with database.transaction() as db:
        found: dict[str, list[str]] = {}
        for one in await db.scalars(select(MailMessage).order_by(MailMessage.queued_at)):
            found.setdefault(one.recipient, []).append(one.text or "")
        return found


async def test_a_member_is_told_of_all_that_waits_for_it(
    funding: Funding, database: Database, clock: FixedClock
) -> None:
    await funding.grant("active")
    path = f"/memberships/{funding.membership['id']}/remind"

    told = await funding.done(funding.coordinator, "POST", path, {"message": "Ring me.\nAny day."})

    assert told["unreached"] == []
    assert sorted(told["items"], key=lambda one: one["person"]["name"]) == [
        {
            "person": {"id": str(who.account_id), "reference": None, "name": who.name},
            "work_count": 2,
            "delivery": {"state": "queued", "fault": None, "at": START},
        }
        for who in (funding.lead, funding.member)
    ]
    mine = await funding.done(funding.coordinator, "GET", "/me/letters")
    assert {one.pop("recipient_name") for one in mine["items"]} == {
        funding.lead.name,
        funding.member.name,
    }
    assert mine["items"] == 2 * [
        {
            "id": ANY,
            "subject": "What waits for you in “Cohort 1”",
            "noun": "membership",
            "subject_id": funding.membership["id"],
            "delivery": {"state": "queued", "fault": None, "at": START},
        }
    ]
    [letter] = (await texts(database))[funding.lead.email]
    assert letter == (
        "Dear “Lead 1”,\n\n“Cora Dinator” reminds you of what waits for you in “Cohort 1”:\n\n"
        "- Report the milestone PLN-C1-G01-M1, “Data sharing agreement”: due on 31 May 2026 "
        "(Europe/London).\n"
        "- Report the milestone PLN-C1-G01-M2, “Final report”: due on 31 August 2026 "
        "(Europe/London).\n\n"
        "“Cora Dinator” writes:\n\n> Ring me.\n> Any day.\n\n"
        "It stands in your list of work until it is done.\n"
    )
    history = await funding.done(
        funding.coordinator, "GET", f"/memberships/{funding.membership['id']}/history?limit=200"
    )
    [row] = [one for one in history["items"] if one["verb"] == "membership.reminded"]
    assert sorted(row["detail"]["account_ids"]) == sorted(
        [str(funding.lead.account_id), str(funding.member.account_id)]
    )


async def test_whom_no_letter_reaches_is_named(funding: Funding, database: Database) -> None:
    """An address that is not proved gets none, and whoever reminds is told whose that is."""
    await funding.grant("active")
    path = f"/memberships/{funding.membership['id']}/remind"
    await unproved(database, funding.member)
    told = await funding.done(funding.coordinator, "POST", path, {})
    assert [one["person"]["id"] for one in told["items"]] == [str(funding.lead.account_id)]
    member = {"id": str(funding.member.account_id), "reference": None, "name": funding.member.name}
    assert told["unreached"] == [member]
    await unproved(database, funding.lead)
    nobody = await funding.call(funding.coordinator, "POST", path, {})
    assert refused(nobody, "nobody_reached", 409)


async def unproved(database: Database, who: Person) -> None:
    async with database.transaction() as db:
        (await db.get_one(Account, who.account_id)).address_proved_at = None


async def test_only_those_who_are_late_are_told_and_the_digest_comes_all_the_same(
    funding: Funding, database: Database, clock: FixedClock
) -> None:
    await funding.grant("active")
    path = f"/cohorts/{funding.cohort['id']}/remind"
    nobody = await funding.call(funding.coordinator, "POST", path, {})
    assert refused(nobody, "nothing_waits", 409)
    clock.set(LATE)
    later = await funding.later()
    for _ in range(2):
        told = await later.done(later.coordinator, "POST", path, {})
        assert [one["work_count"] for one in told["items"]] == [1, 1]
    letter = (
        "Dear “Lead 1”,\n\n“Cora Dinator” reminds you of what waits for you in “Cohort 1”:\n\n"
        "- Report the milestone PLN-C1-G01-M1, “Data sharing agreement”: due on 31 May 2026 "
        "(Europe/London).\n\n"
        "It stands in your list of work until it is done.\n"
    )
    assert (await texts(database))[funding.lead.email] == [letter, letter]
    history = await later.done(
        later.coordinator, "GET", f"/cohorts/{funding.cohort['id']}/history?limit=200"
    )
    assert [one["verb"] for one in history["items"]].count("cohort.reminded") == 2
    clock.set(datetime(2026, 6, 1, 8, 0, tzinfo=UTC))
    assert await remind(database, clock) == 2


async def test_without_mail_it_is_refused_and_so_is_whoever_runs_nothing_here(
    funding: Funding, database: Database
) -> None:
    await funding.grant("active")
    path = f"/memberships/{funding.membership['id']}/remind"
    assert refused(
        await funding.call(funding.lead, "POST", path, {}),
        "not_allowed",
        403,
        permission="membership.remind",
    )
    database.info["has_mail"] = False
    assert refused(await funding.call(funding.coordinator, "POST", path, {}), "no_mail_server", 409)
    assert await texts(database) == {}
