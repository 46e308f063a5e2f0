"""Organisations and people from a CSV file: all of it, or nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from httpx import AsyncClient
from sqlalchemy import func, select, true

from app.background.jobs import Work
from app.background.operations import run_operation
from app.intake.importing.spreadsheets.schemas import SpreadsheetReport
from app.intake.importing.spreadsheets.sheets import MOST_BYTES
from app.kernel.activity import Activity
from app.kernel.db import Database
from app.people.identity.models import Invitation
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from app.people.organisations.models import Organisation
from app.settings import Settings
from tests.answers import refused
from tests.factories import collaboration, organisation
from tests.intake.importing.workbook import workbook
from tests.journeys import Network
from tests.people.files.uploading import Uploader
from tests.people.identity.people import Person

Json = dict[str, Any]
CSV = {"name": "table.csv", "media_type": "text/csv"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOWHERE = "018f0000-0000-7000-8000-000000000000"

TABLE = """\
Name;Kind;Country;Website;Identifiers
Open Data Institute;non_profit;GB;https://theodi.org;GB-COH-08030289 gb-chc-1164883
Ärzte ohne Daten;other;DE;;
"Ríos, Abiertos";research;AR;;
"""


@dataclass(frozen=True)
class Desk:
    """Somebody who imports spreadsheets, and the worker who brings them in."""

    client: AsyncClient
    database: Database
    settings: Settings
    who: Person

    async def asked(
        self, noun: str, table: str | bytes, *, announced: dict[str, str] = CSV, **more: Any
    ) -> str:
        content = table if isinstance(table, bytes) else table.encode()
        file_id = await Uploader(self.client, self.who).upload(content, **announced)
        body = {"file_id": str(file_id), **more}
        path = f"/v1/imports/{noun}"
        answer = await self.client.post(path, headers=self.who.headers, json=body)
        assert answer.status_code == 202, answer.text
        assert answer.json()["kind"] == f"import_{noun}"
        return answer.headers["Location"]

    async def imported(self, noun: str, table: str | bytes, **more: Any) -> Json:
        """The operation, once the worker has ended it."""
        location = await self.asked(noun, table, **more)
        work = Work(self.database, self.settings, actor_of)
        await run_operation(work, operation_id=location.rpartition("/")[2])
        return (await self.client.get(location, headers=self.who.headers)).json()

    async def report(self, noun: str, table: str | bytes, **more: Any) -> Json:
        """What an import says: one that was tried, or that brought all of its lines in, has
        succeeded; one that could not is refused."""
        ended = await self.imported(noun, table, **more)
        result = ended["result"]
        counts = {
            "done": 0,
            "unchanged": len(result["already_there"]),
            "refused": len(result["refused"]),
        }
        if result["is_dry_run"]:
            assert (ended["status"], ended["counts"], ended["problem"]) == ("succeeded", None, None)
        elif result["fault_count"]:
            assert (ended["status"], ended["problem"]["code"]) == ("refused", "import_refused")
            assert ended["counts"] == counts
        else:
            assert (ended["status"], ended["problem"]) == ("succeeded", None)
            assert ended["counts"] == counts | {"done": len(result["accepted"])}
        assert SpreadsheetReport.model_validate(result).model_dump(mode="json") == result
        return result

    async def held(self) -> tuple[int, ...]:
        """How much there is of what an import could change, and of what was done to it."""
        done = Activity.noun.not_in(("file", "operation"))
        async with self.database.transaction() as db:
            counted = [
                await db.scalar(select(func.count()).select_from(model).where(among))
                for model, among in (
                    (Organisation, true()),
                    (Invitation, true()),
                    (Activity, done),
                )
            ]
        return tuple(count or 0 for count in counted)


@pytest.fixture
def desk(network: Network, database: Database, settings: Settings) -> Desk:
    return Desk(network.client, database, settings, network.coordinator)


def seen(separator: str | None = ";", **more: Any) -> Json:
    """How a table was read."""
    return {
        "encoding": "utf-8",
        "separator": separator,
        "sheet": None,
        "header_line": 1,
        "columns_set_aside": [],
        "sheets_set_aside": [],
        **more,
    }


def told(**more: Any) -> Json:
    """A report on a table with semicolons."""
    return {
        "is_dry_run": False,
        "is_imported": False,
        "read": seen(),
        "read_as": [],
        "accepted": [],
        "already_there": [],
        "refused": [],
        "fault_count": 0,
        "faults": [],
        **more,
    }


def read_as(column: str, said: str, meant: str, lines: int = 1) -> Json:
    return {"column": column, "said": said, "read_as": meant, "lines": lines}


def faults(report: Json) -> list[tuple[int | None, str | None, str]]:
    assert all(one["detail"] for one in report["faults"])
    assert report["fault_count"] == len(report["faults"])
    return [(one["line"], one["column"], one["code"]) for one in report["faults"]]


async def test_organisations_come_in_once_and_their_table_can_be_read_again(desk: Desk) -> None:
    before = await desk.held()
    dry = await desk.report("organisations", TABLE, dry_run=True)
    assert dry == told(is_dry_run=True, accepted=[2, 3, 4])
    assert await desk.held() == before

    done = await desk.report("organisations", TABLE)
    assert done == told(is_imported=True, accepted=[2, 3, 4])
    after = await desk.held()
    assert (after[0], after[2]) == (before[0] + 3, before[2] + 3)
    found = await desk.client.get("/v1/organisations?q=open data", headers=desk.who.headers)
    assert [one["org_id"] for one in found.json()["items"][0]["identifiers"]] == [
        "GB-CHC-1164883",
        "GB-COH-08030289",
    ]

    again = await desk.report(
        "organisations", TABLE.replace("Ärzte", "ARZTE").replace("AR;", " ar")
    )
    assert again == told(already_there=[2, 3, 4])
    await organisation(desk.client, desk.who, '=HYPERLINK("x")')
    address = "/v1/organisations?format=csv&bom=true"
    table = await desk.client.get(address, headers=desk.who.headers)
    whole = await desk.held()
    round_trip = await desk.report("organisations", table.content)
    count = int(table.headers["X-Total-Count"])
    assert round_trip == told(already_there=[*range(2, count + 2)], read=seen(","))
    assert await desk.held() == whole


async def test_a_former_name_is_recognised(desk: Desk) -> None:
    made = await organisation(desk.client, desk.who, "Ordnance Data", country="GB")
    headers = {**desk.who.headers, "If-Match": "*"}
    path = f"/v1/organisations/{made['id']}"
    await desk.client.patch(path, headers=headers, json={"name": "Plans"})
    table = "name,kind,country\nOrdnance data,company,GB\nPlans,company,GB\nNew,other,GB\n"
    report = await desk.report("organisations", table)
    assert report == told(is_imported=True, already_there=[2, 3], accepted=[4], read=seen(","))


async def test_with_a_fault_nothing_comes_in(desk: Desk) -> None:
    odi = [{"list_code": "GB-COH", "number": "08030289"}]
    await organisation(desk.client, desk.who, "Open Data Institute", identifiers=odi, country="GB")
    charity = [{"list_code": "GB-CHC", "number": "1164883"}]
    await organisation(desk.client, desk.who, "The Charity", identifiers=charity)
    await organisation(desk.client, desk.who, "Rivers", country="GB")
    await organisation(desk.client, desk.who, "Rivers", country="GB")
    await organisation(desk.client, desk.who, "Lakes", country="GB")
    before = await desk.held()
    lines = [
        "id,name,kind,country,identifiers",
        ",New,other,FR,",
        ",Bad,club,Atlantis,GB-COH-1",
        ",Both,other,,GB-COH-08030289 GB-CHC-1164883",
        ",rivers,other,GB,",
        ",lakes,other,,",
        ",Open Data Institute,other,GB,GB-COH-SC123456",
        ",Other,other,,GB-COH-SC123456",
        ",new,other,FR,",
        f"{NOWHERE},Gone,other,,",
        ",,other,,",
        ",Renamed,other,,gb-coh-08030289",
        "1,2,3,4,5,6",
    ]
    report = await desk.report("organisations", "\n".join(lines))

    assert faults(report) == [
        (3, "country", "country_unknown"),
        (3, "identifiers", "identifier_malformed"),
        (3, "kind", "kind_unknown"),
        (4, "identifiers", "organisation_ambiguous"),
        (5, "name", "organisation_ambiguous"),
        (6, "name", "organisation_ambiguous"),
        (8, None, "line_repeated"),
        (9, None, "line_repeated"),
        (10, "id", "organisation_unknown"),
        (11, "name", "missing"),
        (13, None, "cells_too_many"),
    ]
    assert (report["accepted"], report["already_there"]) == ([2, 7], [12])
    assert report["refused"] == [3, 4, 5, 6, 8, 9, 10, 11, 13]
    assert not report["is_imported"]
    assert await desk.held() == before
    unreadable = await desk.report("organisations", b"name,colour\nA,red\n")
    missing = {
        "line": 1,
        "column": "kind",
        "code": "column_missing",
        "detail": "No column is called “kind”. Add one.",
    }
    assert unreadable == told(read=None, refused=[1], fault_count=1, faults=[missing])


MEMBERS = (Path(__file__).parent / "data" / "members.csv").read_text()
"""A spreadsheet as people have them, with two faults in it."""


@pytest.mark.parametrize(
    ("encoding", "told_as"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "windows-1252")],
)
async def test_a_table_as_people_have_them(desk: Desk, encoding: str, told_as: str) -> None:
    """Everything that can be understood is; what cannot is said in words."""
    before = await desk.held()

    report = await desk.report("organisations", MEMBERS.encode(encoding))

    assert report == told(
        read=seen(
            encoding=told_as,
            header_line=3,
            columns_set_aside=["Met at", "Remarks", "(column 8)"],
        ),
        read_as=[
            read_as("Country", "uk", "GB", 2),
            read_as("Web", "www.lantern.example", "https://www.lantern.example"),
            read_as("Org ID", "GB-COH-9506232", "GB-COH-09506232"),
            read_as("Type", "Municipality", "public_body"),
            read_as("Type", "Charity", "non_profit", 2),
            read_as("Country", "Österreich", "AT"),
            read_as("Type", "University", "research"),
            read_as("Country", "Norway", "NO"),
            read_as("Type", "Private", "company"),
            read_as("Country", "USA", "US"),
            read_as("Type", "Business", "company"),
        ],
        accepted=[4, 5, 6, 8, 10],
        refused=[7, 9],
        fault_count=2,
        faults=[
            {
                "line": 7,
                "column": None,
                "code": "line_repeated",
                "detail": "Line 6 is about the same organisation: keep one of the two.",
            },
            {
                "line": 9,
                "column": "Web",
                "code": "website_malformed",
                "detail": "“tern.example/om oss” has a blank in it. Write the address as a browser "
                "shows it, such as https://example.org.",
            },
        ],
    )
    assert await desk.held() == before

    mended = MEMBERS.replace("/om oss", "/om-oss")
    kept = [line for line in mended.splitlines(keepends=True) if "charity" not in line]
    done = await desk.report("organisations", "".join(kept).encode(encoding))
    assert (done["accepted"], done["is_imported"]) == ([4, 5, 6, 7, 8, 9], True)
    answer = await desk.client.get("/v1/organisations", headers=desk.who.headers)
    assert {
        (one["name"], one["kind"], one["country"], one["website"])
        for one in answer.json()["items"]
        if one["created_at"] == one["updated_at"]
    } >= {
        ("Lantern CIC", "company", "GB", "https://www.lantern.example"),
        ("Gemeinde Mühlau", "public_body", "AT", "https://muehlau.example/"),
        ("St Anne\u2019s Trust", "non_profit", "GB", None),
        ("Universität für Daten", "research", "AT", "http://daten.example"),
        ("Tern AS", "company", "NO", "https://tern.example/om-oss"),
        ('GULL, "the" Co.', "company", "US", None),
    }
    again = MEMBERS.replace("/om oss", "/om-oss").replace("\u2019", "`").encode("utf-8")
    repeated = await desk.report("organisations", again, dry_run=True)
    assert (repeated["already_there"], repeated["accepted"]) == ([4, 5, 6, 7, 8, 9, 10], [])
    for typed in ("st anne's trust", "ST ANNE\u2019S\u00a0TRUST", "st anne`s"):
        found = await desk.client.get(
            "/v1/organisations", params={"q": typed}, headers=desk.who.headers
        )
        assert [one["name"] for one in found.json()["items"]] == ["St Anne\u2019s Trust"]


async def test_a_workbook_comes_in_as_a_table_does(desk: Desk) -> None:
    content = workbook(
        {
            "Members": [
                ["Our members"],
                ["Name", "Type", "Country", "Since"],
                ["Open Lamp Society", "Charity", "uk", 2021],
                ["Harbour Data", "Company", "Norway", None],
            ],
            "Money": [["paid", 12.5]],
        }
    )
    uploaded = {"name": "members.xlsx", "media_type": XLSX}
    done = await desk.report("organisations", content, announced=uploaded)
    assert done == told(
        is_imported=True,
        read=seen(
            None,
            encoding=None,
            sheet="Members",
            header_line=2,
            columns_set_aside=["Since"],
            sheets_set_aside=["Money"],
        ),
        read_as=[
            read_as("Type", "Charity", "non_profit"),
            read_as("Country", "uk", "GB"),
            read_as("Country", "Norway", "NO"),
        ],
        accepted=[3, 4],
    )
    broken = await desk.report("organisations", content[:400], announced=uploaded)
    detail = "It cannot be read as a workbook. Save it as “Excel Workbook (.xlsx)”, or as CSV."
    fault = {"line": None, "column": None, "code": "workbook_unreadable", "detail": detail}
    assert broken == told(read=None, fault_count=1, faults=[fault])


async def test_people_are_invited_where_their_importer_may(desk: Desk, network: Network) -> None:
    cohort = await network.cohort("recruiting")
    team = await network.team()
    await network.membership(cohort, team, "accepted")
    where, elsewhere = cohort["reference"], team.ref["reference"]
    table = (
        "E-mail,name,role,where\n"
        f"ada@example.org,Ada Lovelace,Facilitator,{where.lower()}\n"
        f"GRACE@example.org,Grace Hopper,collaboration member,{elsewhere}\n"
        f"{team.lead.email},Lead,collaboration_lead,{elsewhere}\n"
    )
    before = await desk.held()
    unknown = await desk.report("people", table.replace("E-mail", "Post"))
    assert faults(unknown) == [(1, "email", "column_missing")]
    dry = await desk.report("people", table, dry_run=True)
    assert dry == told(is_dry_run=True, accepted=[2, 3], already_there=[4], read=seen(","))
    assert await desk.held() == before

    done = await desk.report("people", table)
    assert done == told(is_imported=True, accepted=[2, 3], already_there=[4], read=seen(","))
    found = await desk.client.get("/v1/invitations?sort=created_at", headers=desk.who.headers)
    assert [(one["email"], one["role"], one["status"]) for one in found.json()["items"]] == [
        ("ada@example.org", "facilitator", "pending"),
        ("grace@example.org", "collaboration_member", "pending"),
    ]
    whole = await desk.held()
    again = await desk.report("people", table)
    assert again == told(already_there=[2, 3, 4], read=seen(","))
    assert await desk.held() == whole

    wrong = (
        "email,name,role,where\n"
        f"new@example.org,New,facilitator,{where}\n"
        f"nobody,Nobody,facilitator,{where}\n"
        f"a@example.org,A,administrator,{where}\n"
        f"b@example.org,B,king,{where}\n"
        "c@example.org,C,facilitator,NOWHERE-1\n"
        f"{desk.who.email},Cora,facilitator,{where}\n"
        f"NEW@example.org,Newer,Facilitator,{where}\n"
    )
    report = await desk.report("people", wrong)
    roles = (
        "administrator, programme manager, coordinator, facilitator, reviewer, adviser, finance "
        "approver, payment releaser, funder, collaboration lead, collaboration member, observer, "
        "auditor"
    )
    nowhere = "“NOWHERE-1” is no programme, cohort or collaboration that you may see."
    twice = "Line 8 is about the same person as line 2, in the same role at the same place"
    assert [
        (one["line"], one["column"], one["code"], one["detail"]) for one in report["faults"]
    ] == [
        (
            3,
            "email",
            "email_malformed",
            "“nobody” is no e-mail address. An email address must have an @-sign.",
        ),
        (4, "role", "role_not_for_scope", ANY),
        (5, "role", "role_unknown", f"“king” is no role. Write one of: {roles}."),
        (
            6,
            "where",
            "scope_unknown",
            f"{nowhere} Write its reference, such as MS01.",
        ),
        (7, "email", "own_role", ANY),
        (
            8,
            None,
            "line_repeated",
            f"{twice}: keep one of the two.",
        ),
    ]
    assert (report["accepted"], report["is_imported"]) == ([], False)
    assert await desk.held() == whole


async def test_who_may_import_what(desk: Desk, network: Network) -> None:
    file_id = await Uploader(desk.client, desk.who).upload(
        TABLE.encode(), name="table.csv", media_type="text/csv"
    )
    body = {"file_id": str(file_id)}
    stranger = await network.people.person("Sam Stranger")
    observer = await network.people.person("Olga Observer", Role.OBSERVER)
    for noun, permission in (
        ("organisations", "organisation.create"),
        ("people", "invitation.create"),
    ):
        path = f"/v1/imports/{noun}"
        assert refused(await desk.client.post(path, json=body), "unauthenticated", 401)
        for other in (stranger, observer):
            answer = await desk.client.post(path, json=body, headers=other.headers)
            assert refused(answer, "not_allowed", 403, permission=permission)
        lead = (await network.team(len(noun))).lead
        unseen = await desk.client.post(path, json=body, headers=lead.headers)
        assert refused(unseen, "file_not_found", 404)
        bare = await desk.client.post(path, json={}, headers=desk.who.headers)
        assert [one["pointer"] for one in bare.json()["errors"]] == ["/file_id"]
    large = await Uploader(desk.client, desk.who).upload(
        b"name,kind\n" + b" " * MOST_BYTES, name="table.csv", media_type="text/csv"
    )
    answer = await desk.client.post(
        "/v1/imports/people", json={"file_id": str(large)}, headers=desk.who.headers
    )
    assert refused(answer, "spreadsheet_too_large", 422, limit=MOST_BYTES)


async def test_the_first_lead_is_invited_where_its_first_place_is_offered(
    desk: Desk, network: Network
) -> None:
    """Its dossier is closed to whoever offered it a place; its membership is known to them."""
    cohort = await network.cohort("recruiting")
    elsewhere = await network.people.person("Over All", Role.PROGRAMME_MANAGER)
    unled = await collaboration(network.client, elsewhere, "Unled", reference="DC-UNLED")
    place = {"collaboration_id": unled["id"]}
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/memberships", place)
    table = "email,name,role,where\nlea@example.org,Lea,collaboration_lead,DC-UNLED\n"

    assert await desk.report("people", table) == told(
        is_imported=True, accepted=[2], read=seen(",")
    )
