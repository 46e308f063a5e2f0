"""The life of a publication of a grant. That the grant itself has gone is derived."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class GrantPublicationStatus(StrEnum):
    PROPOSED = "proposed"
    CONSENTED = "consented"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


_S = GrantPublicationStatus

GRANT_PUBLICATION: Final = Lifecycle(
    noun="grant_publication",
    collection="grant-publications",
    statuses=GrantPublicationStatus,
    moves=(
        Move("propose", None, _S.PROPOSED, "grant_publication.propose", audience=Audience.PARTIES),
        Move(
            "revise",
            tuple(_S),
            _S.PROPOSED,
            "grant_publication.propose",
            needs_if_match=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "consent",
            _S.PROPOSED,
            _S.CONSENTED,
            "grant_publication.consent",
            needs_if_match=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "publish",
            _S.CONSENTED,
            _S.PUBLISHED,
            "grant_publication.publish",
            audience=Audience.ALL,
        ),
        Move(
            "withdraw",
            (_S.PROPOSED, _S.CONSENTED, _S.PUBLISHED),
            _S.WITHDRAWN,
            "grant_publication.withdraw",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
    ),
    past={
        "propose": "proposed",
        "revise": "revised",
        "consent": "consented",
        "withdraw": "withdrawn",
    },
)
