"""What the members of the first cohort said of themselves and of each other. It is all invented."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from app.learning.trust.result_sets.chapter import AfterwardsScript, EvidenceScript, RoundScript
from app.learning.trust.rounds.models import RoundKind
from app.learning.trust.verifications.models import VerificationVerdict
from app.people.identity.chapter import moment

FACILITATOR: Final = "Leila Haddad"
SHANGHAI: Final = "Shanghai FinTech Innovation Data Collaboration"
BUENOS_AIRES: Final = "Caring for Equality in Buenos Aires' Labour Market"
DISEASES: Final = "Open data for Non-communicable Diseases"

BEFORE: Final[Mapping[str, Sequence[int]]] = {
    "Data Cargo": (1, 2, 1, 2, 1),
    BUENOS_AIRES: (2, 2, 3, 2, 1),
    "MaaS-Peer": (2, 1, 2, 2, 2),
    DISEASES: (1, 1, 2, 3, 2),
    "Packaging reuse data": (2, 2, 1, 1, 2),
    SHANGHAI: (1, 2, 2, 2, 3),
}
"""Where each sees itself, in one question of each principle."""
AFTER: Final[Mapping[str, Sequence[int]]] = {
    "Data Cargo": (2, 2, 2, 2, 2),
    BUENOS_AIRES: (3, 2, 3, 2, 2),
    "MaaS-Peer": (2, 2, 3, 2, 2),
    DISEASES: (2, 2, 2, 2, 2),
    "Packaging reuse data": (2, 3, 2, 2, 2),
    SHANGHAI: (2, 2, 3, 2, 3),
}
TRUSTED_BEFORE: Final = {
    "Data Cargo": 3,
    BUENOS_AIRES: 4,
    "MaaS-Peer": 3,
    DISEASES: 3,
    "Packaging reuse data": 3,
    SHANGHAI: 2,
}
TRUSTED_AFTER: Final = {name: min(5, trust + 1) for name, trust in TRUSTED_BEFORE.items()}


def script_of_rounds() -> Iterator[object]:
    """The round before, what one member made of it, and the round after."""
    yield RoundScript(
        cohort="MS01",
        facilitator=FACILITATOR,
        kind=RoundKind.BASELINE,
        title="Before: the five principles in short",
        opened_at=moment(date(2020, 12, 7)),
        closed_at=moment(date(2020, 12, 18), 17),
        published_at=moment(date(2020, 12, 21)),
        levels=BEFORE,
        trusted=TRUSTED_BEFORE,
        silent_about=SHANGHAI,
        evidence=EvidenceScript(
            member="Data Cargo",
            question="O1",
            url="https://data-cargo.example.org/openness-decisions",
            collected_on=date(2020, 12, 1),
            expires_on=date(2021, 12, 1),
            verified_at=moment(date(2020, 12, 15)),
            verdict=VerificationVerdict.SUPPORTS,
            note="Each data set has an entry; who decided is said of most.",
        ),
    )
    yield AfterwardsScript(
        member="Data Cargo",
        shown_at=moment(date(2021, 1, 6)),
        question="O1",
        levels=(1, 2),
        due_on=date(2021, 3, 31),
        met_at=moment(date(2021, 3, 24)),
        shows="Our data board wrote down who decides how open each data set is, and why.",
    )
    yield RoundScript(
        cohort="MS01",
        facilitator=FACILITATOR,
        kind=RoundKind.ENDLINE,
        title="After: the five principles in short",
        opened_at=moment(date(2021, 4, 12)),
        closed_at=moment(date(2021, 4, 21), 17),
        published_at=moment(date(2021, 4, 22)),
        levels=AFTER,
        trusted=TRUSTED_AFTER,
        silent_about=SHANGHAI,
    )
