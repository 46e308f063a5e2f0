"""Whether what a member reports fits how its indicator is counted, and what makes two things one.

Of an indicator that counts people nothing is taken in about one to four of them, so that no figure
made of it can tell of so few, nor the difference of two (`kernel/suppression.py`).
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from app.kernel.suppression import K
from app.network.indicators.aggregation import WITH_WHOLE, IndicatorAggregation

Fault = tuple[str, str]
"""Where something does not fit, and what would."""

_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Rule:
    """What of an indicator's definition a result has to fit."""

    aggregation: IndicatorAggregation
    counts_people: bool
    groups: Sequence[str]


@dataclass(frozen=True)
class Said:
    """What a result says."""

    group: str | None
    value: int | None
    out_of: int | None
    things: Sequence[str]


def faults(rule: Rule, said: Said) -> Iterator[Fault]:
    """Each that does not fit, the first of a field first."""
    yield from _in_group(rule, said)
    if rule.aggregation == IndicatorAggregation.COUNT_DISTINCT:
        yield from _as_list(said)
        return
    if said.things:
        yield "/things", "Only what is counted once each is listed: say `value`."
    if said.value is None:
        yield "/value", "Say how much it was."
    if (said.out_of is None) == (rule.aggregation in WITH_WHOLE):
        is_missing = said.out_of is None
        yield "/out_of", "Say out of how many." if is_missing else "It is out of nothing: leave it."
    elif rule.aggregation == IndicatorAggregation.SHARE and (said.value or 0) > (said.out_of or 0):
        yield "/value", "A part is no more than the whole."
    if rule.counts_people:
        yield from _about_few(rule, said)


def _in_group(rule: Rule, said: Said) -> Iterator[Fault]:
    if said.group is None and rule.groups:
        yield "/group", f"Say which: {', '.join(rule.groups)}."
    elif said.group is not None and said.group not in rule.groups:
        known = f"one of {', '.join(rule.groups)}" if rule.groups else "told apart by none"
        yield "/group", f"The indicator is {known}."


def _as_list(said: Said) -> Iterator[Fault]:
    if said.value is not None or said.out_of is not None:
        field = "/out_of" if said.value is None else "/value"
        yield field, "What is counted once each is listed, and not told by a number."
    if len(identities(said.things)) < len(said.things):
        yield "/things", "One of them is named twice."


def _about_few(rule: Rule, said: Said) -> Iterator[Fault]:
    value, whole = said.value or 0, said.out_of or 0
    people = {
        IndicatorAggregation.SUM: (("/value", value),),
        IndicatorAggregation.SHARE: (
            ("/value", value),
            ("/value", whole - value),
            ("/out_of", whole),
        ),
        IndicatorAggregation.MEAN: (("/out_of", whole),),
    }[rule.aggregation]
    for field, number in people:
        if 0 < number < K:
            yield field, f"Fewer than {K} people: report a longer period, or a wider group."


def identities(things: Iterable[str]) -> list[str]:
    """What each is known by, each once: an address without what does not matter in it, anything
    else in one case and width."""
    return sorted({_identity(one) for one in things})


def _identity(said: str) -> str:
    text = " ".join(unicodedata.normalize("NFKC", said).split())
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return text.casefold()
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not parts.hostname:
        return text.casefold()
    host = parts.hostname.removeprefix("www.")
    at = "" if port in (None, *_PORTS.values()) else f":{port}"
    asked = f"?{parts.query}" if parts.query else ""
    return f"//{host}{at}{parts.path.rstrip('/')}{asked}"
