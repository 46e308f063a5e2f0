"""What is told of checks of grantees."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select

from app.funding.grants.access import GrantNotFound
from app.funding.grants.due_diligence.access import READ, CheckNotFound, is_current
from app.funding.grants.due_diligence.models import DueDiligenceCheck
from app.funding.grants.due_diligence.schemas import DueDiligenceCheckOut, DueDiligenceCheckPage
from app.funding.grants.models import Grant
from app.funding.grants.telling import granted_to
from app.kernel.clock import day_in_sql
from app.kernel.schemas import Ref
from app.kernel.written import NULL, single
from app.network.cohorts.models import Cohort
from app.people.files.models import File
from app.people.files.schemas import AttachedFileOut
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported
from app.web.exports import AT

_is_expired: Final[ColumnElement[bool]] = (
    select(func.coalesce(DueDiligenceCheck.expires_on < day_in_sql(AT, Cohort.timezone), False))
    .join_from(Grant, Cohort, Grant.cohort)
    .where(Grant.id == DueDiligenceCheck.grant_id)
    .correlate_except(Grant, Cohort)
    .scalar_subquery()
)
"""Whether the last day on which a check holds has passed where its cohort is."""


def _of_grant(column: Any) -> Callable[[Any], ColumnElement[bool]]:
    return lambda asked: DueDiligenceCheck.grant_id.in_(select(Grant.id).where(column == asked))


CHECKS: Final = Telling(
    DueDiligenceCheckOut,
    DueDiligenceCheck,
    READ,
    missing=CheckNotFound,
    told={
        "grant": single(
            Ref,
            Grant,
            Grant.id == DueDiligenceCheck.grant_id,
            told={"name": Grant.title},
        ),
        "file": func.coalesce(
            single(
                AttachedFileOut,
                File,
                File.id == DueDiligenceCheck.file_id,
                told={"sha256": func.encode(File.sha256, "hex")},
            ),
            NULL,
        ),
        "is_current": is_current(),
        "is_expired": _is_expired,
    },
    filters={
        "is_current": lambda asked: is_current() == asked,
        "is_expired": lambda asked: _is_expired == asked,
        "grant_reference": _of_grant(Grant.reference),
        "cohort_id": _of_grant(Grant.cohort_id),
        "organisation_id": granted_to(DueDiligenceCheck.grant_id),
    },
    sorts={"recorded_at": (DueDiligenceCheck.recorded_at, DueDiligenceCheck.id)},
    latest_first=True,
    page_of=DueDiligenceCheckPage,
)
OF_GRANT: Final = Within(
    DueDiligenceCheck.grant_id, Grant, "grant.read", GrantNotFound, is_asked_there=True
)
CHECKS_AS_CSV: Final = exported("due-diligence-checks", CHECKS)
