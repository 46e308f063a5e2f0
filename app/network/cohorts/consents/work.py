"""What waits for the lead of a member that was brought back: to open its dossier again."""

from sqlalchemy import exists

from app.network.cohorts.lifecycle import LIVE
from app.network.cohorts.models import Membership
from app.network.cohorts.work import IN_COHORT
from app.network.collaborations.models import Collaboration
from app.people.identity.scopes import ScopeEdge
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When


def _dossiers(reach: Reach, waits: Branch) -> Row:
    """Members that were brought back, whose dossier the cohort does not see again yet."""
    mine = reach.is_mine(Membership.id, waits.permission)
    row = reach.row(
        (Membership.id, None, None),
        IN_COHORT,
        When(Membership.timezone),
        (Membership.id, mine),
    )
    is_open = exists().where(
        ScopeEdge.parent_id == Membership.id, ScopeEdge.child_id == Collaboration.dossier_id
    )
    return (
        row.select_from(Membership)
        .join(Collaboration, Collaboration.id == Membership.collaboration_id)
        .where(
            Membership.status.in_(LIVE),
            ~is_open.correlate(Membership, Collaboration),
            reach.concerns(mine, Membership.id, waits.permission, "membership.read"),
        )
    )


work(
    Branch(
        Kind(
            "open_dossier",
            Making("membership", "open_dossier", "open_membership_dossier", "open-dossier"),
        ),
        "membership.accept",
        Side.GRANTEE,
        _dossiers,
    )
)
