"""Metrics as CSV: a row for each figure."""

from collections.abc import Mapping
from typing import Final

from app.web.exports import Export, listed

_FIGURE: Final[Mapping[str, str]] = {
    "key": "Which metric.",
    "title": "The metric in words.",
    "value": "The numerator over the denominator, money in major units of the currency that "
    "`dimension` says; empty without a denominator.",
    "null_reason": "Why there is no value.",
    "numerator": "How many were counted.",
    "denominator": "Of how many.",
    "excluded_count": "How many were left out of both.",
    "counted": "What the numerator counts.",
    "counted_of": "What the denominator counts.",
    "excluded": "What is left out of both.",
    "definition_version": "Grows when the way of counting changes.",
    "data_as_of": "When something the figures could depend on last changed.",
    "unit": "What the value is measured in.",
    "direction": "Which way the value is to go.",
    "dimension": "Which part of the metric it is, such as a currency.",
    "null_code": "Why there is no value, as a word.",
    "as_of": "What was true by then is counted; empty: what is true now.",
    "known_at": "Only what was known by then counts; empty: all that is known.",
}


def _of(scope: str) -> Mapping[str, str]:
    named = f"The {scope}"
    return {
        f"{scope}_id": f"{named}: its id.",
        f"{scope}_reference": f"{named}: its reference.",
        f"{scope}_name": f"{named}: its name.",
    }


_POINT: Final[Mapping[str, str]] = {
    "time": "What was true by then is counted.",
    "key": "Which metric.",
    "dimension": "Which part of it, such as a currency.",
    "unit": "What the value is measured in.",
    "value": "The value, money in major units of the currency that `dimension` says; empty without "
    "one.",
    "null_code": "Why there is no value, as a word.",
    "numerator": "How many were counted.",
    "denominator": "Of how many.",
    "excluded_count": "How many were left out of both.",
}


METRICS_OF: Final[Mapping[str, Export]] = {
    scope: listed(f"{scope}-metrics", {**_of(scope), **_FIGURE})
    for scope in ("cohort", "programme", "collaboration")
}

SNAPSHOT: Final = listed(
    "cohort-metric-snapshot",
    {
        **_of("cohort"),
        "number": "Which time the cohort closed: 1 is the first.",
        "taken_at": "When it closed.",
        **{
            name: about
            for name, about in _FIGURE.items()
            if name not in ("data_as_of", "as_of", "known_at")
        },
    },
)

SERIES_OF: Final[Mapping[str, Export]] = {
    scope: listed(f"{scope}-metric-series", {**_of(scope), **_POINT})
    for scope in ("cohort", "programme")
}

COMPARISON: Final = listed(
    "cohort-metric-comparison",
    {
        **_of("cohort"),
        **{name: about for name, about in _POINT.items() if name != "time"},
        "as_of": _FIGURE["as_of"],
        "known_at": _FIGURE["known_at"],
    },
)
