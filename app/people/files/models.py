"""Files: uploads that are still coming in, and what they become when they are whole.

A file never changes. It belongs to nobody's scope until a package attaches it, once, to the thing
it is evidence of; from then on whoever may read the thing may read it. The bytes of a file and
of the upload it was lie in `storage` under the id that both share.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Record, new_id
from app.people.identity.scopes import NETWORK_ID


class Upload(Base):
    """A file that is coming in: what it will be, and how much of it is here."""

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("received BETWEEN 0 AND size", "received"),
        CheckConstraint("completed_at IS NULL OR received = size", "completed"),
        CheckConstraint("octet_length(sha256) = 32", "sha256"),
        Index("ix_uploads_uploader_id", "uploader_id", "completed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    uploader_id: Mapped[UUID]
    """The account that may continue it."""
    name: Mapped[str]
    media_type: Mapped[str | None]
    """As it was announced, until it is whole: then what it is."""
    size: Mapped[int]
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    """As it was announced, if it was; of what came, once it is whole."""
    received: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    completed_at: Mapped[datetime | None]
    """When it became the file of the same id; kept a while for a client that lost the answer."""


@dataclass(frozen=True)
class OfNoScope:
    """A file that is evidence of nothing yet, as the record has it: under the network."""

    id: UUID
    __noun__: ClassVar[str] = "file"

    @property
    def scope_id(self) -> UUID:
        return NETWORK_ID


class File(Record):
    """A whole file. The database refuses every change but the one that attaches it."""

    __tablename__ = "files"
    __noun__: ClassVar[str] = "file"
    __table_args__ = (
        CheckConstraint("size > 0", "size"),
        CheckConstraint("octet_length(sha256) = 32", "sha256"),
        CheckConstraint(
            "num_nonnulls(scope_id, subject_noun, subject_id, attached_at) IN (0, 4)", "attached"
        ),
        Index("ix_files_subject_id", "subject_id"),
        Index("ix_files_scope_id", "scope_id"),
        Index("ix_files_uploader_id", "uploader_id"),
    )

    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    uploader_id: Mapped[UUID]
    scope_id: Mapped[UUID | None]
    subject_noun: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    attached_at: Mapped[datetime | None]
