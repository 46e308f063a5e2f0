"""Grants and milestones that wait for a decision which nobody independent can take."""

from functools import partial
from typing import Final

from sqlalchemy import ColumnElement, and_, any_, exists, literal, select

from app.funding.grants.lifecycle import EXPECTING_REPORTS, GrantStatus
from app.funding.grants.models import Grant, Milestone, MilestoneExtension
from app.funding.grants.queries import GRANTS, MILESTONES
from app.funding.grants.work import OF_GRANT
from app.network.conflicts.deciders.queries import (
    Decision,
    decided,
    decides,
    in_the_way,
    is_undecidable,
)
from app.network.conflicts.deciders.work import NAME_A_DECIDER
from app.people.obligations.register import Branch, Making, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import first_words, said_first

decided(GRANTS)
decided(MILESTONES)

_ASKED_FOR_TIME: Final = exists().where(
    MilestoneExtension.milestone_id == Milestone.id, MilestoneExtension.decided_at.is_(None)
)
_IN_FORCE: Final = Grant.status.in_(EXPECTING_REPORTS)


def _unsigned() -> ColumnElement[bool]:
    """Whether no signature for the convenor stands."""
    word = first_words().c
    is_convenors = literal("grant.sign_as_convenor") == any_(word.permissions)
    return Grant.id.not_in(select(word.subject_id).where(word.move == "activate", is_convenors))


_waivers: Final = partial(said_first, noun="milestone", move="waive")
_terminators: Final = partial(said_first, noun="grant", move="terminate")


def _half_waived() -> ColumnElement[bool]:
    return Milestone.id.in_(_waivers(whom=False))


def _half_terminated() -> ColumnElement[bool]:
    return Grant.id.in_(_terminators(whom=False))


OF_GRANTS: Final = decides(
    Decision(
        GRANTS.about(Grant.status == GrantStatus.OFFERED),
        ("grant.sign_as_convenor",),
        waits=_unsigned,
    ),
    Decision(
        GRANTS.about(Grant.status == GrantStatus.PENDING_DUE_DILIGENCE), ("due_diligence.check",)
    ),
    Decision(GRANTS, ("grant.endorse_termination",), waits=_half_terminated),
    Decision(
        GRANTS,
        ("grant.terminate", "grant.endorse_termination"),
        waits=_half_terminated,
        besides=_terminators,
    ),
)
"""Signing for the convenor, checking the grantee; and the second yes to a termination, of whom one
must be allowed to endorse it."""

OF_MILESTONES: Final = decides(
    Decision(MILESTONES.about(_IN_FORCE, _ASKED_FOR_TIME), ("milestone.extend",)),
    Decision(MILESTONES, ("milestone.approve_waiver",), waits=_half_waived),
    Decision(
        MILESTONES,
        ("milestone.waive", "milestone.approve_waiver"),
        waits=_half_waived,
        besides=_waivers,
    ),
)
"""A later due date; and the second yes to a waiver, of whom one must be allowed to approve it."""


def _grants(reach: Reach, waits: Branch) -> Row:
    mine = reach.is_mine(Grant.id, waits.permission)
    row = reach.row((Grant.id, Grant.reference, Grant.title), OF_GRANT, When(), (Grant.id, mine))
    return row.select_from(Grant).where(and_(mine, is_undecidable(Grant.id)))


def _milestones(reach: Reach, waits: Branch) -> Row:
    mine = reach.is_mine(Milestone.grant_id, waits.permission)
    row = reach.row(
        (Milestone.id, Milestone.reference, Milestone.title),
        OF_GRANT,
        When(Milestone.timezone),
        (Milestone.grant_id, mine),
    )
    return (
        row.select_from(Milestone)
        .join(Grant, Grant.id == Milestone.grant_id)
        .where(and_(mine, is_undecidable(Milestone.id)))
    )


work(
    Branch(
        NAME_A_DECIDER,
        "decider.name",
        Side.CONVENOR,
        _grants,
        Making("grant", "propose", "propose_grant_dispensation", "dispensations"),
        partial(in_the_way, decisions=OF_GRANTS),
    ),
    Branch(
        NAME_A_DECIDER,
        "decider.name",
        Side.CONVENOR,
        _milestones,
        Making("milestone", "propose", "propose_milestone_dispensation", "dispensations"),
        partial(in_the_way, decisions=OF_MILESTONES),
    ),
)
