"""Frameworks and their versions as they are stored."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Record, text_enum
from app.kernel.filters import trigrams
from app.learning.trust.frameworks.lifecycle import FrameworkVersionStatus
from app.network.programmes.models import Programme
from app.people.identity.scopes import NETWORK_ID


class FrameworkKind(StrEnum):
    FRAMEWORK = "framework"
    SURVEY = "survey"


class Framework(Record):
    """What its versions have in common: where they lie, and what they are called."""

    __tablename__ = "frameworks"
    __noun__: ClassVar[str] = "framework"
    __table_args__ = (
        UniqueConstraint("scope_id", "slug"),
        UniqueConstraint("id", "scope_id"),
        Index("ix_frameworks_programme_id", "programme_id"),
        Index("ix_frameworks_slug", "slug", "id"),
        Index("ix_frameworks_name_folded", "name_folded", "id"),
        Index("ix_frameworks_created_at", "created_at", "id"),
        Index("ix_frameworks_updated_at", "updated_at", "id"),
        trigrams("frameworks", "name_folded"),
    )

    programme_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("programmes.id", ondelete="RESTRICT")
    )
    scope_id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT"),
        Computed(f"coalesce(programme_id, '{NETWORK_ID}'::uuid)", persisted=True),
    )
    slug: Mapped[str]
    name: Mapped[str]
    """The title of the version that was published last; before, of the first."""
    name_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(name)", persisted=True)
    )

    programme: Mapped[Programme | None] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its slug, of which each programme may have one."""


class FrameworkVersion(Record):
    """A framework as it was drawn up at one time. What was published does not change."""

    __tablename__ = "framework_versions"
    __noun__: ClassVar[str] = "framework_version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["framework_id", "scope_id"],
            ["frameworks.id", "frameworks.scope_id"],
            name="fk_framework_versions_framework_id_frameworks",
            ondelete="RESTRICT",
        ),
        UniqueConstraint("framework_id", "number"),
        Index(
            "uq_framework_versions_draft",
            "framework_id",
            unique=True,
            postgresql_where=text("status = 'draft'"),
        ),
        CheckConstraint("(status = 'draft') = (published_at IS NULL)", "published_at_publishing"),
        CheckConstraint("jsonb_typeof(document::jsonb) = 'object'", "document_is_one"),
        Index("ix_framework_versions_scope_id", "scope_id"),
        Index("ix_framework_versions_framework_id", "framework_id", "created_at", "id"),
        Index("ix_framework_versions_created_at", "created_at", "id"),
        Index("ix_framework_versions_updated_at", "updated_at", "id"),
        Index("ix_framework_versions_title_folded", "title_folded", "id"),
        trigrams("framework_versions", "title_folded"),
    )

    framework_id: Mapped[UUID]
    scope_id: Mapped[UUID]
    status: Mapped[FrameworkVersionStatus] = mapped_column(
        text_enum(FrameworkVersionStatus, "status")
    )
    number: Mapped[str]
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    kind: Mapped[FrameworkKind] = mapped_column(text_enum(FrameworkKind, "kind"))
    licence: Mapped[str]
    document: Mapped[str]
    """All of it, as JSON with every key, whose order is kept."""
    structure_hash: Mapped[str]
    content_hash: Mapped[str]
    published_at: Mapped[datetime | None]

    framework: Mapped[Framework] = relationship(lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its framework and its number."""

    @property
    def name(self) -> str:
        return self.title
