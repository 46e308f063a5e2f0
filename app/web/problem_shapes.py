"""The shapes of a problem: RFC 9457, with what the refusals of each status tell besides.

What a refusal may tell is there where it is told, and is never null.
"""

from typing import Any, Final
from uuid import UUID

from pydantic import MISSING, BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from app.kernel.errors import FieldProblem
from app.kernel.permissions import PermissionName
from app.kernel.schemas import Ref, UnmetCondition

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"


class Problem(BaseModel):
    """An answer that is not a success, in the form of RFC 9457."""

    model_config = ConfigDict(extra="allow", json_schema_serialization_defaults_required=True)

    type: str = Field(
        description="Where this kind of problem is explained.",
        examples=["/problems/not_found"],
    )
    title: str = Field(description="The kind of problem, the same for each of its occurrences.")
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(description="What happened this time, and what would mend it.")
    instance: str = Field(description="The path that was asked.", examples=["/v1/grants"])
    code: str = Field(
        description="The kind of problem as a stable word. More may come: the endpoint lists its "
        "own as `x-problem-codes`, the shared answer those of all.",
        examples=["not_found"],
    )
    request_id: str = Field(description="Quote this when you ask for help.")
    errors: list[FieldProblem] = Field(description="What is wrong with which part, if known.")


class NotAllowedProblem(Problem):
    """You may see this, and may not do this to it."""

    permission: PermissionName | MISSING = Field(
        default=MISSING, description="What it takes, where a permission would be enough."
    )
    grantable: list[str] | MISSING = Field(
        default=MISSING, description="Of `role_not_yours_to_grant`: the roles that are."
    )


class Dependant(BaseModel):
    """Something that stands in the way of a deletion or of taking a merge back."""

    model_config = ConfigDict(extra="allow")

    kind: str = Field(description="What it is.", examples=["invitations"])
    id: UUID | None = Field(description="Its id, where it has one.")


class Collision(BaseModel):
    """Something that both of two collaborations have, and that one of them can have only once."""

    kind: str = Field(
        description="`memberships`, `answers` or `indicator_results`.", examples=["memberships"]
    )
    of: Ref = Field(
        description="The cohort both are in, the expectation both answered, or the indicator of "
        "which both have an accepted result of the same days."
    )


class OpenInvitation(BaseModel):
    """An invitation that waits to be accepted, as `get_invitation` tells it."""

    model_config = ConfigDict(extra="allow")

    id: UUID = Field(description="To resend it, or take it back.")


class AskedInRound(BaseModel):
    """How many are asked in a round."""

    people: int = Field(description="Each counts once.")
    organisations: int = Field(description="Those of whom it is not known are of one together.")
    peers: int = Field(description="As peers, about the member of whom most are.")


class ConflictProblem(Problem):
    """The state of things does not allow this now."""

    unmet: list[UnmetCondition] | MISSING = Field(
        default=MISSING, description="Of `guards_unmet`: each condition that does not hold."
    )
    current_status: str | MISSING = Field(
        default=MISSING, description="Of `invalid_transition` and the like: its present status."
    )
    available_actions: list[str] | MISSING = Field(
        default=MISSING, description="Of `invalid_transition`: the moves that you may make now."
    )
    missing: list[PermissionName] | MISSING = Field(
        default=MISSING, description="Of `owner_would_lose`: what the new owner does not hold."
    )
    merged_into_id: UUID | MISSING = Field(
        default=MISSING, description="What it was merged into: the id to go on with."
    )
    organisation_id: UUID | MISSING = Field(
        default=MISSING, description="Of `identifier_taken`: the organisation that has it."
    )
    dependants: list[Dependant] | MISSING = Field(
        default=MISSING, description="What depends on it."
    )
    collisions: list[Collision] | MISSING = Field(
        default=MISSING, description="Of `collaborations_collide`: what both have."
    )
    made_id: UUID | MISSING = Field(
        default=MISSING, description="Of `answer_was_secret`: what was made, where it is one thing."
    )
    made_ids: list[UUID] | MISSING = Field(
        default=MISSING, description="The same, where it was several, in the order of the request."
    )
    invitation: OpenInvitation | MISSING = Field(
        default=MISSING, description="Of `already_invited`: the invitation that is open."
    )
    asked: AskedInRound | MISSING = Field(
        default=MISSING, description="Of `round_too_strict`: how many are asked."
    )
    constraint: str | MISSING | None = Field(
        default=MISSING, description="Of `constraint_violated`: the rule of the database."
    )
    limit: int | MISSING = Field(default=MISSING, description="The most that there may be.")
    stored: int | MISSING = Field(default=MISSING, description="In bytes: what is stored.")


class PreconditionFailedProblem(Problem):
    """What you read has changed since."""

    version: int | MISSING = Field(default=MISSING, description="The version that it has now.")
    content_version: int | MISSING = Field(
        default=MISSING, description="The version of its content now, where that is its own."
    )


class PayloadTooLargeProblem(Problem):
    """More than is taken."""

    limit: int | MISSING = Field(default=MISSING, description="In bytes: the most there may be.")
    stored: int | MISSING = Field(default=MISSING, description="In bytes: what is stored.")
    quota: str | MISSING = Field(
        default=MISSING, description="Of `storage_full`: whose room it is."
    )


class UnsupportedMediaTypeProblem(Problem):
    """Of a kind that is not taken."""

    allowed: list[str] | MISSING = Field(
        default=MISSING, description="Of `media_type_not_allowed`: the media types that are."
    )


class UnprocessableProblem(Problem):
    """The request is well-formed, its values are not."""

    permission: PermissionName | MISSING | None = Field(
        default=MISSING,
        description="Of `permission_not_held`: the first of them; null where none has such a name.",
    )
    limit: int | MISSING = Field(default=MISSING, description="The most that there may be.")


class TooManyRequestsProblem(Problem):
    """More often than is allowed."""

    limit: int | MISSING = Field(
        default=MISSING, description="Of `too_many_invitations`: how many a day there may be."
    )
    left: int | MISSING = Field(
        default=MISSING, description="Of `too_many_invitations`: how many may be sent now."
    )


OF_STATUS: Final[dict[int, type[Problem]]] = {
    403: NotAllowedProblem,
    409: ConflictProblem,
    412: PreconditionFailedProblem,
    413: PayloadTooLargeProblem,
    415: UnsupportedMediaTypeProblem,
    422: UnprocessableProblem,
    429: TooManyRequestsProblem,
}
"""The shape of the problems of a status, where they tell more than all do."""


def schemas() -> dict[str, Any]:
    """All of them, as schemas of the document."""
    shapes = [Problem, *OF_STATUS.values()]
    _, generated = models_json_schema(
        [(shape, "serialization") for shape in shapes],
        ref_template="#/components/schemas/{model}",
    )
    for name in [shape.__name__ for shape in OF_STATUS.values()]:
        schema = generated["$defs"][name]
        schema["required"] = [one for one in schema["required"] if one in Problem.model_fields]
    return generated["$defs"]
