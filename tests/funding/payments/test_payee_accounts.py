"""Payee accounts over HTTP: proposed by the grantee, verified by a call, told by four digits."""

from typing import Any
from unittest.mock import ANY

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import MailMessage
from app.funding.payments.payee_accounts import access
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.kernel.db import Base, sealed_with
from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.bound import BoundDatabase
from tests.factories import organisation
from tests.funding.payments.paying import ANOTHER_IBAN, CALL, IBAN, Paying
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.lives import Life
from tests.people.erasures.test_erasures import where_named
from tests.people.identity.people import Person

LEAD = {Role.COLLABORATION_LEAD}
APPROVER = {Role.FINANCE_APPROVER}


def ref(person: Person) -> Json:
    return {"id": str(person.account_id), "reference": None, "name": person.name}


def shown(paying: Paying, **more: Any) -> Json:
    grant = paying.grant
    return {
        "id": ANY,
        "grant": {"id": grant["id"], "reference": grant["reference"], "name": grant["title"]},
        "collaboration": paying.funding.team.ref,
        "expense_claim": None,
        "organisation": {"id": paying.payee["id"], "reference": None, "name": "The River Trust"},
        "is_fiscal_host": True,
        "number": 1,
        "status": "proposed",
        "form": "iban",
        "country": "GB",
        "currency": "GBP",
        "holder_name": "The River Trust",
        "last_four": "5432",
        "contact_name": "Ida Cashier",
        "contact_email": "cash@rivers.example",
        "proposed_by": ref(paying.lead),
        "verified_by": None,
        "verified_at": None,
        "called_name": None,
        "called_at": None,
        "number_source": None,
        "usable_at": None,
        "endorsements": [],
        "available_actions": ANY,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


LIFE = Life(
    lifecycle=PAYEE_ACCOUNT,
    load=access.payee_account,
    leads_to={
        "proposed": {"verify": "verified", "reject": "rejected", "withdraw": "withdrawn"},
        "verified": {"revoke": "revoked"},
        "replaced": {},
        "revoked": {},
        "rejected": {},
        "withdrawn": {},
    },
    may={
        "verify": APPROVER,
        "reject": APPROVER,
        "withdraw": LEAD,
        "revoke": APPROVER | {Role.PAYMENT_RELEASER},
    },
    permission={
        "verify": "payee_account.verify",
        "reject": "payee_account.verify",
        "withdraw": "payee_account.propose",
        "revoke": "payee_account.revoke",
    },
    unseen=(
        "payee_account_not_found",
        {
            Role.FACILITATOR,
            Role.OBSERVER,
            Role.REVIEWER,
            Role.ADVISER,
            Role.FUNDER,
            Role.COLLABORATION_MEMBER,
        },
    ),
    endorsed=frozenset({"revoke"}),
    bodies={"verify": CALL, "reject": WHY, "revoke": WHY},
)


@pytest.mark.parametrize("status", LIFE.leads_to)
async def test_who_may_do_what(paying: Paying, database: BoundDatabase, status: str) -> None:
    await LIFE.tried(paying.funding, database, await paying.account(status))


async def test_it_is_proposed_verified_and_read(paying: Paying) -> None:
    proposed = await paying.account("proposed")
    path = f"/payee-accounts/{proposed['id']}"
    [waits] = (await paying.seen(paying.approver, "/me/work?kind=verify_payee_account"))["items"]
    verified = await paying.done(paying.approver, f"{path}/verify", CALL, if_match=1)

    assert proposed == shown(paying)
    assert waits["subject"]["id"] == proposed["id"]
    assert verified == shown(
        paying,
        status="verified",
        verified_by=ref(paying.approver),
        verified_at=START,
        usable_at=START,
        version=2,
        **CALL | {"called_at": "2026-03-02T08:30:00.000000Z"},
    )
    assert await paying.seen(paying.approver, path) == verified
    for address in ("/payee-accounts", f"/grants/{paying.grant['id']}/payee-accounts"):
        assert await paying.seen(paying.approver, address) == page(verified)
    by_payee = f"/payee-accounts?payee_id={paying.payee['id']}&status=rejected"
    assert await paying.seen(paying.approver, by_payee) == page()
    assert (await paying.seen(paying.approver, "/me/work?kind=verify_payee_account"))["items"] == []
    history = await paying.seen(paying.lead, f"{path}/history")
    assert [one["verb"] for one in history["items"]] == [
        "payee_account.proposed",
        "payee_account.verified",
    ]


async def test_another_takes_its_place(paying: Paying) -> None:
    first = await paying.account("verified")
    second = await paying.account("proposed", number=ANOTHER_IBAN, country="DE")
    still = await paying.seen(paying.lead, f"/payee-accounts/{first['id']}")
    path = f"/payee-accounts/{second['id']}/verify"
    second = await paying.done(paying.approver, path, CALL, if_match=1)
    items = (await paying.seen(paying.lead, "/payee-accounts?sort=created_at"))["items"]

    assert still == first | {"available_actions": []}
    assert [(one["number"], one["status"], one["last_four"]) for one in items] == [
        (1, "replaced", "5432"),
        (2, "verified", "3000"),
    ]
    assert second["status"] == "verified"


@pytest.mark.parametrize(
    ("said", "last_four"),
    [
        ({"form": "sort_code", "bank_code": "20-00-00", "number": "5577 9911"}, "9911"),
        (
            {"form": "ifsc", "country": "IN", "bank_code": "HDFC0001234", "number": "50100123456"},
            "3456",
        ),
        (
            {
                "form": "cnaps",
                "country": "CN",
                "bank_code": "102100099996",
                "number": "6222021001122",
            },
            "1122",
        ),
        (
            {
                "form": "routing_number",
                "country": "US",
                "bank_code": "021000021",
                "number": "987654",
            },
            "7654",
        ),
    ],
)
async def test_a_country_has_numbers_of_its_own(paying: Paying, said: Json, last_four: str) -> None:
    proposed = (await paying.proposes(**said)).json()
    whole = await paying.done(paying.releaser, f"/payee-accounts/{proposed['id']}/reveal")
    assert (proposed["form"], proposed["last_four"]) == (said["form"], last_four)
    assert whole["bank_code"] == said["bank_code"].replace("-", "")
    assert whole["account_number"] == said["number"].replace(" ", "")


@pytest.mark.parametrize(
    ("said", "at", "why"),
    [
        (
            {"number": "GB82WEST12345698765433"},
            "/number",
            "Is no IBAN, or one with a digit that is wrong",
        ),
        (
            {"number": ANOTHER_IBAN},
            "/number",
            "Is an IBAN of another country than the one that is named",
        ),
        (
            {"bank_code": "200000"},
            "/bank_code",
            "Is an IBAN, which holds its bank: leave bank_code out",
        ),
        ({"form": "sort_code", "number": "55779911"}, "/bank_code", "Has no bank_code of its form"),
        (
            {"form": "sort_code", "bank_code": "200000", "number": "5577991"},
            "/number",
            "Has no number of its form",
        ),
        (
            {"form": "ifsc", "bank_code": "HDFC0001234", "number": "50100123456"},
            "/country",
            "Is of IN, and not of the country that is named",
        ),
        (
            {
                "form": "routing_number",
                "country": "US",
                "bank_code": "021000022",
                "number": "987654",
            },
            "/bank_code",
            "Has no bank_code of its form",
        ),
    ],
)
async def test_what_is_no_account_is_refused(paying: Paying, said: Json, at: str, why: str) -> None:
    answer = await paying.proposes(**said)
    assert answer.status_code == 422
    assert [at, why] in [
        [one["pointer"], one["detail"].rstrip(".")] for one in answer.json()["errors"]
    ]
    assert str(said.get("number", IBAN)) not in answer.text


async def test_an_account_is_in_the_currency_of_its_grant(paying: Paying) -> None:
    answer = await paying.proposes(currency="EUR")
    fault = {
        "pointer": "/currency",
        "code": "account_in_another_currency",
        "detail": "The account is in EUR, the grant in GBP.",
    }
    assert refused(answer, "account_in_another_currency", 422, errors=[fault])


async def test_the_whole_number_is_shown_once_and_recorded(
    paying: Paying, database: BoundDatabase, db: AsyncSession
) -> None:
    account = await paying.account()
    path = f"/payee-accounts/{account['id']}"
    answer = await paying.call(paying.releaser, "POST", f"{path}/reveal")
    denied = await paying.call(paying.approver, "POST", f"{path}/reveal")
    history = await paying.seen(paying.funding.manager, f"{path}/history")

    assert answer.json() == {
        "id": account["id"],
        "form": "iban",
        "holder_name": "The River Trust",
        "bank_code": None,
        "account_number": IBAN,
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert refused(denied, "not_allowed", 403, permission="payee_account.reveal")
    assert history["items"][-1]["verb"] == "payee_account.revealed"
    assert history["items"][-1]["actor"]["name"] == "Rae Releaser"
    export = await paying.call(paying.releaser, "GET", "/payee-accounts/export")
    assert "5432" in export.text
    assert "12345698765432" not in export.text

    database.info["seal"] = sealed_with("another secret key than that one, long enough")
    sealed = await paying.call(paying.releaser, "POST", f"{path}/reveal")
    assert refused(sealed, "payee_account_sealed", 503)


async def test_the_number_lies_nowhere_in_the_database(paying: Paying, db: AsyncSession) -> None:
    """Nor in what was recorded, answered or mailed."""
    await paying.account()
    await paying.account("proposed", number=ANOTHER_IBAN, country="DE")
    assert await where_named(db, ["12345698765432", "0532013000"]) == set()
    assert "payee_accounts" in await where_named(db, ["cash@rivers.example"])
    await db.execute(update(PayeeAccount).values(contact_name=IBAN))
    assert await where_named(db, ["12345698765432"]) == {"payee_accounts"}


async def test_one_is_put_in_no_others_place(paying: Paying, db: AsyncSession) -> None:
    """What was sealed is bound to its row, and what an account says never changes."""
    first = await paying.account()
    second = await paying.account("proposed", number=ANOTHER_IBAN, country="DE")
    changes = [f"sealed = (SELECT sealed FROM payee_accounts WHERE id = '{first['id']}')"]
    changes += ["last_four = '0000'", "holder_name = 'Mallory'", "currency = 'USD'"]
    for change in changes:
        with pytest.raises(IntegrityError, match="is changed"):
            async with db.begin_nested():
                await db.execute(
                    text(f"UPDATE payee_accounts SET {change} WHERE id = '{second['id']}'")
                )
    with pytest.raises(IntegrityError, match="verified_by_another"):
        async with db.begin_nested():
            await db.execute(update(PayeeAccount).values(verified_by_id=paying.lead.account_id))


async def test_both_contacts_are_written_to(
    paying: Paying, database: BoundDatabase, db: AsyncSession
) -> None:
    await paying.account()
    database.info["has_mail"] = True
    another = {"contact_email": "new@rivers.example", "contact_name": "Nia New"}
    second = await paying.account("proposed", number=ANOTHER_IBAN, country="DE", **another)
    path = f"/payee-accounts/{second['id']}/verify"
    await paying.done(paying.approver, path, CALL, if_match=1)
    reference = paying.grant["reference"]
    proposed = f"A new bank account was proposed for the grant {reference}"
    verified = f"A new bank account was verified for the grant {reference}"
    letters = await db.execute(
        select(MailMessage.recipient, MailMessage.subject, MailMessage.text).order_by(
            MailMessage.id
        )
    )
    found = [tuple(one) for one in letters]
    assert [(to, subject) for to, subject, _ in found] == [
        ("cash@rivers.example", proposed),
        ("new@rivers.example", proposed),
        ("cash@rivers.example", verified),
        ("new@rivers.example", verified),
    ]
    for _, _, body in found:
        assert body is not None
        assert "ends in 3000" in body
        assert ANOTHER_IBAN not in body


async def test_whose_account_it_is(paying: Paying) -> None:
    stranger = await paying.proposes(is_fiscal_host=False)
    unknown = await paying.proposes(organisation_id=str(paying.lead.account_id))
    path = f"/collaborations/{paying.funding.team.id}/participants"
    joins = {"organisation_id": paying.payee["id"], "role": "steward", "since_on": "2026-02-01"}
    await paying.done(paying.funding.coordinator, path, joins)
    steward = await paying.proposes(is_fiscal_host=False)
    twice = await paying.proposes()

    assert stranger.json()["code"] == "payee_not_of_grantee"
    assert [one["pointer"] for one in stranger.json()["errors"]] == ["/organisation_id"]
    assert unknown.json()["code"] == "organisation_unknown"
    assert steward.json() == shown(paying, is_fiscal_host=False)
    assert refused(twice, "payee_account_proposed_already", 409)


async def test_what_is_refused(paying: Paying) -> None:
    account = await paying.account("proposed")
    path = f"/payee-accounts/{account['id']}"
    later = CALL | {"called_at": "2026-03-02T09:00:01Z"}
    early = await paying.call(paying.approver, "POST", f"{path}/verify", later, if_match=1)
    unread = await paying.call(paying.approver, "POST", f"{path}/verify", CALL)
    stale = await paying.call(paying.approver, "POST", f"{path}/verify", CALL, if_match=7)
    silent = await paying.call(paying.approver, "POST", f"{path}/reject", {})
    nobody = await paying.call(None, "GET", path)
    member = await paying.call(paying.funding.member, "GET", path)
    denied = await paying.proposes(paying.funding.coordinator)

    assert early.json()["code"] == "call_still_to_come"
    assert [one["pointer"] for one in early.json()["errors"]] == ["/called_at"]
    assert refused(unread, "precondition_required", 428)
    assert refused(stale, "precondition_failed", 412, version=1)
    assert silent.status_code == 422
    assert refused(nobody, "unauthenticated", 401)
    assert refused(member, "payee_account_not_found", 404)
    assert refused(denied, "not_allowed", 403, permission="payee_account.propose")


async def test_nothing_is_paid_of_what_is_closed(paying: Paying) -> None:
    funding = paying.funding
    first, second = await funding.milestones(paying.grant)
    await funding.make(funding.manager, first, "excuse", WHY)
    report = await funding.report("draft", second)
    await funding.make(funding.manager, report, "excuse", WHY)
    for move in ("begin-closing", "close"):
        await paying.done(funding.coordinator, f"/grants/{paying.grant['id']}/{move}", if_match="*")
    assert refused(await paying.proposes(), "grant_not_paid", 409)


async def test_nobody_verifies_what_is_their_own(paying: Paying) -> None:
    """Neither who proposed it, nor through a second role, a service, or a role laid down."""
    programme = paying.network.programme_id
    both = await paying.network.people.person(
        "Bo Both",
        (Role.FINANCE_APPROVER, programme),
        (Role.COLLABORATION_LEAD, paying.funding.team.id),
    )
    account = (await paying.proposes(both)).json()
    service = await paying.network.people.service("Robot", both, (Role.FINANCE_APPROVER, programme))
    path = f"/payee-accounts/{account['id']}"
    for headers in (await paying.network.headers(both), service.headers):
        answer = await paying.network.client.post(
            f"/v1{path}/verify", json=CALL, headers={**headers, "If-Match": '"1"'}
        )
        assert answer.status_code == 409, answer.text
        assert [(one["code"], one["kind"]) for one in answer.json()["unmet"]] == [
            ("conflict_of_interest", "act")
        ]
    explained = await paying.seen(both, f"{path}/actions")
    [verify] = [one for one in explained["actions"] if one["name"] == "verify"]
    assert not verify["possible"]
    work = await paying.seen(both, "/me/work?kind=verify_payee_account")
    assert work["items"] == []


async def test_a_contact_is_forgotten(
    paying: Paying, database: BoundDatabase, db: AsyncSession
) -> None:
    """The account stays, and who was called for it is known no more."""
    ida = await paying.network.people.person("Ida Cashier")
    account = await paying.account(contact_email=ida.email)
    administrators = [
        await paying.network.people.person(name, Role.ADMINISTRATOR)
        for name in ("Ada Erases", "Ben Erases")
    ]
    gone = f"/accounts/{ida.account_id}"
    await paying.done(administrators[0], f"{gone}/disable", WHY)
    for one in administrators:
        await paying.done(one, f"{gone}/erase", WHY, if_match="*")
    after = await paying.seen(paying.approver, f"/payee-accounts/{account['id']}")
    assert (after["contact_name"], after["contact_email"]) == ("Erased person", None)
    assert (after["called_name"], after["last_four"]) == (None, "5432")
    assert Base.metadata.tables["payee_accounts"].name in await where_named(db, ["River Trust"])
    assert "payee_accounts" not in await where_named(db, ["Ida Cashier"])
    await db.execute(delete(MailMessage))


async def test_two_revoke_an_account(
    paying: Paying, database: BoundDatabase, db: AsyncSession
) -> None:
    """What was approved of it is void, nothing goes there, and its contact is written to."""
    payment = await paying.payment("approved")
    database.info["has_mail"] = True
    [account] = (await paying.seen(paying.approver, "/payee-accounts"))["items"]
    path = f"/payee-accounts/{account['id']}/revoke"
    first = await paying.done(paying.approver, path, WHY, if_match=account["version"])
    again = await paying.call(paying.approver, "POST", path, WHY, if_match="*")
    kind = "endorse_payee_account_revocation"
    waiting = {
        who.name: (await paying.seen(who, f"/me/work?kind={kind}"))["items"]
        for who in (paying.releaser, paying.lead)
    }
    revoked = await paying.done(paying.releaser, path, WHY, if_match=account["version"])
    letters = (await db.scalars(select(MailMessage.subject))).all()

    assert (first["status"], len(first["endorsements"])) == ("verified", 1)
    assert refused(again, "second_person_required", 409)
    assert [len(waiting[who.name]) for who in (paying.releaser, paying.lead)] == [1, 0]
    assert (revoked["status"], revoked["available_actions"]) == ("revoked", [])
    reference = paying.grant["reference"]
    assert letters == [f"A bank account was revoked for the grant {reference}"]
    payment = await paying.seen(paying.approver, f"/payments/{payment['id']}")
    assert (payment["status"], payment["approved_by"]) == ("requested", None)
    asked = await paying.seen(paying.approver, "/me/work?kind=approve_payment")
    assert asked["items"] == []
    approve = f"/payments/{payment['id']}/approve"
    refusal = await paying.call(paying.approver, "POST", approve, if_match="*")
    assert [one["code"] for one in refusal.json()["unmet"]] == ["payee_account_revoked"]
    [named] = (await paying.seen(paying.lead, "/me/work?kind=propose_payee_account"))["items"]
    assert named["subject"]["id"] == paying.grant["id"]
    await paying.account(number=ANOTHER_IBAN, country="DE")
    approved = await paying.done(paying.approver, approve, if_match="*")
    assert approved["account_ending"] == ANOTHER_IBAN[-4:]


async def test_one_number_of_two_payees_is_shown_to_finance(paying: Paying) -> None:
    first = await paying.account()
    other = await organisation(paying.network.client, paying.funding.coordinator, "River Ltd")
    second = await paying.account("proposed", organisation_id=other["id"], number=spaced(IBAN))
    path = f"/payee-accounts/{second['id']}/alike"
    assert await paying.seen(paying.approver, path) == {
        "items": [
            {
                "id": first["id"],
                "grant": first["grant"],
                "expense_claim": None,
                "organisation": first["organisation"],
                "status": "verified",
                "holder_name": "The River Trust",
            }
        ]
    }
    denied = await paying.call(paying.lead, "GET", path)
    assert refused(denied, "not_allowed", 403, permission="payee_account.verify")
    nowhere = await paying.call(paying.funding.member, "GET", path)
    assert refused(nowhere, "payee_account_not_found", 404)
    await paying.done(paying.lead, f"/payee-accounts/{second['id']}/withdraw")
    own = await paying.account("proposed")
    alike = await paying.seen(paying.approver, f"/payee-accounts/{own['id']}/alike")
    assert [one["id"] for one in alike["items"]] == [second["id"]]


def spaced(number: str) -> str:
    """The same number, as people write it."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
