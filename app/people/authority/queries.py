"""Which service accounts have lost something or will, and by which of their roles."""

from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, Uuid, bindparam, case, func, literal, select, text

from app.kernel.db import Instant
from app.people.authority.losses import FORESEEN, losses


def losing(at: datetime) -> Subquery:
    """A row for each role of a service account of which something is lost or will be.

    It has the `role_assignment_id`, the `account_id`, and when it will be lost (`ends_at`); null
    where it is.
    """
    statement = text(
        "SELECT role_assignment_id, account_id, at FROM "  # noqa: S608
        f"({losses(':at', ':until')}) AS losses"
    )
    found = (
        statement.bindparams(
            bindparam("at", at, Instant, unique=True),
            bindparam("until", at + FORESEEN, Instant, unique=True),
        )
        .columns(role_assignment_id=Uuid, account_id=Uuid, at=Instant)
        .subquery()
    )
    first: Any = func.min(found.c.at)
    ends_at = case((first > literal(at, Instant), first)).label("ends_at")
    ids = (found.c.role_assignment_id, found.c.account_id)
    return select(*ids, ends_at).group_by(*ids).subquery()
