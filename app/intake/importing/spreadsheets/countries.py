"""Countries as people write them: a code of two or three letters, or a name.

Names are those of Unicode's CLDR in the languages below, and a few that people use and CLDR does
not. What could be two countries is none.
"""

from collections import defaultdict
from functools import cache
from typing import Final

from babel import Locale
from babel.core import get_global

from app.intake.importing.spreadsheets.words import alike
from app.kernel.schemas import COUNTRIES

_LANGUAGES: Final = ("en", "fr", "es", "pt", "de", "it", "nl", "nb", "nn", "sv", "da", "fi", "pl")
_ALSO: Final = {
    "america": "US",
    "britain": "GB",
    "burma": "MM",
    "czech republic": "CZ",
    "england": "GB",
    "great britain": "GB",
    "holland": "NL",
    "hong kong": "HK",
    "ivory coast": "CI",
    "macao": "MO",
    "myanmar": "MM",
    "northern ireland": "GB",
    "palestine": "PS",
    "republic of ireland": "IE",
    "scotland": "GB",
    "swaziland": "SZ",
    "the netherlands": "NL",
    "turkey": "TR",
    "united states of america": "US",
    "wales": "GB",
}
_SEVERAL: Final = ("congo", "kongo", "korea")
"""Each is the name of one country in some language, and of two in another."""


def country_of(said: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country; None where it is none, or might be two."""
    words = alike(said)
    code = words.upper()
    if code in COUNTRIES:
        return code
    known = get_global("territory_aliases").get(code, ())
    if len(known) == 1 and known[0] in COUNTRIES and not code.isdigit():
        return known[0]
    return _names().get(words)


@cache
def _names() -> dict[str, str]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in COUNTRIES:
                found[alike(str(name))].add(str(code))
    one = {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}
    return {name: code for name, code in (one | _ALSO).items() if name not in _SEVERAL}
