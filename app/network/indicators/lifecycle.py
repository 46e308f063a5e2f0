"""The life of an indicator: it is drawn up, asked of members, and asked no more."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class IndicatorStatus(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


_S = IndicatorStatus
_DEFINES: Final = "indicator.define"

INDICATOR: Final = Lifecycle(
    noun="indicator",
    collection="indicators",
    statuses=IndicatorStatus,
    moves=(
        Move("create", None, _S.DRAFT, _DEFINES, audience=Audience.ALL),
        Move("activate", _S.DRAFT, _S.ACTIVE, _DEFINES, needs_if_match=True, audience=Audience.ALL),
        Move(
            "retire",
            (_S.DRAFT, _S.ACTIVE),
            _S.RETIRED,
            _DEFINES,
            needs_reason=True,
            audience=Audience.ALL,
        ),
        Move(
            "resume",
            _S.RETIRED,
            _S.ACTIVE,
            _DEFINES,
            needs_reason=True,
            audience=Audience.ALL,
        ),
    ),
)
