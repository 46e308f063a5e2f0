"""What the demonstration prints once it is open: whom to sign in as, and what to try."""

from app.intake.demo.opening import Playbill
from app.people.identity.chapter import PASSWORD


def as_text(bill: Playbill, url: str, pln: str) -> str:
    """The accounts, and requests that work as they are pasted. `pln` is how to call the command."""
    people = [f"  {who.role:<22} {who.email:<34} {who.name}" for who in bill.people]
    lead = next(who for who in bill.people if who.role == "collaboration_lead")
    auth = '-H "Authorization: Bearer $TOKEN"'
    return "\n".join(
        [
            "",
            f"The demonstration answers at {url} (the documentation: {url}/docs).",
            f'Everybody is invented and signs in with the password "{PASSWORD}":',
            "",
            *people,
            "",
            f"To try it as {bill.coordinator.name}, the coordinator, in another terminal:",
            "",
            f"TOKEN={bill.coordinator_token}",
            "",
            "# what waits for me, what is due first at the top",
            f"curl -s {url}/v1/me/work {auth}",
            "",
            "# the figures of the cohort that is under way",
            f"curl -s {url}/v1/cohorts/{bill.cohort_id}/metrics {auth}",
            "",
            "# its milestones, and whether they are late",
            f"curl -s '{url}/v1/milestones?cohort_id={bill.cohort_id}' {auth}",
            "",
            "The token lasts ten minutes. A new one, for anybody:",
            "",
            f"TOKEN=$({pln} token {bill.coordinator.email})",
            f"TOKEN=$({pln} token {lead.email})",
            "",
            "Ctrl-C stops all of it; the next time starts where this one left off.",
        ]
    )
