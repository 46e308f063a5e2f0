"""What waits among frameworks: versions that one has said to publish, for the second."""

from typing import Final

from sqlalchemy import literal, or_

from app.learning.trust.frameworks.lifecycle import FRAMEWORK_VERSION
from app.learning.trust.frameworks.models import FrameworkVersion
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import Seconding

UTC: Final = literal("UTC")
"""It has no date, and stands in no cohort that would have a zone."""


def _publications(reach: Reach, _waits: Branch) -> Row:
    """Versions that wait for the second of two persons; the team alone knows."""
    scope_id = FrameworkVersion.scope_id
    publishing = Seconding(FRAMEWORK_VERSION, "publish", FrameworkVersion.id, scope_id)
    mine = publishing.is_mine(reach)
    row = reach.row(
        (FrameworkVersion.id, None, FrameworkVersion.title), {}, When(UTC), (scope_id, mine)
    )
    return row.select_from(FrameworkVersion).where(
        publishing.waits(), or_(mine, reach.sees(scope_id, "activity.read_team"))
    )


work(
    Branch(
        Kind("publish_framework_version", Moving(FRAMEWORK_VERSION, "publish")),
        "framework.publish",
        Side.CONVENOR,
        _publications,
    )
)
