"""Reports of meetings, without a database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.learning.sessions.meeting_reports import (
    Attendant,
    MeetingReport,
    ReportForm,
    ReportUnreadable,
    Unread,
    read_report,
)
from app.learning.sessions.presence import Stay

DATA = Path(__file__).with_name("data")
ZONE = "Europe/London"


def at(hour: str, day: str = "2026-03-02") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=UTC)


ON = Stay(at("09:00"), at("10:30"))


def read(name: str, zone: str = ZONE) -> MeetingReport:
    return read_report((DATA / name).read_text(), ON, zone)


def test_zoom_tells_each_time_that_somebody_joined() -> None:
    found = read("zoom.csv")
    lead = "Lead 1", "Lead.1@Example.org"
    assert found.form == ReportForm.ZOOM
    assert [(one.line, one.name, one.email) for one in found.attendants] == [
        (5, "Faye Cilitator (host)", "faye.cilitator@example.org"),
        (6, *lead),
        (7, lead[0], lead[1].lower()),
        (8, "Member 1", None),
        (9, "iPhone (2)", None),
    ]
    assert found.attendants[1].stay == Stay(at("08:58:10"), at("09:20"))
    assert found.unread == [Unread(11, "Its times cannot be read, or are not near the session.")]


def test_teams_tells_it_below_where_it_sums_up() -> None:
    found = read("teams.csv")
    assert found.form == ReportForm.TEAMS
    assert [(one.name, one.stay) for one in found.attendants] == [
        ("Lead 1", Stay(at("09:00"), at("09:10"))),
        ("Lead 1", Stay(at("09:30"), at("10:30"))),
        ("Member 1", Stay(at("09:30"), at("10:30"))),
    ]


def test_teams_without_that_table_tells_from_first_to_last() -> None:
    text = (DATA / "teams.csv").read_text().partition("3. In-Meeting")[0]
    found = read_report(text, ON, ZONE)
    assert [one.stay for one in found.attendants][:1] == [Stay(at("09:00"), at("10:30"))]


def test_meet_tells_the_hours_of_the_sessions_day() -> None:
    found = read("meet.csv")
    assert found.form == ReportForm.MEET
    assert found.attendants == [
        Attendant(2, "Lead One", "lead.1@example.org", Stay(at("09:05"), at("10:30"))),
        Attendant(3, "Member One", "member.1@example.org", Stay(at("09:00"), at("09:20"))),
        Attendant(4, "Conference Room 4", None, Stay(at("09:00"), at("10:30"))),
    ]


@pytest.mark.parametrize(
    "written",
    [
        "03/02/2026 09:00:00 AM",
        "02/03/2026 09:00:00 AM",
        "3/2/26, 9:00 AM",
        "2.3.2026 09:00",
        "2026-03-02 09:00:00",
        "2026-03-02T09:00",
        "09:00",
        "9:00\u202fAM",
    ],
)
def test_days_are_written_in_many_ways(written: str) -> None:
    text = f'Name,Join Time,Leave Time\nAda,"{written}",2026-03-02 10:00:00\n'
    [found] = read_report(text, ON, ZONE).attendants
    assert found.stay == Stay(at("09:00"), at("10:00"))


def test_hours_are_those_of_the_zone() -> None:
    [found, *_] = read("meet.csv", "Europe/Paris").attendants
    assert found.stay.joined_at == at("08:05")


@pytest.mark.parametrize(
    ("joined", "left", "detail"),
    [
        ("03/05/2026 09:00:00 AM", "03/05/2026 10:00:00 AM", "Its times"),
        ("10:00", "10:00", "It ends before it begins."),
        ("", "", "Its times"),
    ],
)
def test_lines_that_cannot_be_true(joined: str, left: str, detail: str) -> None:
    text = f"\ufeffName;Join Time;Leave Time\nAda;{joined};{left}\n"
    found = read_report(text, ON, ZONE)
    assert (found.attendants, found.unread[0].detail[: len(detail)]) == ([], detail)


@pytest.mark.parametrize("text", ["", "Name,Email\nAda,ada@example.org\n", "no table\n" * 6_000])
def test_what_is_no_report(text: str) -> None:
    with pytest.raises(ReportUnreadable):
        read_report(text, ON, ZONE)
