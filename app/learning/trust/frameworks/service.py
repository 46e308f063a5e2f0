"""What is done with frameworks and their versions."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut, Ref
from app.kernel.written import Written
from app.learning.trust.crosswalk import comparison
from app.learning.trust.default import default_framework
from app.learning.trust.fingerprints import content_hash, structure_hash
from app.learning.trust.framework import Framework as Document
from app.learning.trust.frameworks import access, documents
from app.learning.trust.frameworks.lifecycle import FRAMEWORK_VERSION, FrameworkVersionStatus
from app.learning.trust.frameworks.models import Framework, FrameworkKind, FrameworkVersion
from app.learning.trust.frameworks.schemas import (
    ComparedQuestionsOut,
    CreateFramework,
    CreateFrameworkVersion,
    CrosswalkOut,
    DefaultFrameworkOut,
    EditFrameworkVersion,
    FrameworkDocumentOut,
    FrameworkOut,
    FrameworkVersionOut,
)
from app.learning.trust.frameworks.telling import FRAMEWORK_VERSIONS, FRAMEWORKS
from app.learning.trust.soundness import flaws
from app.network.programmes import access as programmes
from app.people.identity.access import require, require_somewhere
from app.people.identity.actors import Actor
from app.people.identity.scopes import NETWORK_ID

_KEPT_BY_HASH: Final = "document"
"""What an edit does not keep as it was: the hash says that it changed."""


class FrameworkSlugTaken(Conflict):
    """Another framework there has this slug: add a version to it, or choose another."""


class FrameworkNumberTaken(Conflict):
    """The framework has a version of this number: give the document another `version`."""


class FrameworkDraftOpen(Conflict):
    """The framework has a draft already: change that one, publish it or delete it first."""


class FrameworkVersionFixed(Conflict):
    """Only a draft is changed or deleted. What was published stays: add a further version."""


class FrameworkSlugFixed(Unprocessable):
    """All versions of a framework have its slug."""


class FrameworkVersionsUnrelated(Conflict):
    """Only versions of one framework are compared: name another version of this one."""


class FrameworkVersionUnsound(Conflict):
    """A draft is compared once it makes sense: `/actions` names what stands in the way."""


constraint("uq_frameworks_scope_id_slug", FrameworkSlugTaken, "/document/slug")
constraint("uq_framework_versions_framework_id_number", FrameworkNumberTaken, "/document/version")
constraint("uq_framework_versions_draft", FrameworkDraftOpen)


def get_default_framework(actor: Actor) -> DefaultFrameworkOut:
    """The framework that comes with the service, whether or not the network has made it its own."""
    require_somewhere(actor, "framework.read")
    document = default_framework()
    return DefaultFrameworkOut(
        document=FrameworkDocumentOut.model_validate(document.model_dump()),
        structure_hash=structure_hash(document),
        content_hash=content_hash(document),
    )


async def create_framework(
    db: AsyncSession, actor: Actor, body: CreateFramework
) -> Written[FrameworkOut]:
    """Begin a framework on the network or a programme, its first version as a draft.

    Raises ProgrammeUnknown (422), FrameworkSlugTaken (409).
    """
    scope_id = NETWORK_ID
    if body.programme_id is not None:
        scope_id = (await programmes.known(db, actor, body.programme_id)).id
    require(actor, "framework.edit", scope_id)
    document = body.document or default_framework()
    framework = Framework(
        id=new_id(), programme_id=body.programme_id, slug=document.slug, name=document.title
    )
    db.add(framework)
    await db.flush()
    activity.record(db, actor, "framework.created", framework)
    await _draw_up(db, actor, framework, document)
    return await FRAMEWORKS.told_to(db, actor, framework.id)


async def create_framework_version(
    db: AsyncSession, actor: Actor, framework_id: UUID, body: CreateFrameworkVersion
) -> Written[FrameworkVersionOut]:
    """Add a version, as a draft.

    Raises FrameworkSlugFixed (422), FrameworkNumberTaken, FrameworkDraftOpen (409).
    """
    framework = await access.framework.allowing(
        db, actor, framework_id, "framework.edit", lock=True
    )
    _refuse_other_slug(framework, body.document)
    version = await _draw_up(db, actor, framework, body.document)
    return await FRAMEWORK_VERSIONS.told_to(db, actor, version.id)


async def _draw_up(
    db: AsyncSession, actor: Actor, framework: Framework, document: Document
) -> FrameworkVersion:
    version = FrameworkVersion(
        id=new_id(), framework=framework, scope_id=framework.scope_id, **_facts(document)
    )
    await create(db, actor, version, FRAMEWORK_VERSION, under=framework.scope_id)
    return version


def _facts(document: Document) -> dict[str, Any]:
    """What is kept of a document."""
    return {
        "number": document.version,
        "title": document.title,
        "kind": FrameworkKind.SURVEY if document.is_survey else FrameworkKind.FRAMEWORK,
        "licence": document.licence,
        "document": documents.written(document),
        "structure_hash": structure_hash(document),
        "content_hash": content_hash(document),
    }


def _refuse_other_slug(framework: Framework, document: Document) -> None:
    if document.slug != framework.slug:
        detail = f"Must be {framework.slug!r}, as in all versions of the framework."
        fault = FieldProblem(pointer="/document/slug", code="framework_slug_fixed", detail=detail)
        raise FrameworkSlugFixed(errors=[fault])


async def edit_framework_version(
    db: AsyncSession,
    actor: Actor,
    framework_version_id: UUID,
    body: EditFrameworkVersion,
    *,
    if_match: int | None,
) -> Written[FrameworkVersionOut]:
    """Change a draft. Its record keeps by which hash it was known before, and not all it said.

    Raises FrameworkVersionFixed, FrameworkNumberTaken (409), FrameworkSlugFixed (422).
    """
    version = await access.framework_version.to_change(
        db, actor, framework_version_id, "framework.edit", if_match=if_match
    )
    if version.status is not FrameworkVersionStatus.DRAFT:
        raise FrameworkVersionFixed
    if isinstance(body.document, Document):
        _refuse_other_slug(version.framework, body.document)
        if changed := amend(version, _facts(body.document)):
            changed.pop(_KEPT_BY_HASH, None)
            activity.record(db, actor, "framework_version.edited", version, detail=changed)
    return await FRAMEWORK_VERSIONS.told_to(db, actor, version.id)


async def delete_framework_version(
    db: AsyncSession, actor: Actor, framework_version_id: UUID, *, if_match: int | None
) -> None:
    """Throw a draft away; a framework that has no other version goes with it.

    Raises FrameworkVersionFixed (409).
    """
    framework = await _hold_framework(db, actor, framework_version_id)
    version = await access.framework_version.to_change(
        db, actor, framework_version_id, "framework.edit", if_match=if_match
    )
    if version.status is not FrameworkVersionStatus.DRAFT:
        raise FrameworkVersionFixed
    has_another = await db.scalar(
        select(
            exists().where(
                FrameworkVersion.framework_id == framework.id, FrameworkVersion.id != version.id
            )
        )
    )
    verb = "framework.version_deleted" if has_another else "framework.deleted"
    detail = {"framework_version_id": str(version.id), "number": version.number}
    activity.record(db, actor, verb, framework, detail=detail | {"slug": framework.slug})
    await db.delete(version)
    await db.flush()
    if not has_another:
        await db.delete(framework)
        await db.flush()


async def publish_framework_version(
    db: AsyncSession, actor: Actor, framework_version_id: UUID, *, if_match: int | None
) -> Written[FrameworkVersionOut]:
    """Endorse its publication; the second of two persons publishes it. The framework is called as
    it is from then on."""
    framework = await _hold_framework(db, actor, framework_version_id)
    version = await access.framework_version(db, actor, framework_version_id, lock=True)
    published = {"published_at": now(db)}
    outcome = await move(
        db, actor, version, FRAMEWORK_VERSION, "publish", if_match=if_match, writes=published
    )
    if outcome.made:
        framework.name = version.title
    return await FRAMEWORK_VERSIONS.told_to(db, actor, version.id)


async def retire_framework_version(
    db: AsyncSession,
    actor: Actor,
    framework_version_id: UUID,
    reason: str,
    *,
    if_match: int | None,
) -> Written[FrameworkVersionOut]:
    """Let nothing be begun with it any more; what was done with it stays."""
    version = await access.framework_version(db, actor, framework_version_id, lock=True)
    await move(db, actor, version, FRAMEWORK_VERSION, "retire", if_match=if_match, reason=reason)
    return await FRAMEWORK_VERSIONS.told_to(db, actor, version.id)


async def _hold_framework(db: AsyncSession, actor: Actor, framework_version_id: UUID) -> Framework:
    """The framework of a version, held before the version is: whoever adds one holds it too."""
    version = await access.framework_version(db, actor, framework_version_id)
    return await access.framework(db, actor, version.framework_id, lock=True)


async def explain_framework_version_actions(
    db: AsyncSession, actor: Actor, framework_version_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    version = await access.framework_version(db, actor, framework_version_id)
    return await explain_actions(db, actor, version, FRAMEWORK_VERSION)


async def compare_framework_versions(
    db: AsyncSession, actor: Actor, framework_version_id: UUID, other_version_id: UUID
) -> CrosswalkOut:
    """What of two versions may be compared.

    Raises FrameworkVersionsUnrelated, FrameworkVersionUnsound (409).
    """
    old = await access.framework_version(db, actor, framework_version_id)
    new = await access.framework_version(db, actor, other_version_id)
    if old.framework_id != new.framework_id:
        raise FrameworkVersionsUnrelated
    before, after = (documents.read(one.document) for one in (old, new))
    if flaws(before) or flaws(after):
        raise FrameworkVersionUnsound
    found = comparison(before, after)
    return CrosswalkOut(
        from_version=_named(old),
        to_version=_named(new),
        change=found.change,
        pairs=[ComparedQuestionsOut(from_question=a, to_question=b) for a, b in found.pairs],
        covered=str(found.covered),
        is_comparable=found.is_allowed,
        is_partial=found.is_partial,
    )


def _named(version: FrameworkVersion) -> Ref:
    return Ref(id=version.id, reference=None, name=f"{version.title} {version.number}")
