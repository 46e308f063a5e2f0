"""Who may see what was written in a round: who facilitates it, once it is closed; others what was
shown, with the results of the member that it is about, and as far as that shows it to others.

Whoever acts for a member reads as its people do, whatever else they are.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.learning.trust.assessments.models import Assessment
from app.learning.trust.comments.lifecycle import RoundCommentStatus
from app.learning.trust.comments.models import RoundComment
from app.learning.trust.disclosures.models import Disclosure
from app.learning.trust.framework import Perspective
from app.learning.trust.result_sets.access import is_disclosed_to
from app.learning.trust.result_sets.lifecycle import READABLE
from app.learning.trust.result_sets.models import ResultSet
from app.learning.trust.rounds.models import Confidentiality, Round
from app.learning.trust.sheets.lifecycle import SheetStatus
from app.learning.trust.sheets.models import Sheet
from app.network.cohorts.models import Membership
from app.people.identity.access import Loader, Sight
from app.people.identity.accounts.access import is_same_person
from app.people.identity.models import RoleAssignment
from app.people.identity.roles import COLLABORATION


class RoundCommentNotFound(NotFound):
    """There is nothing of this id that was written, or nothing that you may see."""


def is_read(by: Sight, at: Any) -> ColumnElement[bool]:
    """Whether somebody sees it, or the member that it is about shows it to them."""
    return or_(is_seen(by), and_(_is_out(), _is_disclosed(by, at)))


def is_seen(by: Sight) -> ColumnElement[bool]:
    """Whether somebody facilitates its round; else whether it is told them."""
    facilitates = by.reaches("round_comment.moderate", RoundComment.scope_id)
    return or_(and_(facilitates, ~_is_party(by)), and_(_is_out(), _is_about_theirs(by)))


def _is_disclosed(by: Sight, at: Any) -> ColumnElement[bool]:
    """Whether the member shows it beside its results. How far others trust it is shown to nobody;
    of an attributed round nobody reads a sheet of another, so that only what the member's own
    people wrote is shown."""
    is_theirs_to_show = and_(
        Assessment.perspective != Perspective.DYADIC,
        or_(
            RoundComment.confidentiality != Confidentiality.ATTRIBUTED,
            Assessment.perspective == Perspective.SELF,
        ),
    )
    found = (
        select(Disclosure.id)
        .join(ResultSet, ResultSet.id == Disclosure.result_set_id)
        .join(Assessment, Assessment.membership_id == Disclosure.membership_id)
        .where(
            Assessment.id == RoundComment.assessment_id,
            ResultSet.round_id == RoundComment.round_id,
            ResultSet.status.in_(sorted(READABLE)),
            Disclosure.with_comments,
            is_theirs_to_show,
            is_disclosed_to(by, at),
        )
        .correlate(RoundComment)
    )
    return found.exists()


def _is_party(by: Sight) -> ColumnElement[bool]:
    """Whether somebody acts, or acted, for a member of the cohort, whatever became of it."""
    return (
        exists()
        .where(
            Round.id == RoundComment.round_id,
            Membership.cohort_id == Round.cohort_id,
            RoleAssignment.scope_id == Membership.collaboration_id,
            RoleAssignment.role.in_(COLLABORATION),
            RoleAssignment.valid_until.is_distinct_from(RoleAssignment.valid_from),
            is_same_person(RoleAssignment.account_id, by.person_id),
        )
        .correlate(RoundComment)
    )


def _is_out() -> ColumnElement[bool]:
    """Whether it was shown, of enough people and of a sheet that counts, and results of its round
    are told."""
    told = exists().where(
        ResultSet.round_id == RoundComment.round_id, ResultSet.status.in_(sorted(READABLE))
    )
    excluded = exists().where(
        Sheet.id == RoundComment.sheet_id, Sheet.status != SheetStatus.SUBMITTED
    )
    return and_(
        RoundComment.status == RoundCommentStatus.SHOWN,
        RoundComment.is_of_enough,
        told.correlate(RoundComment),
        ~excluded.correlate(RoundComment),
    )


def _is_about_theirs(by: Sight) -> ColumnElement[bool]:
    """Whether somebody reads the results of the member that it is about."""
    of = select(Assessment.membership_id).where(Assessment.id == RoundComment.assessment_id)
    dyadic = exists().where(
        Assessment.id == RoundComment.assessment_id,
        Assessment.perspective == Perspective.DYADIC,
    )
    its_member = of.correlate(RoundComment).scalar_subquery()
    is_dyadic = dyadic.correlate(RoundComment)
    return or_(
        and_(~is_dyadic, by.reaches("result.read", its_member)),
        and_(is_dyadic, by.reaches("result.read_dyads", its_member)),
    )


round_comment: Final = Loader(
    RoundComment,
    "result.read",
    RoundCommentNotFound,
    (joinedload(RoundComment.round),),
    seen=is_seen,
)
