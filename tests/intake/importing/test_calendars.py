"""Calendars of others as drafts of sessions: read without a database, and imported by a worker."""

from collections import Counter
from typing import Any

import pytest

from app.intake.importing.calendars.events import Draft, Refused, drafts_in
from app.intake.importing.reading import ImportFileUnreadable
from app.settings import Settings
from tests.answers import refused
from tests.bound import BoundDatabase
from tests.intake.importing.test_operation import work
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings
from tests.people.files.uploading import Uploader
from tests.shared_data import shared

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n"
NOWHERE = "018f0000-0000-7000-8000-000000000000"


def event(*lines: str, uid: str | None = "one") -> str:
    named = [f"UID:{uid}"] if uid else []
    return "\r\n".join(["BEGIN:VEVENT", *named, *lines, "END:VEVENT", ""])


def calendar(*events: str) -> bytes:
    return (HEAD + "".join(events) + "END:VCALENDAR\r\n").encode()


def read(*events: str) -> list[tuple[Any, ...]]:
    """What each event comes to: when and for how long, or why it is refused; and what is said."""
    found = drafts_in(calendar(*events), "a.ics", "Europe/London")
    return [
        (one.name, one.remark.code)
        if isinstance(one, Refused)
        else (
            one.name,
            one.local_start,
            one.timezone,
            one.minutes,
            *(said.code for said in one.remarks),
        )
        for one in found
    ]


AT_TEN = "DTSTART;TZID=America/New_York:20260302T100000"
HOUR = "DURATION:PT1H"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((AT_TEN, HOUR), ("2026-03-02T10:00", "America/New_York", 60)),
        (("DTSTART:20260702T100000Z", HOUR), ("2026-07-02T11:00", "Europe/London", 60)),
        (("DTSTART:20260302T100000", HOUR), ("2026-03-02T10:00", "Europe/London", 60)),
        (
            (AT_TEN, "DTEND;TZID=America/New_York:20260302T120000"),
            ("2026-03-02T10:00", "America/New_York", 120),
        ),
        ((AT_TEN,), ("2026-03-02T10:00", "America/New_York", 90, "length_unfit")),
        (
            ("DTSTART;VALUE=DATE:20260302",),
            ("2026-03-02T00:00", "Europe/London", 90, "time_missing", "length_unfit"),
        ),
        (
            (AT_TEN, HOUR, "URL:ftp://example.org/x"),
            ("2026-03-02T10:00", "America/New_York", 60, "link_malformed"),
        ),
        ((HOUR,), ("time_malformed",)),
        ((AT_TEN, HOUR, "STATUS:CANCELLED"), ("event_cancelled",)),
    ],
)
def test_when_an_event_is(lines: tuple[str, ...], found: tuple[Any, ...]) -> None:
    assert read(event("SUMMARY:A talk", *lines)) == [("one", *found)]


def test_an_event_without_a_title_a_uid_or_the_second_of_a_uid() -> None:
    assert read(
        event(AT_TEN, HOUR),
        event(AT_TEN, HOUR, "SUMMARY:Again"),
        event(AT_TEN, HOUR, "SUMMARY:Nobody knows", uid=None),
    ) == [
        ("one", "2026-03-02T10:00", "America/New_York", 60, "title_missing"),
        ("one", "listed_twice"),
        ("event 3", "uid_missing"),
    ]


def test_what_recurs_is_a_draft_each_time_at_its_hour_on_the_wall() -> None:
    rule = "RRULE:FREQ=WEEKLY;COUNT=4"
    out = "EXDATE;TZID=America/New_York:20260309T100000"
    moved = event(
        "RECURRENCE-ID;TZID=America/New_York:20260316T100000",
        "DTSTART;TZID=America/New_York:20260317T150000",
        HOUR,
        "SUMMARY:Moved",
    )
    assert read(event(AT_TEN, HOUR, rule, out, "SUMMARY:Weekly"), moved) == [
        ("one#2026-03-02T10:00", "2026-03-02T10:00", "America/New_York", 60),
        ("one#2026-03-23T10:00", "2026-03-23T10:00", "America/New_York", 60),
        ("one#2026-03-16T10:00", "2026-03-17T15:00", "America/New_York", 60),
    ]
    endless = event(AT_TEN, HOUR, "RRULE:FREQ=WEEKLY", "SUMMARY:For ever")
    assert read(endless) == [("one", "recurrence_unsound")]


def test_what_is_told_of_an_event() -> None:
    long = "x" * 300
    [draft] = drafts_in(
        calendar(
            event(
                AT_TEN,
                HOUR,
                f"SUMMARY:{long}",
                "DESCRIPTION:To see\\, and\\nto hear.",
                "LOCATION:The long room",
                "URL:https://example.org/rooms/1",
            )
        ),
        "a.ics",
        "Europe/London",
    )
    assert isinstance(draft, Draft)
    assert (len(draft.title), draft.title[-1]) == (200, "…")
    assert (draft.purpose, draft.place, draft.link) == (
        "To see, and\nto hear.",
        "The long room",
        "https://example.org/rooms/1",
    )


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\xff\xfe", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT"]
)
def test_what_is_no_calendar(content: bytes) -> None:
    with pytest.raises(ImportFileUnreadable):
        drafts_in(content, "a.ics", "Europe/London")


def test_a_conference_is_read_whole() -> None:
    content = (shared("icalendar") / "pyconuk-2015-schedule.ics").read_bytes()
    found = drafts_in(content, "pyconuk.ics", "Europe/London")
    drafts = [one for one in found if isinstance(one, Draft)]
    assert len({one.name for one in drafts}) == len(found) == 162
    assert Counter(said.code for one in drafts for said in one.remarks) == {
        "length_unfit": 5,
        "title_missing": 4,
    }
    first = min(drafts, key=lambda one: one.local_start)
    assert (first.title, first.local_start) == ("Registration / Breakfast", "2015-09-18T08:00")


def test_the_edge_cases_are_drafts_or_refused_with_a_reason() -> None:
    found = {
        file.stem: drafts_in(file.read_bytes(), file.name, "Europe/London")
        for file in sorted((shared("icalendar") / "rfc-and-edge-cases").glob("*.ics"))
    }
    assert Counter(
        one.remark.code if isinstance(one, Refused) else one.timezone
        for every in found.values()
        for one in every
    ) == {
        "Europe/London": 16,
        "America/Vancouver": 9,
        "time_malformed": 8,
        "US/Eastern": 6,
        "America/New_York": 3,
        "America/Argentina/Buenos_Aires": 1,
        "Europe/Berlin": 1,
        "Europe/Vienna": 1,
    }


async def test_a_calendar_is_brought_in_as_drafts_once(
    network: Network, database: BoundDatabase, settings: Settings
) -> None:
    meetings = await Meetings.begin(network)
    who, client = meetings.facilitator, network.client
    headers = await network.headers(who)
    path = f"/cohorts/{meetings.cohort['id']}/learning-sessions/import"

    async def report_on(*events: str, **how: Any) -> Json:
        uploader = Uploader(client, who)
        file_id = await uploader.upload(calendar(*events), name="a.ics", media_type="text/calendar")
        answer = await meetings.call(who, "POST", path, {"file_id": str(file_id), **how})
        assert (answer.status_code, answer.json()["kind"]) == (202, "import_calendar")
        await work(database, settings, answer.headers["Location"])
        return (await client.get(answer.headers["Location"], headers=headers)).json()

    talk = event(AT_TEN, HOUR, "SUMMARY:A talk", "LOCATION:Room 1")
    gone = event(AT_TEN, HOUR, "STATUS:CANCELLED", uid="gone")
    dry = await report_on(talk, gone, dry_run=True)
    listed = f"/learning-sessions?cohort_id={meetings.cohort['id']}"
    assert (await network.seen(who, listed))["items"] == []
    first = await report_on(talk, gone)
    assert dry["result"]["counts"] == first["result"]["counts"]
    assert first["result"]["counts"] == {
        "learning_session": {"imported": 1, "already_there": 0, "refused": 1}
    }
    [made] = (await network.seen(who, listed))["items"]
    told = [made[name] for name in ("title", "status", "local_start", "duration_minutes")]
    assert told == ["A talk", "draft", "2026-03-02T10:00", 60]
    changed = event(AT_TEN, HOUR, "SUMMARY:Another talk", "DTSTAMP:20260101T000000Z")
    again = await report_on(changed, gone)
    assert again["result"]["counts"]["learning_session"]["already_there"] == 1
    assert [one["code"] for one in again["result"]["warnings"]] == ["changed_since_import"]
    assert (await network.seen(who, listed))["items"] == [made]
    nothing = await report_on(gone)
    assert [one["status"] for one in (dry, first, again, nothing)] == [
        "succeeded",
        "partly",
        "partly",
        "refused",
    ]
    answer = await meetings.call(who, "POST", path, {"file_id": NOWHERE})
    assert refused(answer, "file_not_found", 404)
    answer = await meetings.call(meetings.team.lead, "POST", path, {"file_id": NOWHERE})
    assert refused(answer, "cohort_not_found", 404)
    await network.walk_cohort(meetings.cohort, "cancelled")
    answer = await meetings.call(network.coordinator, "POST", path, {"file_id": NOWHERE})
    assert refused(answer, "cohort_ended", 409)
