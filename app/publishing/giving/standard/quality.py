"""The checks of quality: what is likely wrong with a grant, and what would make it more useful.

They follow the data quality tool of 360Giving, and are written from what it says it looks for.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from app.people.organisations.identifiers import FORMS, INTERNATIONAL
from app.publishing.giving.standard.codelists import (
    BRITISH_REGISTERS,
    COUNTRY_CODES,
    GEO_CODE_TYPES,
    LOCATION_SCOPES,
    PURPOSES,
    REASONS,
    REGRANT_TYPES,
)
from app.publishing.giving.standard.findings import FindingKind, Found, Looked, below, check
from app.publishing.giving.standard.shapes import day_of

ACCURACY: Final = FindingKind.ACCURACY
USEFULNESS: Final = FindingKind.USEFULNESS

LONGEST_TITLE: Final = 140

_YEAR: Final = timedelta(days=365.25)
_PLANNED_AHEAD, _HELD_AHEAD, _PAST = 12 * _YEAR, 5 * _YEAR, 25 * _YEAR

_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_ORG_ID: Final = re.compile(r"([A-Z]{2})-[A-Z0-9_]+", re.ASCII)
_CHARITY: Final = re.compile(r"(GB-CHC-)?\d{6,7}(-\d{1,2})?|SC\d{6}|(NIC?)?\d{6}", re.ASCII)
_COMPANY: Final = re.compile(FORMS["GB-COH"][0], re.ASCII)
_BREAK: Final = re.compile(r"[\r\n\u2028\u2029]")

_DATES: Final = (
    ("awardDate",),
    ("plannedDates", "startDate"),
    ("plannedDates", "endDate"),
    ("actualDates", "startDate"),
    ("actualDates", "endDate"),
    ("commitmentTransaction", "transactionDate"),
    ("disbursementTransaction", "transactionDate"),
)
_TEXTS: Final = (
    ("title",),
    ("description",),
    ("recipientOrganization", "name"),
    ("recipientOrganization", "description"),
    ("fundingOrganization", "name"),
    ("grantProgramme", "description"),
)
_ORG_IDS: Final = (("recipientOrganization", "id"), ("fundingOrganization", "id"))
_CODES: Final = (
    (("locationScope",), LOCATION_SCOPES),
    (("regrantType",), REGRANT_TYPES),
    (("toIndividualsDetails", "primaryGrantReason"), REASONS),
    (("toIndividualsDetails", "secondaryGrantReason"), REASONS),
    (("toIndividualsDetails", "grantPurpose"), PURPOSES),
    (("beneficiaryLocation", "geoCodeType"), GEO_CODE_TYPES),
    (("recipientOrganization", "location", "geoCodeType"), GEO_CODE_TYPES),
)


def holds_email(text: str) -> bool:
    """Whether a text holds what looks like an e-mail address, in whichever form of its letters."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _EMAIL.search(plain) is not None


def is_register_known(org_id: str) -> bool:
    """Whether the register of an organisation's identifier is one of org-id.guide, as far as we
    know its registers: all of the United Kingdom, of others their country."""
    found = _ORG_ID.match(org_id)
    if found is None:
        return False
    if found[1] == "GB":
        return found[0] in BRITISH_REGISTERS
    return found[1] in COUNTRY_CODES or found[1] in INTERNATIONAL


# ---------------------------------------------------------------------- what is likely wrong


@check(ACCURACY, "amount_zero")
def _amount_zero(grant: Looked) -> Found:
    if grant.raw.get("amountAwarded") == 0 and not isinstance(grant.raw["amountAwarded"], bool):
        yield "/amountAwarded", "A grant of nought is a mistake, or part of another grant."


@check(ACCURACY, "amount_negative")
def _amount_negative(grant: Looked) -> Found:
    for name in ("amountAwarded", "amountAppliedFor"):
        value = grant.raw.get(name)
        if not isinstance(value, str) and value is not None and _is_below_nought(value):
            yield f"/{name}", "An amount is not less than nought."


def _is_below_nought(value: object) -> bool:
    try:
        return value < 0  # pyright: ignore[reportOperatorIssue]
    except TypeError:
        return False


@check(ACCURACY, "identifier_doubled")
def _identifier_doubled(grant: Looked) -> Found:
    for path, said in grant.texts("id"):
        if said in grant.whole.ids:
            yield path, "Another grant of the package has the same identifier."
        grant.whole.ids.add(said)


@check(ACCURACY, "identifier_broken")
def _identifier_broken(grant: Looked) -> Found:
    for names in (("id",), *_ORG_IDS, ("recipientIndividual", "id")):
        for path, said in grant.texts(*names):
            if _BREAK.search(said):
                yield path, "There is a line break in it."


@check(ACCURACY, "register_unknown")
def _register_unknown(grant: Looked) -> Found:
    for names in _ORG_IDS:
        for path, said in grant.texts(*names):
            if not said.startswith("360G-") and not is_register_known(said):
                yield path, "It does not begin with a register of org-id.guide, such as GB-CHC."


@check(ACCURACY, "charity_number_malformed")
def _charity_number_malformed(grant: Looked) -> Found:
    for path, said in grant.texts("recipientOrganization", "charityNumber"):
        if not _CHARITY.fullmatch(said.strip()):
            yield path, "No charity in the United Kingdom has a number such as this."


@check(ACCURACY, "company_number_malformed")
def _company_number_malformed(grant: Looked) -> Found:
    for path, said in grant.texts("recipientOrganization", "companyNumber"):
        if not _COMPANY.fullmatch(said.strip()):
            yield path, "A company's number has eight characters, such as 09506232 or SC123456."


@check(ACCURACY, "funders_several")
def _funders_several(grant: Looked) -> Found:
    if len(list(grant.objects("fundingOrganization"))) > 1:
        yield "/fundingOrganization", "A grant has one funder: the others are told elsewhere."


@check(ACCURACY, "funder_renamed")
def _funder_renamed(grant: Looked) -> Found:
    """One funder under two names, or two under one."""
    for path, funder in grant.objects("fundingOrganization"):
        org_id, name = funder.get("id"), funder.get("name")
        if not isinstance(org_id, str) or not isinstance(name, str):
            continue
        if grant.whole.names_of_funders.setdefault(org_id, name) != name:
            yield f"{path}/name", "The same funder has another name in this package."
        elif grant.whole.funders_of_names.setdefault(name, org_id) != org_id:
            yield f"{path}/id", "A funder of the same name has another identifier in this package."


@check(ACCURACY, "funder_is_recipient")
def _funder_is_recipient(grant: Looked) -> Found:
    funders = {said for _, said in grant.texts("fundingOrganization", "id")}
    for path, said in grant.texts("recipientOrganization", "id"):
        if said in funders:
            yield path, "It is the funder itself."


@check(ACCURACY, "email_in_text")
def _email_in_text(grant: Looked) -> Found:
    for names in _TEXTS:
        for path, said in grant.texts(*names):
            if holds_email(said):
                yield path, "It holds what looks like an e-mail address."


@check(ACCURACY, "date_impossible")
def _date_impossible(grant: Looked) -> Found:
    for names in _DATES:
        for path, said in grant.texts(*names):
            if len(said) >= len("2026-02-30") and day_of(said) is None:
                yield path, "There is no such day."


@check(ACCURACY, "start_after_end")
def _start_after_end(grant: Looked) -> Found:
    for name in ("plannedDates", "actualDates"):
        for path, dates in grant.objects(name):
            starts, ends = (_day(dates.get(one)) for one in ("startDate", "endDate"))
            if starts and ends and starts > ends:
                yield f"{path}/endDate", "It ends before it starts."


@check(ACCURACY, "start_before_award")
def _start_before_award(grant: Looked) -> Found:
    awarded = _day(grant.raw.get("awardDate"))
    for path, said in grant.texts("plannedDates", "startDate"):
        if awarded and (day := _day(said)) and day < awarded:
            yield path, "It starts before it was awarded."


@check(ACCURACY, "award_in_future")
def _award_in_future(grant: Looked) -> Found:
    for path, said in grant.texts("awardDate"):
        if (day := _day(said)) and day > grant.on:
            yield path, "It has not come yet."


@check(ACCURACY, "date_far_ahead")
def _date_far_ahead(grant: Looked) -> Found:
    for names in _DATES[1:]:
        ahead = _PLANNED_AHEAD if names[0] == "plannedDates" else _HELD_AHEAD
        for path, said in grant.texts(*names):
            if (day := _day(said)) and day > grant.on + ahead:
                yield path, f"It is more than {ahead // _YEAR} years ahead."


@check(ACCURACY, "date_long_past")
def _date_long_past(grant: Looked) -> Found:
    for names in _DATES:
        for path, said in grant.texts(*names):
            if (day := _day(said)) and day < grant.on - _PAST:
                yield path, f"It is more than {_PAST // _YEAR} years past."


@check(ACCURACY, "code_unknown")
def _code_unknown(grant: Looked) -> Found:
    for names, codes in _CODES:
        yield from _outside(grant, names, codes)


def _outside(grant: Looked, names: Collection[str], codes: Collection[str]) -> Found:
    for path, said in grant.texts(*names):
        if said not in codes:
            yield path, "It is not a code of the closed list of the standard."


# ---------------------------------------------------------------------- what would help


@check(USEFULNESS, "recipient_number_missing")
def _recipient_number_missing(grant: Looked) -> Found:
    for path, recipient in grant.objects("recipientOrganization"):
        if not recipient.get("charityNumber") and not recipient.get("companyNumber"):
            yield path, "It has neither the number of a charity nor that of a company."


@check(USEFULNESS, "recipient_known_to_funder_alone")
def _recipient_known_to_funder_alone(grant: Looked) -> Found:
    for path, said in grant.texts("recipientOrganization", "id"):
        if said.startswith("360G-"):
            yield path, "Nobody else knows this identifier: use one of a public register."


@check(USEFULNESS, "recipient_place_missing")
def _recipient_place_missing(grant: Looked) -> Found:
    for path, recipient in grant.objects("recipientOrganization"):
        places = list(below(recipient, "location", "geoCode"))
        if not recipient.get("postalCode") and not places:
            yield path, "It has neither a postal code nor the code of an area."


@check(USEFULNESS, "beneficiaries_place_missing")
def _beneficiaries_place_missing(grant: Looked) -> Found:
    if not any(True for _ in grant.objects("beneficiaryLocation")):
        yield "/beneficiaryLocation", "It does not say where those who benefit are."


@check(USEFULNESS, "beneficiaries_place_uncoded")
def _beneficiaries_place_uncoded(grant: Looked) -> Found:
    for path, place in grant.objects("beneficiaryLocation"):
        wanted = ("name", "countryCode", "geoCode", "geoCodeType")
        if lacks := [name for name in wanted if not place.get(name)]:
            yield path, f"It lacks {', '.join(lacks)}."


@check(USEFULNESS, "programme_missing")
def _programme_missing(grant: Looked) -> Found:
    if not grant.has("grantProgramme", "title") and not grant.has("grantProgramme", "code"):
        yield "/grantProgramme", "It does not say of which programme it is."


@check(USEFULNESS, "dates_missing")
def _dates_missing(grant: Looked) -> Found:
    for _, dates in grant.objects("plannedDates"):
        if dates.get("startDate") and (dates.get("endDate") or dates.get("duration")):
            return
    yield "/plannedDates", "It does not say from when until when it lasts."


@check(USEFULNESS, "modification_missing")
def _modification_missing(grant: Looked) -> Found:
    if not grant.has("dateModified"):
        yield "/dateModified", "It does not say when it was changed last."


@check(USEFULNESS, "source_missing")
def _source_missing(grant: Looked) -> Found:
    if not grant.has("dataSource"):
        yield "/dataSource", "It does not say where it was published."


@check(USEFULNESS, "title_is_description")
def _title_is_description(grant: Looked) -> Found:
    title = grant.raw.get("title")
    if isinstance(title, str) and title and title == grant.raw.get("description"):
        yield "/description", "It says no more than the title."


@check(USEFULNESS, "title_long")
def _title_long(grant: Looked) -> Found:
    for path, said in grant.texts("title"):
        if len(said) > LONGEST_TITLE:
            yield path, f"It has more than {LONGEST_TITLE} characters."


def _day(said: object) -> date | None:
    return day_of(said) if isinstance(said, str) else None
