"""Templates of grants as CSV: a row for each, with its milestones and budget lines as lines of a
cell."""

from collections.abc import Mapping
from typing import Any, Final

from app.funding.grants.templates.schemas import GrantTemplateOut
from app.kernel.money import decimal
from app.people.reads.exported import shown
from app.web.exports import Cell, Column


def _budget_lines(told: Mapping[str, Any]) -> Cell:
    return "\n".join(f"{_amount(one)} {one['label']}" for one in told["budget_lines"])


def _milestones(told: Mapping[str, Any]) -> Cell:
    return "\n".join(
        f"{_amount(one)} {one['title']} ({one['kind']}, due {_day(one['due'])})"
        for one in told["milestones"]
    )


def _amount(part: Mapping[str, Any]) -> str:
    return decimal(part["amount"]["amount_minor"], part["amount"]["currency"])


def _day(told: Mapping[str, Any]) -> str:
    return f"{told['days']:+d} days from {told['anchor']}"


TEMPLATES_AS_CSV: Final = shown(
    "grant-templates",
    GrantTemplateOut,
    Column(
        "budget_lines",
        "Its budget lines: the amount, and what it is for.",
        (),
        _budget_lines,
    ),
    Column(
        "milestones",
        "Its milestones: the amount, the title, the kind, and the day on which it is due.",
        (),
        _milestones,
    ),
)
