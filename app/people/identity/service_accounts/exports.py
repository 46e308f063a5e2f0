"""Service accounts as CSV."""

from collections.abc import Mapping
from typing import Any, Final

from app.people.identity.service_accounts.schemas import ServiceAccountOut
from app.people.reads.exported import shown
from app.web.exports import Cell, Column


def _effective(told: Mapping[str, Any]) -> Cell:
    return " ".join(told["effective_permissions"])


def _lost(told: Mapping[str, Any]) -> Cell:
    return " ".join(sorted({one["permission"] for one in told["lost"]}))


SERVICE_ACCOUNTS_AS_CSV: Final = shown(
    "service-accounts",
    ServiceAccountOut,
    Column("effective_permissions", "What it may really do somewhere.", (), _effective),
    Column("lost", "What its roles hold and its owner does not: it does not either.", (), _lost),
)
