"""The links that let somebody in: they open a page of the front-end.

The secret stands behind the `#`, which browsers send to no server and put in no referrer.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Links:
    """Addresses of the front-end, by `PLN_FRONTEND_URL`."""

    frontend_url: str

    def invitation(self, token: str) -> str:
        """Where an invitation is accepted."""
        return f"{self.frontend_url}/invitations/accept#{token}"

    def session_guest(self, token: str) -> str:
        """Where a guest says whether they come to a session."""
        return f"{self.frontend_url}/session-guests/answer#{token}"

    def stakeholder(self, token: str) -> str:
        """Where somebody from outside answers in a round of assessments."""
        return f"{self.frontend_url}/stakeholders/answer#{token}"

    def address_proof(self, token: str) -> str:
        """Where an address is proved."""
        return f"{self.frontend_url}/address-proof#{token}"

    def password_reset(self, token: str) -> str:
        """Where a new password is set."""
        return f"{self.frontend_url}/password-resets/accept#{token}"
