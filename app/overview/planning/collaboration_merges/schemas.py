"""What crosses the wire when collaborations merge."""

from uuid import UUID

from pydantic import Field, StrictBool

from app.kernel.endorsements import EndorsementOut
from app.kernel.schemas import Ref, Response, WithReason
from app.web.problem_shapes import Collision


class MergeCollaboration(WithReason):
    """Which collaboration is the same as this one, and how that is known."""

    duplicate_id: UUID = Field(description="The one that goes.")
    dry_run: StrictBool = Field(
        default=False, description="Whether to tell what would move, and move nothing."
    )


class CollaborationMergeOut(Response):
    """What moved to the collaboration, or would move."""

    collaboration: Ref
    duplicate: Ref
    is_dry_run: bool
    is_merged: bool = Field(description="False on a dry run, and after the first of two persons.")
    moved: dict[str, int] = Field(description="How many of what come over.")
    collisions: list[Collision] = Field(
        description="What stands in the way: settle it first. By name."
    )
    endorsements: list[EndorsementOut] = Field(
        description="The first of two persons' words, with any duplicate, waiting for the second."
    )
    version: int = Field(description="The version of the collaboration.")
