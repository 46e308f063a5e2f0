"""What must hold before a consent is given."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.reports.lifecycle import BEING_WRITTEN, CONSENT, GIVEN_UP, ReportStatus
from app.funding.reports.models import PublicationConsent
from app.kernel.activity import Actor
from app.kernel.transitions import Unmet

_NOT_SUBMITTED = BEING_WRITTEN | GIVEN_UP | {ReportStatus.EXCUSED}


@CONSENT.guard("give")
async def version_stands(
    _db: AsyncSession, _actor: Actor, consent: PublicationConsent
) -> Unmet | None:
    """Consent is to what was submitted, and neither taken back nor given up; what is excused was
    taken back before."""
    report = consent.report
    if report.submissions and report.status not in _NOT_SUBMITTED:
        return None
    return Unmet("report_not_submitted", "Submit the report first: consent is to a version of it.")


@CONSENT.guard("give")
async def there_is_a_summary(
    _db: AsyncSession, _actor: Actor, consent: PublicationConsent
) -> Unmet | None:
    """What is published is a summary."""
    if consent.report.public_summary is not None:
        return None
    return Unmet("summary_missing", "Write its public summary first.", pointer="/public_summary")
