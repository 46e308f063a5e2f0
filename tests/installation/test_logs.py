"""What the log tells of a request and of an exception, and what it keeps to itself."""

import json
import logging
from typing import Any

import httpx
import psycopg
import pytest
import structlog

from app.installation.logs import StandardOutput
from app.people.identity.roles import Role
from tests.people.identity.people import People

ACCESS = "pln.access"


def events(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The events as they are, before they are rendered."""
    return [record.msg for record in caplog.records if isinstance(record.msg, dict)]


async def test_a_request_is_told_with_who_made_it(
    client: httpx.AsyncClient, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    with caplog.at_level(logging.INFO, logger=ACCESS):
        await client.get("/v1/organisations?q=secret", headers=ada.headers)
        await client.get("/v1/organisations")
    names = ("route", "status", "account_id")
    told = [{name: event[name] for name in names} for event in events(caplog)]
    assert told == [
        {"route": "/v1/organisations", "status": 200, "account_id": ada.account_id},
        {"route": "/v1/organisations", "status": 401, "account_id": None},
    ]


def rendered(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """The one line that was written."""
    found = logging.getLogger().handlers
    (handler,) = (one for one in found if isinstance(one, StandardOutput))
    (record,) = caplog.records
    return json.loads(handler.format(record))


def test_an_exception_is_told_by_type_and_place_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    try:
        try:
            raise psycopg.errors.UniqueViolation("Key (email)=(ada@example.org) already exists.")
        except psycopg.Error as error:
            raise ValueError("hunter2") from error
    except ValueError:
        structlog.get_logger("test").exception("it_broke")
    line = rendered(caplog)
    assert [told["type"] for told in line["exception"]] == [
        "builtins.ValueError",
        "psycopg.errors.UniqueViolation",
    ]
    assert line["exception"][1]["sqlstate"] == "23505"
    assert "test_logs.py" in line["exception"][0]["at"][0]
    assert "hunter2" not in json.dumps(line)
    assert "ada@" not in json.dumps(line)


def test_a_librarys_record_is_rendered_alike(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("some.library").warning("said %s", "this")
    line = rendered(caplog)
    del line["at"]
    line.pop("request_id", None)
    assert line == {"event": "said this", "level": "warning", "logger": "some.library"}
