"""How what is proposed differs from what is agreed, in words that people read, and which of it is
material: both sides sign for that."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from app.kernel.money import decimal

Said = Mapping[str, Any]
"""Terms, or a part of them, as JSON says them."""

_OF_GRANT: Final = ("award", "tax_treatment", "starts_on", "ends_on", "variance_tolerance")
_OF_LINE: Final = ("label", "amount")
_OF_MILESTONE: Final = (
    "kind",
    "title",
    "is_parallel",
    "needs_certification",
    "amount",
    "opens_on",
    "due_on",
    "timezone",
    "criteria",
)
_IN_PASSING: Final = frozenset({"title", "label", "opens_on", "due_on", "variance_tolerance"})
"""What changes by approval alone: words, and dates within the grant's period."""


def differences(base: Said, proposed: Said) -> list[dict[str, Any]]:
    """What differs, from the award to the last criterion."""
    return [
        *_fields("grant", base, proposed, _OF_GRANT),
        *_parts("budget_lines", base, proposed),
        *_parts("milestones", base, proposed),
    ]


def changed_milestones(base: Said, proposed: Said) -> list[str]:
    """The ids of those that are agreed and would be changed or left out."""
    kept = {one["id"]: one for one in proposed["milestones"]}
    return [
        one["id"]
        for one in base["milestones"]
        if one["id"] not in kept
        or any(one[name] != kept[one["id"]][name] for name in _OF_MILESTONE)
    ]


def asked_otherwise(base: Said, proposed: Said) -> list[str]:
    """The ids of milestones that would be left out, or be reported on otherwise."""
    kept = {one["id"]: one for one in proposed["milestones"]}
    asks = ("criteria", "needs_certification")
    return [
        one["id"]
        for one in base["milestones"]
        if one["id"] not in kept or any(one[name] != kept[one["id"]][name] for name in asks)
    ]


def lines_left_out(base: Said, proposed: Said) -> list[str]:
    """The ids of budget lines that are agreed and would not be."""
    kept = {one["id"] for one in proposed["budget_lines"]}
    return [one["id"] for one in base["budget_lines"] if one["id"] not in kept]


def _parts(name: str, base: Said, proposed: Said) -> Iterator[dict[str, Any]]:
    known = {one["id"]: one for one in base[name]}
    kept = {one["id"] for one in proposed[name]}
    fields = _OF_MILESTONE if name == "milestones" else _OF_LINE
    is_material = name == "milestones"
    for one in proposed[name]:
        about = _called(name, known.get(one["id"], one))
        if one["id"] in known:
            yield from _fields(about, known[one["id"]], one, fields, of_lines=not is_material)
        else:
            yield _difference(about, "whole", None, _summary(one), is_material=is_material)
    for id_, one in known.items():
        if id_ not in kept:
            about, gone = _called(name, one), _summary(one)
            yield _difference(about, "whole", gone, None, is_material=is_material)


def _fields(
    about: str, base: Said, proposed: Said, fields: Sequence[str], *, of_lines: bool = False
) -> Iterator[dict[str, Any]]:
    for field in fields:
        before, after = _text(base[field]), _text(proposed[field])
        if before != after:
            is_material = not of_lines and field not in _IN_PASSING
            yield _difference(about, field, before, after, is_material=is_material)


def _difference(
    about: str, field: str, before: str | None, after: str | None, *, is_material: bool
) -> dict[str, Any]:
    return {
        "about": about,
        "field": field,
        "before": before,
        "after": after,
        "is_material": is_material,
    }


def _called(name: str, one: Said) -> str:
    if name == "budget_lines":
        return f"budget line {one['label']}"
    return f"milestone {one.get('reference') or one['title']}"


def _summary(one: Said) -> str:
    name = one.get("title") or one["label"]
    due = f", due {one['due_on']}" if "due_on" in one else ""
    return f"{name}: {_text(one['amount'])}{due}"


def _text(value: Any) -> str:
    match value:
        case {"amount_minor": int(minor), "currency": str(currency)}:
            return f"{decimal(minor, currency)} {currency}"
        case {"per_cent": per_cent, "amount": amount}:
            return f"{per_cent} per cent or {_text(amount)}"
        case list():
            return "; ".join(_criterion(one) for one in value)
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _criterion(one: Said) -> str:
    shown = " (with evidence)" if one["is_evidence_required"] else ""
    return f"{one['statement']}{shown}"
