"""The life of a version of a framework."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class FrameworkVersionStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


_S = FrameworkVersionStatus

FRAMEWORK_VERSION: Final = Lifecycle(
    noun="framework_version",
    collection="framework-versions",
    statuses=FrameworkVersionStatus,
    moves=(
        Move("create", None, _S.DRAFT, "framework.edit", audience=Audience.ALL),
        Move(
            "publish",
            _S.DRAFT,
            _S.PUBLISHED,
            "framework.edit",
            second="framework.publish",
            needs_if_match=True,
            audience=Audience.ALL,
            first_word=Audience.TEAM,
        ),
        Move(
            "retire",
            _S.PUBLISHED,
            _S.RETIRED,
            "framework.publish",
            needs_reason=True,
            audience=Audience.ALL,
        ),
    ),
)
