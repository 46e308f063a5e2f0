"""What was imported, so that an import can be run again without doing anything twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, new_id


class ImportedRecord(Base):
    """A thing that an import made, by the name that its source has for it."""

    __tablename__ = "imported_records"
    __table_args__ = (
        UniqueConstraint("source", "noun", "external_id"),
        CheckConstraint("octet_length(sha256) = 32", "sha256"),
        CheckConstraint("last_seen_at >= first_seen_at", "seen_in_order"),
        Index("ix_imported_records_source_record", "source", "record"),
        Index("ix_imported_records_subject_id", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    source: Mapped[str]
    noun: Mapped[str]
    external_id: Mapped[str]
    record: Mapped[str]
    """The record of the source that it came with; empty for what the import itself needed."""
    subject_id: Mapped[UUID]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    """The hash of that record as it was."""
    import_id: Mapped[UUID]
    """The run that brought it in: a long operation's id, or one of the command line's."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
