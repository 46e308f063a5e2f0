"""How much of something one may have: what an operator has set, where a verb can ask for it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.settings import Settings


@dataclass(frozen=True)
class Limits:
    """Bytes that are stored, and invitations that are sent in a day."""

    stored_by_person: int
    stored_by_collaboration: int
    stored_in_network: int
    invitations_by_anyone: int
    invitations_by_staff: int

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        return cls(
            settings.person_storage_bytes,
            settings.collaboration_storage_bytes,
            settings.network_storage_bytes,
            settings.invitations_a_day,
            settings.staff_invitations_a_day,
        )


DEFAULTS: Final = Limits.of(Settings.model_construct())
"""What holds where no settings are read."""


def limits_of(db: AsyncSession) -> Limits:
    """The limits of the service that this session belongs to."""
    limits: Limits = db.info["limits"]
    return limits
