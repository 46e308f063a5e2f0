"""What dispensations of a list are about: reports."""

from typing import Final

from app.funding.reports.access import ReportNotFound
from app.funding.reports.models import Report
from app.network.conflicts.dispensations.telling import about

ABOUT_REPORT: Final = about(Report, "report.read", ReportNotFound)
