"""API tokens as CSV."""

from collections.abc import Mapping
from typing import Any, Final

from app.people.identity.api_tokens.schemas import ApiTokenOut
from app.people.reads.exported import shown
from app.web.exports import Cell, Column


def _carried(told: Mapping[str, Any]) -> Cell:
    return " ".join(told["permissions"])


def _effective(told: Mapping[str, Any]) -> Cell:
    return " ".join(told["effective_permissions"])


API_TOKENS_AS_CSV: Final = shown(
    "api-tokens",
    ApiTokenOut,
    Column("permissions", "What it may read, as far as the account may.", (), _carried),
    Column("effective_permissions", "What it may really read somewhere now.", (), _effective),
)
