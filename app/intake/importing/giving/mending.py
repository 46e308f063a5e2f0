"""What is made of a grant as funders publish it: mended where what is meant is plain, with a remark
for each thing that was changed; refused where the standard asks for what is not there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from pydantic import ValidationError

from app.intake.importing.reading import is_storable, shortened
from app.intake.importing.report import Remark
from app.kernel.schemas import CURRENCIES, SAFE_INTEGER
from app.publishing.giving.external_grants.service import ToldGrant, ToldOrganisation
from app.publishing.giving.standard.findings import Numbered
from app.publishing.giving.standard.shapes import AwardedGrant, day_of

NOUN: Final = "external_grant"

_LONGEST_ID: Final = 200
_LONGEST_TITLE: Final = 500
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_OPEN_CALLS: Final = {"y": "Yes", "yes": "Yes", "true": "Yes", "n": "No", "no": "No", "false": "No"}
_AMOUNTS: Final = ("amountAwarded", "amountAppliedFor", "amountDisbursed")
_DATES: Final = ("plannedDates", "actualDates")
_CONTACTS: Final = ("contactName", "telephone", "email", "streetAddress")
_BODIES: Final = ("recipientOrganization", "fundingOrganization")
_NEEDED: Final = frozenset(
    {"", "recipientOrganization", "recipientIndividual"}
    | {kept.alias or name for name, kept in AwardedGrant.model_fields.items() if kept.is_required()}
)
"""What a grant is refused for the want of: the empty name is that of the whole."""


class GrantRefused(Exception):
    """Nothing can be made of a grant, for these reasons."""

    def __init__(self, reasons: Sequence[Remark]) -> None:
        super().__init__()
        self.reasons = reasons


@dataclass
class Mending:
    """A grant that is mended, and what was said of it so far."""

    identifier: str
    title: str | None
    raw: dict[str, Any]
    remarks: list[Remark] = field(default_factory=list[Remark])

    def say(self, code: str, detail: str) -> None:
        self.remarks.append(self.remark(code, detail))

    def remark(self, code: str, detail: str) -> Remark:
        return Remark(NOUN, self.identifier, code, detail, self.title)


def mended(grant: Numbered) -> tuple[ToldGrant, Sequence[Remark]]:
    """The grant as it is kept, with what was changed. Raises GrantRefused."""
    raw = grant.raw
    if not isinstance(raw, dict) or not is_storable(raw):
        detail = "It is no object, or holds NUL or half a character, which no text has."
        raise GrantRefused([Remark(NOUN, grant.path, "record_malformed", detail)])
    said = raw.get("id")
    name = shortened(said, _LONGEST_ID) if isinstance(said, str) else ""
    title = raw.get("title")
    called = shortened(title, _LONGEST_ID) if isinstance(title, str) else None
    work = Mending(name or grant.path, called or None, deepcopy(raw))
    for mend in (_trim, _open_call, _amounts, _days, _description, _contacts, _unsound):
        mend(work)
    return _told(work), work.remarks


def _trim(work: Mending) -> None:
    """Take blanks and line breaks from around identifiers."""
    for place, holder in _holders(work.raw):
        said = holder.get("id")
        if isinstance(said, str) and said != (kept := " ".join(said.split())):
            holder["id"] = kept
            work.say("identifier_mended", f"{place}/id has blanks or line breaks around it.")


def _holders(raw: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The grant and its organisations."""
    yield "", raw
    for name in _BODIES:
        several = raw.get(name)
        for at, one in enumerate(_list(several)):
            if isinstance(one, dict):
                yield f"/{name}/{at}", one


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _open_call(work: Mending) -> None:
    said = work.raw.get("fromOpenCall")
    word = str(said).strip().casefold()
    if said is not None and said not in ("Yes", "No") and word in _OPEN_CALLS:
        work.raw["fromOpenCall"] = _OPEN_CALLS[word]
        work.say("open_call_mended", f"fromOpenCall says {_OPEN_CALLS[word]} in another word.")


def _amounts(work: Mending) -> None:
    for name in _AMOUNTS:
        said = work.raw.get(name)
        if isinstance(said, str):
            try:
                amount = Decimal(re.sub(r"[\s,£$€]", "", said))
            except InvalidOperation:
                continue
            if amount.is_finite():
                work.raw[name] = amount
                work.say("amount_mended", f"{name} is a text, of which the number was kept.")
    if work.raw.get("amountAwarded") == 0:
        work.say("amount_zero", "Nought was awarded: a mistake, or part of another grant.")


def _days(work: Mending) -> None:
    holders: list[tuple[str, Any, str]] = [("", work.raw, "awardDate")]
    for name in _DATES:
        several = work.raw.get(name)
        for at, one in enumerate(_list(several)):
            holders += [(f"{name}/{at}/", one, each) for each in ("startDate", "endDate")]
    for place, holder, name in holders:
        said = holder.get(name) if isinstance(holder, dict) else None
        if isinstance(said, str) and (found := _SLASHED.fullmatch(said.strip())):
            day, month, year = (int(part) for part in found.groups())
            if (kept := _calendar(year, month, day)) is not None:
                holder[name] = kept
                work.say("date_mended", f"{place}{name} was read as day, month, year.")
    starts, awarded = _first(work.raw, "startDate"), _as_day(work.raw.get("awardDate"))
    if starts and awarded and starts < awarded:
        work.say("start_before_award", "It starts before it was awarded; both days stay.")


def _calendar(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _description(work: Mending) -> None:
    title = work.raw.get("title")
    if not work.raw.get("description") and isinstance(title, str) and title:
        work.raw["description"] = title
        work.say("description_missing", "It has no description: its title stands for it.")


def _contacts(work: Mending) -> None:
    """What tells of people and no organisation is not kept."""
    for place, holder in _holders(work.raw):
        for name in _CONTACTS:
            if place and name in holder:
                del holder[name]
                work.say("contact_left_out", f"{place}/{name} is not kept.")


def _unsound(work: Mending) -> None:
    """Leave out what the standard does not allow and does not ask for. Raises GrantRefused."""
    reasons: list[Remark] = []
    while True:
        try:
            AwardedGrant.model_validate(work.raw)
        except ValidationError as fault:
            found = fault.errors(include_input=False, include_url=False)
        else:
            return
        for one in found:
            first = str(one["loc"][0]) if one["loc"] else ""
            if first in _NEEDED:
                where = ".".join(map(str, one["loc"])) or "The grant"
                code = _CODES.get(one["type"], "field_malformed")
                reasons.append(work.remark(code, f"{where}: {one['msg']}."))
            elif first in work.raw:
                del work.raw[first]
                work.say("field_left_out", f"{first} is left out: {one['msg']}.")
        if reasons:
            raise GrantRefused(reasons)


_CODES: Final = {"missing": "field_missing", "recipient_kinds": "recipient_missing"}


def _told(work: Mending) -> ToldGrant:
    """What is kept of a sound grant. Raises GrantRefused."""
    raw, reasons = work.raw, list[Remark]()
    currency = raw["currency"]
    amounts: dict[str, int | None] = dict.fromkeys(_AMOUNTS)
    if currency not in CURRENCIES:
        reasons.append(work.remark("currency_unknown", "The currency is not one of today's."))
    else:
        for name in _AMOUNTS:
            if name in raw:
                amounts[name] = _minor(raw[name], currency)
                if amounts[name] is None:
                    detail = f"{name} is negative, too large, or of less than a minor unit."
                    reasons.append(work.remark("amount_unusable", detail))
    awarded_on = _as_day(raw["awardDate"])
    if awarded_on is None:
        reasons.append(work.remark("date_impossible", "There is no day such as awardDate."))
    if not raw["id"] or not raw["title"] or len(raw["id"]) > _LONGEST_ID:
        reasons.append(work.remark("field_malformed", "Its identifier or its title is unusable."))
    if reasons or awarded_on is None or amounts["amountAwarded"] is None:
        raise GrantRefused(reasons)
    recipients = raw.get("recipientOrganization")
    programme = next(iter(raw.get("grantProgramme", ())), {}).get("title")
    return ToldGrant(
        identifier=raw["id"],
        title=shortened(raw["title"], _LONGEST_TITLE),
        description=raw["description"],
        currency=currency,
        awarded_minor=amounts["amountAwarded"],
        applied_for_minor=amounts["amountAppliedFor"],
        disbursed_minor=amounts["amountDisbursed"],
        awarded_on=awarded_on,
        starts_on=_first(raw, "startDate"),
        ends_on=_first(raw, "endDate"),
        programme_title=programme,
        is_from_open_call={"Yes": True, "No": False}.get(raw.get("fromOpenCall", "")),
        funder=_organisation(raw["fundingOrganization"][0]),
        recipient=_organisation(recipients[0]) if recipients else None,
        record=raw,
    )


def _minor(amount: int | Decimal, currency: str) -> int | None:
    """An amount in minor units, exactly; None where it is none that can be kept."""
    minor = Decimal(amount).scaleb(CURRENCIES[currency])
    if minor != minor.to_integral_value() or not 0 <= minor <= SAFE_INTEGER:
        return None
    return int(minor)


def _organisation(raw: Mapping[str, Any]) -> ToldOrganisation:
    return ToldOrganisation(
        org_id=raw["id"],
        name=raw["name"],
        charity_number=raw.get("charityNumber"),
        company_number=raw.get("companyNumber"),
        city=raw.get("addressLocality"),
        postal_code=raw.get("postalCode"),
    )


def _first(raw: Mapping[str, Any], name: str) -> date | None:
    """The day of this name among the first of the planned dates."""
    several = raw.get("plannedDates")
    first = several[0] if isinstance(several, list) and several else None
    return _as_day(first.get(name)) if isinstance(first, Mapping) else None


def _as_day(said: Any) -> date | None:
    return day_of(said) if isinstance(said, str) else None
