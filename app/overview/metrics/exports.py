"""The metrics of a cohort as CSV: a row for each."""

from typing import Final

from app.web.exports import listed

METRICS: Final = listed(
    "cohort-metrics",
    {
        "cohort_id": "The cohort: its id.",
        "cohort_reference": "The cohort: its reference.",
        "cohort_name": "The cohort: its name.",
        "key": "Which metric.",
        "title": "The metric in words.",
        "value": "The numerator over the denominator; empty without a denominator.",
        "null_reason": "Why there is no value.",
        "numerator": "How many were counted.",
        "denominator": "Of how many.",
        "excluded_count": "How many were left out of both.",
        "counted": "What the numerator counts.",
        "counted_of": "What the denominator counts.",
        "excluded": "What is left out of both.",
        "definition_version": "Grows when the way of counting changes.",
        "data_as_of": "When something the figures could depend on last changed.",
    },
)
