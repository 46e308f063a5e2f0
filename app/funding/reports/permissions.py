"""Who may do what with reports."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import COLLABORATION, LEAD, MANAGER, READS_GRANTS, REVIEWER, RUNS

permissions(
    Permission("report.read", "see reports", *READS_GRANTS),
    Permission("report.create", "begin a report", *COLLABORATION),
    Permission("report.edit", "write a report", *COLLABORATION),
    Permission("report.submit", "submit a report", LEAD),
    Permission("report.consent", "consent to the publication of a report", LEAD),
    Permission("report.review", "review a report", *RUNS, REVIEWER),
    Permission("report.request_changes", "ask for changes to a report", *RUNS, REVIEWER),
    Permission("report.accept", "accept a report", *RUNS),
    Permission("report.reject", "reject a report", MANAGER),
    Permission("report.excuse", "do without a report", *RUNS),
    Permission(
        "report.reopen",
        "take back a decision about a report",
        *RUNS,
    ),
)

AUDIENCES: Final = audiences(
    to_parties=(
        "report.answer_saved",
        "report.deleted",
        "report.edited",
        "report.evidence_added",
        "report.evidence_removed",
        "report.expenditure_saved",
    ),
)
