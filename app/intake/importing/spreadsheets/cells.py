"""What the cells of a line mean: a kind, a country, an address, identifiers, a role."""

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from app.intake.importing.spreadsheets.countries import country_of
from app.intake.importing.spreadsheets.words import alike
from app.people.identity.roles import Role
from app.people.organisations.models import OrganisationKind
from app.people.organisations.schemas import IdentifierIn

KINDS: Final[Mapping[str, OrganisationKind]] = {
    **{alike(kind.value): kind for kind in OrganisationKind},
    **dict.fromkeys(
        (
            "business",
            "corporation",
            "enterprise",
            "limited company",
            "ltd",
            "private",
            "private company",
            "private sector",
            "start up",
            "startup",
        ),
        OrganisationKind.COMPANY,
    ),
    **dict.fromkeys(
        ("academia", "academic", "research institute", "research organisation", "university"),
        OrganisationKind.RESEARCH,
    ),
    **dict.fromkeys(
        (
            "city",
            "council",
            "government",
            "local authority",
            "local government",
            "ministry",
            "municipality",
            "public",
            "public sector",
        ),
        OrganisationKind.PUBLIC_BODY,
    ),
    **dict.fromkeys(
        (
            "association",
            "charity",
            "civil society",
            "foundation",
            "ngo",
            "nonprofit",
            "not for profit",
            "not for profit organisation",
        ),
        OrganisationKind.NON_PROFIT,
    ),
}
"""Words for each kind, beside its own."""

_ROLES: Final = {alike(role.value): role for role in Role}
_ADDRESS: Final = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?P<host>[^/?#]*)(?P<rest>.*)"
)
_HOST: Final = re.compile(r"[^.:@]+(?:\.[^.:@]+)+\.?(?::\d+)?")
_SEPARATORS: Final = re.compile(r"[\s,;|]+")


class CellFault(Exception):
    """What is wrong with a cell, as a stable word, and what to do about it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__()
        self.code, self.detail = code, detail


def kind(said: str) -> OrganisationKind:
    """The kind of an organisation. Raises CellFault."""
    found = KINDS.get(alike(said))
    if found is None:
        kinds = ", ".join(one.value.replace("_", " ") for one in OrganisationKind)
        raise CellFault("kind_unknown", f"{_quoted(said)} is no kind. Write one of: {kinds}.")
    return found


def country(said: str) -> str:
    """The code of a country. Raises CellFault."""
    found = country_of(said)
    if found is None:
        why = f"{_quoted(said)} is no country that is known."
        raise CellFault("country_unknown", f"{why} Write its code of two letters, such as GB.")
    return found


def website(said: str) -> str:
    """An address that begins with https:// where nothing else is said. Raises CellFault."""
    if re.search(r"\s", said):
        raise _malformed(said, "has a blank in it")
    parts = _ADDRESS.fullmatch(said)
    assert parts is not None, "the pattern takes whatever has no blank"
    scheme, host = (parts["scheme"] or "https").lower(), parts["host"].lower()
    if scheme not in {"http", "https"}:
        raise _malformed(said, f"begins with {scheme}://")
    if "@" in host:
        raise _malformed(said, "is an e-mail address")
    if not _HOST.fullmatch(host):
        raise _malformed(said, "names no website")
    return f"{scheme}://{host}{parts['rest']}"


def _malformed(said: str, why: str) -> CellFault:
    how = "Write the address as a browser shows it, such as https://example.org."
    return CellFault("website_malformed", f"{_quoted(said)} {why}. {how}")


def org_ids(said: str) -> list[IdentifierIn]:
    """The identifiers of a cell, as their registers write them. Raises CellFault."""
    return [_org_id(one) for one in _SEPARATORS.split(said) if one]


def _org_id(word: str) -> IdentifierIn:
    country, _, rest = word.partition("-")
    register, _, number = rest.partition("-")
    if not number:
        raise _unidentified(word, "it does not say whose number it is")
    list_code = f"{country}-{register}".upper()
    try:
        return IdentifierIn(list_code=list_code, number=number)
    except ValidationError as fault:
        why = str(fault.errors()[0]["msg"])
        is_ours = why.startswith("Value error, ")
        raise _unidentified(
            word, why.removeprefix("Value error, ") if is_ours else "it has signs that none has"
        ) from None


def _unidentified(word: str, why: str) -> CellFault:
    detail = f"{_quoted(word)}: {why}. Write register and number in one, such as GB-COH-09506232."
    return CellFault("identifier_malformed", detail)


def role(said: str) -> Role:
    """A role. Raises CellFault."""
    found = _ROLES.get(alike(said))
    if found is None:
        roles = ", ".join(one.value.replace("_", " ") for one in Role if one is not Role.SCHEDULER)
        raise CellFault("role_unknown", f"{_quoted(said)} is no role. Write one of: {roles}.")
    return found


def _quoted(said: str) -> str:
    return f"“{said if len(said) <= 80 else said[:79] + '…'}”"


def in_words(error: Mapping[str, Any], said: str) -> tuple[str, str]:
    """A fault of a cell as the contract finds it, as a stable word and what to do about it."""
    name, message = str(error["type"]), str(error["msg"])
    if name == "missing":
        return name, "This cell is empty, and every line needs it."
    if name == "string_too_long":
        longest = error["ctx"]["max_length"]
        return name, f"It has {len(said)} characters, and may have {longest}: shorten it."
    if message.startswith("value is not a valid email address"):
        return (
            "email_malformed",
            f"{_quoted(said)} is no e-mail address.{message.partition(':')[2]}",
        )
    if name == "value_error":
        return name, f"It {message.removeprefix('Value error, ')}."
    return name, f"{message.rstrip('.')}."
