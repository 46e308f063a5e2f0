"""How much of something one may have: what an operator has set, where a verb can ask for it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.settings import Settings


@dataclass(frozen=True)
class Limits:
    """Bytes that are stored, invitations that are sent in a day, and what money waits for."""

    stored_by_person: int
    stored_by_collaboration: int
    stored_in_network: int
    invitations_by_anyone: int
    invitations_by_staff: int
    payee_account_cooling_off: timedelta
    payment_second_look_minor: int
    exchange_rate_days: int

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        return cls(
            settings.person_storage_bytes,
            settings.collaboration_storage_bytes,
            settings.network_storage_bytes,
            settings.invitations_a_day,
            settings.staff_invitations_a_day,
            timedelta(hours=settings.payee_account_cooling_off_hours),
            settings.payment_second_look_minor,
            settings.exchange_rate_days,
        )


DEFAULTS: Final = Limits.of(Settings.model_construct())
"""What holds where no settings are read."""


def limits_of(db: AsyncSession) -> Limits:
    """The limits of the service that this session belongs to."""
    limits: Limits = db.info["limits"]
    return limits
