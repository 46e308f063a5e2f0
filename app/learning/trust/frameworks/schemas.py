"""What crosses the wire about frameworks and their versions."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, ConfigDict, Field

from app.kernel.endorsements import EndorsementOut
from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import ActionOut, InstantIn, InstantOut, Ref, Request, Response, Search
from app.learning.trust.crosswalk import ChangeClass
from app.learning.trust.framework import Dimension, Framework, Question, Scale, ScalePoint, Slug
from app.learning.trust.frameworks.lifecycle import FrameworkVersionStatus
from app.learning.trust.frameworks.models import FrameworkKind
from app.network.programmes.schemas import BelowProgramme

StructureHash = Annotated[
    str,
    Field(description="SHA-256 of what scores come from: alike where they compare as they are."),
]
ContentHash = Annotated[str, Field(description="SHA-256 of all that it says but its number.")]

_TOLD = ConfigDict(
    json_schema_serialization_defaults_required=True, json_schema_mode_override="serialization"
)


class ScalePointOut(ScalePoint, frozen=True):
    """A point of a scale."""

    model_config = _TOLD


class ScaleOut(Scale, frozen=True):
    """What questions are answered on."""

    model_config = _TOLD

    points: tuple[ScalePointOut, ...]
    """Its points, by their values."""


class QuestionOut(Question, frozen=True):
    """Something that is asked."""

    model_config = _TOLD


class DimensionOut(Dimension, frozen=True):
    """Questions that are scored together, or dimensions that are."""

    model_config = _TOLD

    questions: tuple[QuestionOut, ...] = ()
    """Its questions, in the order in which they are asked."""


class FrameworkDocumentOut(Framework, frozen=True):
    """A framework as a document, with every key; it can be imported as it is."""

    model_config = _TOLD

    scales: tuple[ScaleOut, ...] = ()
    """What its questions are answered on."""
    dimensions: tuple[DimensionOut, ...]
    """What it asks, in order."""


class DefaultFrameworkOut(Response):
    """The framework that comes with the service."""

    document: FrameworkDocumentOut
    structure_hash: StructureHash
    content_hash: ContentHash


class CreateFramework(Request):
    """A framework, with its first version."""

    programme_id: UUID | None = Field(
        None, description="The programme that it lies on; null: the whole network."
    )
    document: Framework | None = Field(
        None, description="By default the framework that comes with the service."
    )


class CreateFrameworkVersion(Request):
    """A further version of a framework."""

    document: Framework


class EditFrameworkVersion(Request):
    """What is to change of a draft."""

    document: Framework | MISSING = Field(MISSING, description="The whole of it, anew.")


class FrameworkOut(Response):
    """A framework. What it asks, its versions say: `/framework-versions?framework_id=`."""

    id: UUID
    programme: Ref | None = Field(description="Where it lies; null: on the whole network.")
    slug: Slug
    name: str = Field(description="The title of the version that was published last.")
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class FrameworkPage(Page[FrameworkOut]):
    """Some of the frameworks."""


class FrameworkSort(StrEnum):
    """In which order."""

    SLUG = "slug"
    SLUG_DESCENDING = "-slug"
    NAME = "name"
    NAME_DESCENDING = "-name"
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class FrameworkQuery(BelowProgramme, PageQuery):
    """Which frameworks, in which order."""

    q: Search | None = None
    slug: Slug | None = None
    created_from: InstantIn | None = None
    created_until: InstantIn | None = None
    sort: FrameworkSort = FrameworkSort.SLUG


class FrameworkVersionOut(Response):
    """A version of a framework, without its document."""

    id: UUID
    framework: Ref
    status: FrameworkVersionStatus
    number: str = Field(description="Its number, as the document says it.", examples=["1.0.0"])
    title: str
    kind: FrameworkKind = Field(description="A survey is a framework without levels.")
    licence: str = Field(description="Under which its words may be used.")
    structure_hash: StructureHash
    content_hash: ContentHash
    published_at: InstantOut | None
    available_actions: list[ActionOut]
    endorsements: list[EndorsementOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class FrameworkVersionPage(Page[FrameworkVersionOut]):
    """Some of the versions."""


class FrameworkVersionSort(StrEnum):
    """In which order."""

    OLDEST = "created_at"
    NEWEST = "-created_at"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class FrameworkVersionFilters(PageQuery):
    """Which versions of a framework, in which order."""

    q: Search | None = None
    status: Several[FrameworkVersionStatus] | None = None
    kind: Several[FrameworkKind] | None = None
    created_from: InstantIn | None = None
    created_until: InstantIn | None = None
    published_from: InstantIn | None = None
    published_until: InstantIn | None = None
    sort: FrameworkVersionSort = FrameworkVersionSort.OLDEST


class FrameworkVersionQuery(BelowProgramme, FrameworkVersionFilters):
    """Which versions, in which order."""

    framework_id: Several[UUID] | None = Field(None, description="Those of this framework.")


class FrameworkVersionDocumentOut(Response):
    """What a version of a framework says."""

    id: UUID
    document: FrameworkDocumentOut
    version: int


class CrosswalkQuery(Request):
    """With what it is compared."""

    to_id: UUID = Field(description="The other version, of the same framework.")


class ComparedQuestionsOut(Response):
    """A question of each version, which may be compared."""

    from_question: str = Field(description="The key of the question in this version.")
    to_question: str = Field(description="Its key in the other.")


class CrosswalkOut(Response):
    """What of two versions may be compared."""

    from_version: Ref
    to_version: Ref
    change: ChangeClass = Field(
        description="`editorial`: scores come about alike; `minor`: questions were added or "
        "weighed anew; `major`: anything else."
    )
    pairs: list[ComparedQuestionsOut] = Field(description="The questions that may be compared.")
    covered: str = Field(
        description="How much of the weight they are, in the version in which they are less, as "
        "an exact fraction.",
        examples=["2/3"],
    )
    is_comparable: bool = Field(description="Whether results may be compared at all.")
    is_partial: bool = Field(description="Whether a comparison must say that it is of a part.")
