"""Whether a grant is held: what it was given for has ended, and nobody has said yet what becomes of
it. Nothing is asked of the grantee meanwhile, and nothing that is reported can be accepted."""

from dataclasses import dataclass
from datetime import date, datetime

from app.kernel.vocabularies import Vocabulary
from app.network.cohorts.lifecycle import ENDED as COHORT_ENDED
from app.network.cohorts.lifecycle import LIVE, CohortStatus, MembershipStatus
from app.network.collaborations.lifecycle import ENDED as COLLABORATION_ENDED
from app.network.collaborations.lifecycle import CollaborationStatus


class HeldBecause(Vocabulary):
    """Which of the things that a grant rests on has ended; the first that applies."""

    CONTINUATION_ENDED = "continuation_ended"
    COLLABORATION_ENDED = "collaboration_ended"
    COHORT_CANCELLED = "cohort_cancelled"
    COHORT_CLOSED = "cohort_closed"
    MEMBERSHIP_ENDED = "membership_ended"


@dataclass(frozen=True)
class Circumstances:
    """What a grant that has not ended rests on, and what was decided about it since."""

    is_in_force: bool
    membership: MembershipStatus
    cohort: CohortStatus
    collaboration: CollaborationStatus
    accepted_at: datetime | None
    ended_at: datetime | None
    continued_at: datetime | None
    continued_until: date | None


def is_over(
    membership: MembershipStatus, cohort: CohortStatus, collaboration: CollaborationStatus
) -> bool:
    """Whether a grant no longer rests on a member that takes part: it may then be continued."""
    return membership not in LIVE or cohort in COHORT_ENDED or collaboration in COLLABORATION_ENDED


def is_continued(given: Circumstances) -> bool:
    """Whether somebody has let the grant go on since its member last left, until whatever day.

    An offer that was made since and not accepted is no return.
    """
    if not given.is_in_force or given.continued_at is None:
        return False
    if given.accepted_at is None or given.ended_at is None:
        return True
    return given.continued_at >= given.ended_at


def held_because(given: Circumstances, on: date) -> HeldBecause | None:
    """Why a grant that has not ended is held on a day; None where it is not.

    What was in force when its member completed the cohort goes on by itself until the cohort ends.
    """
    because = _ended(given)
    if because is None or not is_continued(given):
        return because
    assert given.continued_until is not None
    return None if on <= given.continued_until else HeldBecause.CONTINUATION_ENDED


def _ended(given: Circumstances) -> HeldBecause | None:
    if given.collaboration in COLLABORATION_ENDED:
        return HeldBecause.COLLABORATION_ENDED
    if given.cohort in COHORT_ENDED:
        is_cancelled = given.cohort is CohortStatus.CANCELLED
        return HeldBecause.COHORT_CANCELLED if is_cancelled else HeldBecause.COHORT_CLOSED
    has_completed = given.membership is MembershipStatus.COMPLETED
    if given.membership in LIVE or (given.is_in_force and has_completed):
        return None
    return HeldBecause.MEMBERSHIP_ENDED
