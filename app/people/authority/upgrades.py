"""What `pln doctor --upgrade` tells of service accounts: which hold less than they were granted."""

from datetime import UTC

from app.installation.doctor import Connection, Finding, Outcome, upgrade
from app.people.authority.losses import FORESEEN, losses, named


@upgrade
def service_accounts(connection: Connection) -> list[Finding]:
    """A warning for each role of a service account of which its owner does not hold everything."""
    asked = losses("now()", f"now() + interval '{FORESEEN.days} days'")
    rows = connection.execute(
        "SELECT DISTINCT ON (account_id, role_assignment_id) account_id, scope_id, owner_id, "  # noqa: S608
        f"at, at > now(), lost::text FROM ({asked}) AS losses "
        "ORDER BY account_id, role_assignment_id, at".encode()
    )
    found: list[Finding] = []
    for account_id, scope_id, owner_id, since, is_to_come, bits in rows:
        instant = since.astimezone(UTC).isoformat(timespec="minutes")
        when = f"will lose from {instant} on" if is_to_come else "loses"
        lost = ", ".join(named(bits))
        detail = f"{when} at {scope_id} what its owner {owner_id} does not hold: {lost}"
        found.append(Finding(f"service account {account_id}", Outcome.WARNING, detail))
    return found or [Finding("service accounts", Outcome.OK, "each holds what it was granted")]
