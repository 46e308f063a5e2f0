"""What is asked of rounds and of results takes as many statements for many things as for one."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tests.counting import statements
from tests.learning.trust.askings import GOOD, Asking
from tests.learning.trust.resulting import Resulting
from tests.people.identity.people import Person

ONE = 1
"""From the token to the answer."""


async def taken(does: Callable[[], Awaitable[Any]]) -> int:
    with statements() as sent:
        await does()
    return len(sent)


async def test_reads_of_rounds_and_of_what_is_said_in_them(asking: Asking) -> None:
    facilitator = asking.facilitator
    counts: list[dict[str, int]] = []
    for number in range(3):
        made = await asking.round("open", title=f"Round {number}")
        about = await asking.assessment(made, asking.first)
        sheet = await asking.sheet(asking.first.lead, about)
        shown = {"question": "A", "statement": "So it is.", "collected_on": "2026-03-01"}
        path = f"/sheets/{sheet['id']}"
        shown = await asking.done(asking.first.lead, "POST", f"{path}/evidence", shown)
        await asking.sheet_moved(asking.first.lead, sheet, "submit")
        said = {"question": "A", "verdict": "supports"}
        said = await asking.done(facilitator, "POST", f"{path}/verifications", said)
        asked = f"/rounds/{made['id']}/respondents"
        [who, *_] = (await asking.done(facilitator, "GET", asked))["items"]
        paths = {
            "rounds": "/rounds",
            "of cohort": f"/cohorts/{asking.cohort['id']}/rounds",
            "round": f"/rounds/{made['id']}",
            "assessments": "/assessments",
            "of round": f"/rounds/{made['id']}/assessments",
            "assessment": f"/assessments/{about['id']}",
            "respondents": "/respondents",
            "asked": asked,
            "respondent": f"/respondents/{who['id']}",
            "sheets": "/sheets",
            "sheets of round": f"/rounds/{made['id']}/sheets",
            "sheet": f"/sheets/{sheet['id']}",
            "all evidence": "/sheet-evidence",
            "evidence": f"/sheet-evidence/{shown['id']}",
            "verifications": "/verifications",
            "verification": f"/verifications/{said['id']}",
        }
        counts.append({name: await read(asking, facilitator, path) for name, path in paths.items()})
    assert counts[0] == counts[2] == dict.fromkeys(counts[0], ONE)


async def read(who_asks: Asking | Resulting, who: Person, path: str) -> int:
    return await taken(lambda: who_asks.call(who, "GET", path))


async def test_verbs_of_rounds_and_sheets(asking: Asking) -> None:
    lead, counts = asking.first.lead, list[dict[str, int]]()
    for number in range(2):
        took: dict[str, int] = {}
        draft = await asking.round(title=f"Round {number}", perspectives=["self"])
        took["open"] = await taken(lambda of=draft: asking.moved(of, "open"))
        about = await asking.assessment(draft, asking.first)
        with statements() as sent:
            sheet = await asking.begun(lead, about)
        took["begin"] = len(sent)
        with statements() as sent:
            sheet = await asking.saved(lead, sheet, "A", points=[3])
        took["save"] = len(sent)
        took["submit"] = await taken(lambda of=sheet: asking.sheet_moved(lead, of, "submit"))
        counts.append(took)
    assert counts[0] == counts[1]
    assert all(counts[0][name] <= most for name, most in MOST.items()), counts[0]


async def test_verbs_of_evidence_and_verifications(asking: Asking) -> None:
    """As many the second time, with a sheet that answers more."""
    lead, facilitator = asking.first.lead, asking.facilitator
    counts: list[dict[str, int]] = []
    for number in range(2):
        took: dict[str, int] = {}
        made = await asking.round("open", title=f"Round {number}", perspectives=["self"])
        sheet = await asking.sheet(lead, await asking.assessment(made, asking.first))
        if number:
            sheet = await asking.saved(lead, sheet, "B", points=[1])
        path = f"/sheets/{sheet['id']}"
        body = {"question": "A", "statement": "So it is.", "collected_on": "2026-03-01"}
        with statements() as sent:
            shown = await asking.done(lead, "POST", f"{path}/evidence", body)
        took["show"] = len(sent)
        back = f"/sheet-evidence/{shown['id']}/withdraw"
        took["take back"] = await taken(lambda at=back: asking.done(lead, "POST", at))
        await asking.sheet_moved(lead, sheet, "submit")
        said = {"question": "A", "verdict": "supports"}
        with statements() as sent:
            given = await asking.done(facilitator, "POST", f"{path}/verifications", said)
        took["give"] = len(sent)
        back, why = f"/verifications/{given['id']}/withdraw", {"reason": "It was another."}
        took["withdraw"] = await taken(
            lambda at=back, why=why: asking.done(facilitator, "POST", at, why)
        )
        counts.append(took)
    assert counts[0] == counts[1]
    assert all(counts[0][name] <= most for name, most in PROVING.items()), counts[0]


PROVING = {"show": 12, "take back": 11, "give": 14, "withdraw": 12}
MOST = {"open": 15, "begin": 12, "save": 11, "submit": 11}


async def test_whoever_answers_last_takes_no_more_than_the_first(asking: Asking) -> None:
    made = await asking.round("open", confidentiality="anonymous", perspectives=["self"])
    counts: list[int] = []
    for team in (asking.first, asking.second):
        about = await asking.assessment(made, team)
        counts += [
            await taken(lambda by=who, of=about: asking.sent(by, of, GOOD))
            for who in (team.lead, team.member)
        ]
    assert len(counts) == 4
    assert set(counts) == {counts[0]}
    assert counts[0] <= 10


async def test_reads_of_results(resulting: Resulting, db: AsyncSession) -> None:
    counts: list[dict[str, int]] = []
    for _ in range(2):
        found = await resulting.out(db)
        profile = f"/result-sets/{found['id']}/profiles/{resulting.members[0]['id']}"
        paths = {
            "result sets": "/result-sets",
            "result set": f"/result-sets/{found['id']}",
            "results": "/results",
            "networks": f"/result-sets/{found['id']}/networks",
            "profile": profile,
            "page": f"{profile}/report",
            "disclosures": "/disclosures",
            "targets": "/trust-targets",
        }
        counts.append(
            {
                name: await read(resulting, resulting.facilitator, path)
                for name, path in paths.items()
            }
        )
    assert counts[0] == counts[1]
    by_an_actor = {"profile": 2, "page": 2}
    assert counts[0] == dict.fromkeys(counts[0], ONE) | by_an_actor
