"""Frameworks and their versions over HTTP."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.learning.trust.frameworks import service
from app.learning.trust.frameworks.lifecycle import FRAMEWORK_VERSION
from app.learning.trust.frameworks.schemas import (
    CreateFramework,
    CreateFrameworkVersion,
    CrosswalkOut,
    DefaultFrameworkOut,
    EditFrameworkVersion,
    FrameworkOut,
    FrameworkPage,
    FrameworkQuery,
    FrameworkVersionDocumentOut,
    FrameworkVersionFilters,
    FrameworkVersionOut,
    FrameworkVersionPage,
    FrameworkVersionQuery,
)
from app.learning.trust.frameworks.telling import (
    DOCUMENTS,
    FRAMEWORK_VERSIONS,
    FRAMEWORK_VERSIONS_AS_CSV,
    FRAMEWORKS,
    FRAMEWORKS_AS_CSV,
    OF_FRAMEWORK,
)
from app.network.programmes.access import ProgrammeUnknown
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.moves import told_new
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Trust")

FrameworkId = Annotated[UUID, Path(description="The framework.")]
FrameworkVersionId = Annotated[UUID, Path(description="The version of a framework.")]

READ: Final = "framework.read"

_SURVEY: Final[dict[str, Any]] = {
    "slug": "how-was-it",
    "version": "1.0.0",
    "title": "How was it?",
    "licence": "CC-BY-4.0",
    "scales": [
        {
            "key": "agree",
            "kind": "likert",
            "points": [
                {"value": 1, "label": "No", "score": 0},
                {"value": 2, "label": "In part", "score": "1/2"},
                {"value": 3, "label": "Yes", "score": 1},
            ],
        }
    ],
    "dimensions": [
        {
            "key": "use",
            "title": "Use",
            "definition": "Whether it was worth the time.",
            "questions": [
                {
                    "key": "worth_it",
                    "text": "It was worth our time.",
                    "kind": "likert",
                    "scale": "agree",
                    "audience": ["self"],
                }
            ],
        }
    ],
}


@router.get("/default-framework", permission=READ)
async def get_default_framework(actor: CurrentActor) -> DefaultFrameworkOut:
    """The framework that comes with the service. It is nobody's before a network makes it its own
    by `POST /v1/frameworks`; an upgrade may bring another, and changes none that was made."""
    return service.get_default_framework(actor)


@router.post(
    "/frameworks",
    permission="framework.edit",
    moves=told_new(FRAMEWORK_VERSION, "create"),
    status=201,
    location="/v1/frameworks/{id}",
    refuses=(ProgrammeUnknown, service.FrameworkSlugTaken),
    example={"document": _SURVEY},
)
async def create_framework(
    db: Db, actor: CurrentActor, body: CreateFramework
) -> Written[FrameworkOut]:
    """Begin a framework or a survey, on a programme or the whole network, from a document. What the
    document says is its first version, a draft, which may still make no sense."""
    return await service.create_framework(db, actor, body)


@router.get("/frameworks", permission=READ)
async def list_frameworks(
    read: Reading, query: Annotated[FrameworkQuery, Query()]
) -> WrittenList[FrameworkPage]:
    """The frameworks of the network and of all its programmes, by slug."""
    return await FRAMEWORKS.page(read, query)


export_of(router, "/frameworks", FRAMEWORKS_AS_CSV, FrameworkQuery, permission=READ)


@router.get("/frameworks/{framework_id}", permission=READ)
async def get_framework(read: Reading, framework_id: FrameworkId) -> Written[FrameworkOut]:
    """One framework."""
    return await FRAMEWORKS.one(read, framework_id)


history_of(router, "framework", "/frameworks/{framework_id}", FRAMEWORKS, permission=READ)


@router.create(
    FRAMEWORK_VERSION,
    "/frameworks/{framework_id}/versions",
    refuses=(
        service.FrameworkSlugFixed,
        service.FrameworkNumberTaken,
        service.FrameworkDraftOpen,
    ),
    example={"document": _SURVEY | {"version": "1.1.0"}},
)
async def create_framework_version(
    db: Db, actor: CurrentActor, framework_id: FrameworkId, body: CreateFrameworkVersion
) -> Written[FrameworkVersionOut]:
    """Add a version, as a draft; a framework has one draft at a time."""
    return await service.create_framework_version(db, actor, framework_id, body)


@router.get("/frameworks/{framework_id}/versions", permission=READ)
async def list_versions_of_framework(
    read: Reading, framework_id: FrameworkId, query: Annotated[FrameworkVersionFilters, Query()]
) -> WrittenList[FrameworkVersionPage]:
    """The versions of the framework, the oldest first."""
    return await FRAMEWORK_VERSIONS.page(read, query, OF_FRAMEWORK, framework_id)


@router.get("/framework-versions", permission=READ)
async def list_framework_versions(
    read: Reading, query: Annotated[FrameworkVersionQuery, Query()]
) -> WrittenList[FrameworkVersionPage]:
    """The versions of all frameworks, the oldest first."""
    return await FRAMEWORK_VERSIONS.page(read, query)


export_of(
    router,
    "/framework-versions",
    FRAMEWORK_VERSIONS_AS_CSV,
    FrameworkVersionQuery,
    permission=READ,
)


@router.get("/framework-versions/{framework_version_id}", permission=READ)
async def get_framework_version(
    read: Reading, framework_version_id: FrameworkVersionId
) -> Written[FrameworkVersionOut]:
    """One version, without its document."""
    return await FRAMEWORK_VERSIONS.one(read, framework_version_id)


@router.get("/framework-versions/{framework_version_id}/document", permission=READ)
async def get_framework_version_document(
    read: Reading, framework_version_id: FrameworkVersionId
) -> Written[FrameworkVersionDocumentOut]:
    """All that a version says; its `document` can be imported as it is, here or elsewhere."""
    return await DOCUMENTS.one(read, framework_version_id)


@router.patch(
    "/framework-versions/{framework_version_id}",
    permission="framework.edit",
    if_match=True,
    refuses=(
        service.FrameworkVersionFixed,
        service.FrameworkSlugFixed,
        service.FrameworkNumberTaken,
    ),
    example={"document": _SURVEY | {"title": "How was it for you?"}},
)
async def edit_framework_version(
    db: Db,
    actor: CurrentActor,
    framework_version_id: FrameworkVersionId,
    body: EditFrameworkVersion,
    if_match: IfMatch,
) -> Written[FrameworkVersionOut]:
    """Put another document in the place of a draft's. The slug never changes."""
    return await service.edit_framework_version(
        db, actor, framework_version_id, body, if_match=if_match
    )


@router.delete(
    "/framework-versions/{framework_version_id}",
    permission="framework.edit",
    if_match=True,
    refuses=(service.FrameworkVersionFixed,),
    status=204,
)
async def delete_framework_version(
    db: Db, actor: CurrentActor, framework_version_id: FrameworkVersionId, if_match: IfMatch
) -> None:
    """Throw a draft away. A framework that has no other version goes with it."""
    await service.delete_framework_version(db, actor, framework_version_id, if_match=if_match)


@router.move(FRAMEWORK_VERSION, "publish", completed_by="the second of two persons")
async def publish_framework_version(
    db: Db, actor: CurrentActor, framework_version_id: FrameworkVersionId, if_match: IfMatch
) -> Written[FrameworkVersionOut]:
    """Publish it: from then on it does not change. It takes two persons, of whom one may publish:
    the first call is kept, the second's publishes it. Each flaw of the document stands in the way
    (`not_sound`), with its place."""
    return await service.publish_framework_version(
        db, actor, framework_version_id, if_match=if_match
    )


@router.move(
    FRAMEWORK_VERSION, "retire", example={"reason": "Its questions are asked better in 2.0.0."}
)
async def retire_framework_version(
    db: Db,
    actor: CurrentActor,
    framework_version_id: FrameworkVersionId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[FrameworkVersionOut]:
    """Let nothing be begun with it any more. It stays to be read."""
    return await service.retire_framework_version(
        db, actor, framework_version_id, body.reason, if_match=if_match
    )


@router.get("/framework-versions/{framework_version_id}/actions", permission=READ)
async def explain_framework_version_actions(
    db: Db, actor: CurrentActor, framework_version_id: FrameworkVersionId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_framework_version_actions(db, actor, framework_version_id)


@router.get(
    "/framework-versions/{framework_version_id}/crosswalk/{other_version_id}",
    permission=READ,
    refuses=(service.FrameworkVersionsUnrelated, service.FrameworkVersionUnsound),
)
async def compare_framework_versions(
    db: Db,
    actor: CurrentActor,
    framework_version_id: FrameworkVersionId,
    other_version_id: Annotated[UUID, Path(description="The version that it became.")],
) -> CrosswalkOut:
    """Which questions of two versions of a framework may be compared, how much of the weight they
    are, and whether that is enough."""
    return await service.compare_framework_versions(
        db, actor, framework_version_id, other_version_id
    )


history_of(
    router,
    "framework_version",
    "/framework-versions/{framework_version_id}",
    FRAMEWORK_VERSIONS,
    permission=READ,
)
