"""The shapes of the standard: what a package, a grant and their parts hold.

What is not named here may stand there too. A field that is left out is MISSING, and null only where
the standard lets it be. Each has the title by which spreadsheets name it.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, Literal, Self, get_args, get_origin

from pydantic import (
    MISSING,
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from app.publishing.giving.standard.codelists import COUNTRY_CODES, CURRENCIES

VERSION: Final = "1.4"

_DAY: Final = re.compile(r"\d{4}-(0[1-9]|1[012])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_MONTH: Final = re.compile(r"\d{4}(-(0[1-9]|1[012]))?", re.ASCII)
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", re.ASCII)


def number(value: Any) -> int | Decimal:
    """A number of JSON. Raises PydanticCustomError for any other value."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    raise PydanticCustomError("not_a_number", "It has to be a number")


def _not_negative(value: int | Decimal) -> int | Decimal:
    if value < 0:
        raise PydanticCustomError("negative", "It has to be nought or more")
    return value


def _is_instant(value: str) -> bool:
    if not _INSTANT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True


def _day(value: str) -> str:
    if _DAY.fullmatch(value) or _is_instant(value):
        return value
    raise PydanticCustomError("not_a_date", "It has to be a date such as 2026-03-31")


def _about_day(value: str) -> str:
    return value if _MONTH.fullmatch(value) else _day(value)


def _instant(value: str) -> str:
    if _is_instant(value):
        return value
    raise PydanticCustomError("not_an_instant", "It has to be such as 2026-03-31T12:00:00Z")


def _uri(value: str) -> str:
    if _URI.fullmatch(value):
        return value
    raise PydanticCustomError("not_an_address", "It has to be a web address")


def _currency(value: str) -> str:
    if value in CURRENCIES:
        return value
    raise PydanticCustomError("currency_unknown", "It has to be a currency such as GBP")


def _country(value: str) -> str:
    if value in COUNTRY_CODES:
        return value
    raise PydanticCustomError("country_unknown", "It has to be a country such as GB")


Text = Annotated[str, StringConstraints(strict=True)]
Number = Annotated[Any, PlainValidator(number)]
Months = Annotated[Any, PlainValidator(number), AfterValidator(_not_negative)]
Day = Annotated[Text, AfterValidator(_day)]
AboutDay = Annotated[Text, AfterValidator(_about_day)]
"""A day, or only its month or its year."""
Moment = Annotated[Text, AfterValidator(_instant)]
Address = Annotated[Text, AfterValidator(_uri)]
Currency = Annotated[Text, AfterValidator(_currency)]
CountryCode = Annotated[Text, AfterValidator(_country)]


class Shape(BaseModel):
    """An object of the standard, whose names are written there in camel case."""

    model_config = ConfigDict(alias_generator=to_camel, extra="allow", strict=True)


class Transaction(Shape):
    id: Text | MISSING = MISSING
    transaction_date: Day | MISSING = MISSING
    currency: Currency | MISSING = MISSING
    value: Number | MISSING = MISSING
    value_date: Day | MISSING | None = MISSING
    description: Text | MISSING | None = MISSING
    provider: Text | MISSING | None = MISSING
    recipient: Text | MISSING | None = MISSING
    date_modified: Moment | MISSING = MISSING


class RelatedDocument(Shape):
    id: Text | MISSING = Field(MISSING, title="Identifier")
    title: Text | MISSING | None = Field(MISSING, title="Title")
    url: Address | MISSING | None = Field(MISSING, title="Web Address")
    description: Text | MISSING | None = Field(MISSING, title="Description")
    document_type: Text | MISSING | None = Field(MISSING, title="Document Type")
    date_modified: Moment | MISSING = Field(MISSING, title="Last Modified")


class Place(Shape):
    id: Text | MISSING = Field(MISSING, title="Identifier")
    name: Text | MISSING | None = Field(MISSING, title="Name")
    country_code: CountryCode | MISSING | None = Field(MISSING, title="Country Code")
    latitude: Number | MISSING | None = Field(MISSING, title="Latitude")
    longitude: Number | MISSING | None = Field(MISSING, title="Longitude")
    description: Text | MISSING | None = Field(MISSING, title="Description")
    geo_code: Text | MISSING | None = Field(MISSING, title="Geographic Code")
    geo_code_type: Text | MISSING | None = Field(MISSING, title="Geographic Code Type")
    date_modified: Moment | MISSING = Field(MISSING, title="Last Modified")


class Classification(Shape):
    vocabulary: Text | MISSING = Field(MISSING, title="Vocabulary")
    code: Text | MISSING = Field(MISSING, title="Code")
    title: Text | MISSING | None = Field(MISSING, title="Title")
    description: Text | MISSING | None = Field(MISSING, title="Description")
    url: Address | MISSING | None = Field(MISSING, title="URL")
    date_modified: Moment | MISSING = Field(MISSING, title="Last Modified")


class GrantProgramme(Shape):
    code: Text | MISSING = Field(MISSING, title="Code")
    title: Text | MISSING | None = Field(MISSING, title="Title")
    description: Text | MISSING | None = Field(MISSING, title="Description")
    url: Address | MISSING | None = Field(MISSING, title="URL")
    date_modified: Moment | MISSING = Field(MISSING, title="Last Modified")


class Recipient(Shape):
    """A person who was given a grant, under a name that tells nobody who it is."""

    id: Text = Field(title="Identifier")
    name: Text = Field(title="Name")


class Body(Shape):
    """An organisation that gives or receives."""

    id: Text = Field(title="Identifier")
    name: Text = Field(title="Name")
    department: Text | MISSING = Field(MISSING, title="Department")
    contact_name: Text | MISSING = Field(MISSING, title="Contact Name")
    charity_number: Text | MISSING = Field(MISSING, title="Charity Number")
    company_number: Text | MISSING = Field(MISSING, title="Company Number")
    street_address: Text | MISSING = Field(MISSING, title="Street Address")
    address_locality: Text | MISSING = Field(MISSING, title="City")
    address_region: Text | MISSING = Field(MISSING, title="County")
    address_country: Text | MISSING = Field(MISSING, title="Country")
    postal_code: Text | MISSING = Field(MISSING, title="Postal Code")
    telephone: Text | MISSING = Field(MISSING, title="Phone Number")
    alternate_name: Text | MISSING = Field(MISSING, title="Alternate Name")
    email: Text | MISSING = Field(MISSING, title="Email")
    description: Text | MISSING = Field(MISSING, title="Description")
    organisation_type: Text | MISSING | None = Field(MISSING, title="Organisation Type")
    url: Address | MISSING = Field(MISSING, title="Web Address")
    location: list[Place] | MISSING = Field(MISSING, title="Location")
    date_modified: Moment | MISSING = Field(MISSING, title="Last Modified")


class Dates(Shape):
    title: Text | MISSING = Field(MISSING, title="Title")
    start_date: AboutDay | MISSING = Field(MISSING, title="Start Date")
    end_date: AboutDay | MISSING = Field(MISSING, title="End Date")
    duration: Months | MISSING = Field(MISSING, title="Duration (months)")
    description: Text | MISSING = Field(MISSING, title="Description")
    date_modified: Moment | MISSING = Field(MISSING, title="Last Modified")


class ToIndividuals(Shape):
    primary_grant_reason: Text | MISSING = Field(MISSING, title="Primary Grant Reason")
    secondary_grant_reason: Text | MISSING = Field(MISSING, title="Secondary Grant Reason")
    grant_purpose: list[Text] | MISSING = Field(MISSING, title="Grant Purpose")


Bodies = Annotated[list[Body], Field(min_length=1)]


class AwardedGrant(Shape):
    """A grant, to organisations or to one person."""

    id: Text = Field(title="Identifier")
    title: Text = Field(title="Title")
    description: Text = Field(title="Description")
    currency: Currency = Field(title="Currency")
    amount_applied_for: Number | MISSING = Field(MISSING, title="Amount Applied For")
    amount_awarded: Number = Field(title="Amount Awarded")
    amount_disbursed: Number | MISSING = Field(MISSING, title="Amount Disbursed")
    award_date: Day = Field(title="Award Date")
    url: Address | MISSING = Field(MISSING, title="URL")
    planned_dates: list[Dates] | MISSING = Field(MISSING, title="Planned Dates")
    actual_dates: list[Dates] | MISSING = Field(MISSING, title="Actual Dates")
    recipient_individual: Recipient | MISSING = Field(MISSING, title="Recipient Ind")
    to_individuals_details: ToIndividuals | MISSING = Field(MISSING, title="To Individuals Details")
    recipient_organization: Bodies | MISSING = Field(MISSING, title="Recipient Org")
    beneficiary_location: list[Place] | MISSING = Field(MISSING, title="Beneficiary Location")
    funding_organization: Bodies = Field(title="Funding Org")
    grant_programme: list[GrantProgramme] | MISSING = Field(MISSING, title="Grant Programme")
    from_open_call: Literal["Yes", "No"] | MISSING = Field(MISSING, title="From An Open Call?")
    funding_type: list[Classification] | MISSING = Field(MISSING, title="Funding Type")
    classifications: list[Classification] | MISSING = Field(MISSING, title="Classifications")
    related_document: list[RelatedDocument] | MISSING = Field(MISSING, title="Related Document")
    application_transaction: list[Transaction] | MISSING = MISSING
    commitment_transaction: list[Transaction] | MISSING = MISSING
    disbursement_transaction: list[Transaction] | MISSING = MISSING
    related_activity: list[Text] | MISSING = Field(MISSING, title="Related Activity")
    date_modified: Moment | MISSING = Field(MISSING, title="Last Modified")
    data_source: Address | MISSING | None = Field(MISSING, title="Data Source")
    regrant_type: Text | MISSING = Field(MISSING, title="For Regrant Type")
    location_scope: Text | MISSING = Field(MISSING, title="Location Scope")

    @model_validator(mode="after")
    def _goes_to_one_kind(self) -> Self:
        to_person = self.recipient_individual is not MISSING
        if to_person == (self.recipient_organization is not MISSING):
            raise PydanticCustomError(
                "recipient_kinds", "It goes either to recipientOrganization or recipientIndividual"
            )
        return self


class Publisher(Shape):
    name: Text
    identifier: Text | MISSING = MISSING
    website: Address | MISSING = MISSING
    logo: Address | MISSING = MISSING


class PackageHead(Shape):
    """A package, but for its grants."""

    version: Annotated[Text, StringConstraints(pattern=r"^\d+\.\d+$")] | MISSING = MISSING
    extensions: list[Text] | MISSING = MISSING
    title: Text | MISSING = MISSING
    description: Text | MISSING = MISSING
    issued: Day | MISSING = MISSING
    modified: Day | MISSING = MISSING
    identifier: Text | MISSING = MISSING
    publisher: Publisher | MISSING = MISSING
    download_url: Address | MISSING = Field(MISSING, alias="downloadURL")
    access_url: Address | MISSING = Field(MISSING, alias="accessURL")
    license: Address | MISSING = MISSING


def day_of(text: str) -> date | None:
    """The day that a date of the standard begins with; None where there is no such day."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def shape_of(annotation: Any) -> tuple[type[Shape] | None, bool]:
    """Which shape an annotation of a field holds, if it holds one, and whether a list."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation, False
    held = [shape_of(one) for one in get_args(annotation)]
    shape = next((shape for shape, _ in held if shape is not None), None)
    is_list = get_origin(annotation) is list or any(many for _, many in held)
    return shape, is_list


@cache
def is_number(shape: type[Shape], name: str) -> bool:
    """Whether a field of a shape holds a number."""
    annotation = shape.model_fields[name].annotation
    held = get_args(annotation) or (annotation,)
    metadata = [*shape.model_fields[name].metadata]
    metadata += [one for kind in held for one in getattr(kind, "__metadata__", ())]
    return any(isinstance(one, PlainValidator) for one in metadata)
