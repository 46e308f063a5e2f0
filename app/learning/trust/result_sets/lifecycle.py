"""The life of a round's results."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class ResultSetStatus(StrEnum):
    PROVISIONAL = "provisional"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    RETRACTED = "retracted"


_S = ResultSetStatus

READABLE: Final = frozenset({_S.PUBLISHED, _S.SUPERSEDED})
"""Of a set that is one of these the results are told."""

TOLD: Final = READABLE | {_S.RETRACTED}
"""What a set that is one of these told cannot be taken back from who read it."""

RESULT_SET: Final = Lifecycle(
    noun="result_set",
    collection="result-sets",
    statuses=ResultSetStatus,
    moves=(
        Move("compute", None, _S.PROVISIONAL, "result_set.compute", audience=Audience.TEAM),
        Move(
            "publish",
            _S.PROVISIONAL,
            _S.PUBLISHED,
            "result_set.compute",
            second="result_set.publish",
            needs_if_match=True,
            audience=Audience.ALL,
            first_word=Audience.TEAM,
        ),
        Move(
            "supersede",
            _S.PUBLISHED,
            _S.SUPERSEDED,
            "result_set.publish",
            operation=False,
            audience=Audience.ALL,
        ),
        Move(
            "retract",
            (_S.PUBLISHED, _S.SUPERSEDED),
            _S.RETRACTED,
            "result_set.retract",
            needs_reason=True,
            decides=True,
            audience=Audience.ALL,
        ),
    ),
    past={"compute": "computed", "supersede": "superseded"},
)
