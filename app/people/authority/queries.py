"""Which service accounts have lost something or will, and by which of their roles."""

from functools import cache
from typing import Any

from sqlalchemy import CTE, Uuid, case, func, select, text

from app.kernel.db import Instant
from app.kernel.kept import AT
from app.people.authority.losses import FORESEEN, losses


@cache
def losing() -> CTE:
    """A row for each role of a service account of which something is lost or will be; looked up
    once a statement.

    It has the `role_assignment_id`, the `account_id`, and when it will be lost (`ends_at`); null
    where it is.
    """
    until = f"(:at + interval '{FORESEEN.days} days')"
    statement = text(
        "SELECT role_assignment_id, account_id, at FROM "  # noqa: S608
        f"({losses(':at', until)}) AS losses"
    )
    columns = {"role_assignment_id": Uuid, "account_id": Uuid, "at": Instant}
    found = statement.bindparams(AT).columns(**columns).subquery()
    first: Any = func.min(found.c.at)
    ends_at = case((first > AT, first)).label("ends_at")
    ids = (found.c.role_assignment_id, found.c.account_id)
    return select(*ids, ends_at).group_by(*ids).cte("losing")
