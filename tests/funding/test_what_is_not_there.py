"""What only a mistaken client is told: it names what is not there, or a day that cannot be."""

from unittest.mock import ANY

from app.people.identity.scopes import NETWORK_ID
from tests.answers import refused
from tests.grant_walks import Funding
from tests.journeys import Json

NOWHERE = NETWORK_ID
"""An id that none of these things has."""


async def report_of(funding: Funding, body: Json) -> Json:
    milestone = (await funding.milestones(await funding.grant("active")))[0]
    return await funding.done(
        funding.member, "POST", f"/milestones/{milestone['id']}/reports", body
    )


async def test_what_is_not_there(funding: Funding) -> None:
    report = await report_of(funding, {})
    answer = await funding.call(funding.lead, "GET", f"/reports/{report['id']}/answers/{NOWHERE}")
    extension = await funding.call(funding.lead, "GET", f"/milestone-extensions/{NOWHERE}")
    requirement = await funding.call(funding.coordinator, "GET", f"/requirements/{NOWHERE}")
    assert refused(answer, "criterion_not_found", 404)
    assert refused(extension, "extension_not_found", 404)
    assert refused(requirement, "requirement_not_found", 404)


async def test_a_period_ends_after_it_starts(funding: Funding) -> None:
    report = await report_of(funding, {"period_starts_on": "2026-03-01"})
    path = f"/reports/{report['id']}"
    before = {"period_ends_on": "2026-02-28"}
    answer = await funding.call(funding.member, "PATCH", path, before, if_match="*")
    assert refused(
        answer,
        "period_out_of_order",
        422,
        errors=[{"pointer": "/period_ends_on", "code": "period_out_of_order", "detail": ANY}],
    )


async def test_a_dispensation_counts_from_today_on(funding: Funding) -> None:
    grant = await funding.grant()
    body = {
        "account_id": str(funding.coordinator.account_id),
        "reason": "Nobody else is there.",
        "until_on": "2026-03-01",
    }
    answer = await funding.call(
        funding.manager, "POST", f"/grants/{grant['id']}/dispensations", body
    )
    where = {"pointer": "/until_on", "code": "dispensation_past"}
    errors = [where | {"detail": "Name a day from 2026-03-02 on."}]
    assert refused(answer, "dispensation_past", 422, errors=errors)
