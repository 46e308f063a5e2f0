"""A grant of ours as the standard tells it: these fields and no other.

What is not named here is told nobody: the fields are an allow-list, and no row is passed on whole.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from app.publishing.giving.feeds.movements import Movement, major, told_of, transactions

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class Known:
    """An organisation by its name, and by its numbers in public registers."""

    id: str
    name: str
    org_ids: Sequence[str]
    country: str | None
    website: str | None


@dataclass(frozen=True)
class PublishedGrant:
    """All that a published grant is told of."""

    identifier: str
    title: str
    summary: str
    currency: str
    starts_on: date
    ends_on: date
    recipient: Known
    funder: Known
    programme_code: str
    programme_title: str
    country: str | None
    changed_at: datetime
    movements: Sequence[Movement]


def told(grant: PublishedGrant, prefix: str, source: str) -> dict[str, Any] | None:
    """The grant as an object of the standard; None where nothing was ever put aside for it."""
    money = told_of(grant.movements)
    if money is None:
        return None
    currency, at = grant.currency, grant.identifier
    return without_none(
        {
            "id": at,
            "title": grant.title,
            "description": grant.summary,
            "currency": currency,
            "amountAwarded": major(money.awarded_minor, currency),
            "amountDisbursed": major(money.paid_minor, currency),
            "awardDate": money.awarded_on.isoformat(),
            "plannedDates": [
                {"startDate": grant.starts_on.isoformat(), "endDate": grant.ends_on.isoformat()}
            ],
            "recipientOrganization": [organisation(grant.recipient, prefix)],
            "fundingOrganization": [organisation(grant.funder, prefix)],
            "grantProgramme": [{"code": grant.programme_code, "title": grant.programme_title}],
            "beneficiaryLocation": [{"countryCode": grant.country}] if grant.country else None,
            "commitmentTransaction": transactions(money.promises, currency, "promised", at) or None,
            "disbursementTransaction": transactions(money.payments, currency, "paid", at) or None,
            "dateModified": instant(grant.changed_at),
            "dataSource": source,
        }
    )


_NUMBERS: Final = {
    "GB-CHC": "charityNumber",
    "GB-SC": "charityNumber",
    "GB-NIC": "charityNumber",
    "GB-COH": "companyNumber",
}
"""What a number is called that a register of the United Kingdom gave."""


def organisation(known: Known, prefix: str) -> dict[str, Any]:
    """An organisation by its number in the first register that knows it, else by one of ours."""
    numbers: dict[str, str] = {}
    for org_id in known.org_ids:
        register, number = "-".join(org_id.split("-", 2)[:2]), org_id.split("-", 2)[2]
        if name := _NUMBERS.get(register):
            numbers.setdefault(name, number)
    return without_none(
        {
            "id": known.org_ids[0] if known.org_ids else f"360G-{prefix}-org-{known.id}",
            "name": known.name,
            **numbers,
            "addressCountry": known.country,
            "url": known.website,
        }
    )


def head_of(
    name: str, publisher: Known, prefix: str, source: str, changed_at: datetime
) -> dict[str, Any]:
    """A package but for its grants."""
    by = organisation(publisher, prefix)
    return {
        "version": "1.4",
        "title": name,
        "description": "What was awarded, to whom and for what, and what became of it. "
        "`amountAwarded` is what was committed in the end: less what was de-obligated, and not "
        "less what was recovered, which is a negative disbursement.",
        "issued": instant(changed_at)[:10],
        "modified": instant(changed_at),
        "identifier": source,
        "publisher": without_none(
            {"identifier": by["id"], "name": by["name"], "website": by.get("url")}
        ),
        "downloadURL": source,
        "license": LICENCE,
    }


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def without_none(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def as_json(value: Any) -> str:
    """JSON whose numbers are exact: amounts are decimals, and stay so."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        each = (f"{json.dumps(name)}:{as_json(one)}" for name, one in value.items())
        return "{" + ",".join(each) + "}"
    if isinstance(value, list):
        return "[" + ",".join(as_json(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


COLUMNS: Final[Mapping[str, Sequence[str | int]]] = {
    "Identifier": ("id",),
    "Title": ("title",),
    "Description": ("description",),
    "Currency": ("currency",),
    "Amount Awarded": ("amountAwarded",),
    "Amount Disbursed": ("amountDisbursed",),
    "Award Date": ("awardDate",),
    "Planned Dates:Start Date": ("plannedDates", 0, "startDate"),
    "Planned Dates:End Date": ("plannedDates", 0, "endDate"),
    "Recipient Org:Identifier": ("recipientOrganization", 0, "id"),
    "Recipient Org:Name": ("recipientOrganization", 0, "name"),
    "Recipient Org:Charity Number": ("recipientOrganization", 0, "charityNumber"),
    "Recipient Org:Company Number": ("recipientOrganization", 0, "companyNumber"),
    "Recipient Org:Country": ("recipientOrganization", 0, "addressCountry"),
    "Recipient Org:Web Address": ("recipientOrganization", 0, "url"),
    "Funding Org:Identifier": ("fundingOrganization", 0, "id"),
    "Funding Org:Name": ("fundingOrganization", 0, "name"),
    "Grant Programme:Code": ("grantProgramme", 0, "code"),
    "Grant Programme:Title": ("grantProgramme", 0, "title"),
    "Beneficiary Location:Country Code": ("beneficiaryLocation", 0, "countryCode"),
    "Last Modified": ("dateModified",),
    "Data Source": ("dataSource",),
}
"""The columns of the package as a spreadsheet, which has no place for transactions."""


def cells(grant: Mapping[str, Any], columns: Iterable[Sequence[str | int]]) -> list[Any]:
    """What stands at each of these places of a grant, None where nothing does."""
    return [_at(grant, steps) for steps in columns]


def _at(value: Any, steps: Sequence[str | int]) -> Any:
    for step in steps:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value
