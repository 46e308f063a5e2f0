"""The life of a disclosure. That its time is over is derived."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class DisclosureStatus(StrEnum):
    GRANTED = "granted"
    REVOKED = "revoked"


_S = DisclosureStatus

DISCLOSURE: Final = Lifecycle(
    noun="disclosure",
    collection="disclosures",
    statuses=DisclosureStatus,
    moves=(
        Move("grant", None, _S.GRANTED, "disclosure.grant", audience=Audience.PARTIES),
        Move("revoke", _S.GRANTED, _S.REVOKED, "disclosure.grant", audience=Audience.PARTIES),
    ),
    past={"grant": "granted", "revoke": "revoked"},
)
