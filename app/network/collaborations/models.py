"""Collaborations and the organisations that take part in them."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Sequence,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Base, Record, text_enum
from app.kernel.filters import trigrams
from app.kernel.naming import FormerName
from app.network.collaborations.lifecycle import CollaborationStatus
from app.network.programmes.models import Programme
from app.network.programmes.priority_areas.models import PriorityArea
from app.network.programmes.strands.models import Strand
from app.people.organisations.models import Organisation

NUMBERS: Final = Sequence("collaboration_numbers", metadata=Base.metadata)
"""Where the references of collaborations come from that are given none."""


class Origin(StrEnum):
    NETWORK_MEMBER = "network_member"
    PRIORITY_AREA = "priority_area"
    AD_HOC = "ad_hoc"
    CHALLENGE_SPIN_OFF = "challenge_spin_off"


class Collaboration(Record):
    """A collaboration. Its people hold their roles on it; what they share lies in its dossier.

    The id is the node of the people's roles. The dossier is a node below it, which the cohorts that
    the collaboration is a member of reach too.
    """

    __tablename__ = "collaborations"
    __noun__: ClassVar[str] = "collaboration"
    __nodes__: ClassVar[tuple[str, ...]] = ("id", "dossier_id")
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("dossier_id"),
        CheckConstraint(
            "priority_area_id IS NULL OR origin = 'priority_area'", "area_of_its_origin"
        ),
        CheckConstraint(
            "(status = 'on_hold') = (held_from IS NOT NULL)", "on_hold_knows_its_way_back"
        ),
        Index("ix_collaborations_name_folded", "name_folded", "id"),
        Index("ix_collaborations_created_at", "created_at", "id"),
        Index("ix_collaborations_updated_at", "updated_at", "id"),
        Index("ix_collaborations_status", "status", "id"),
        trigrams("collaborations", "name_folded", "reference"),
    )

    id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT"), primary_key=True, sort_order=-10
    )
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("dossier_id")
    reference: Mapped[str]
    name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(name)", persisted=True)
    )
    programme_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("programmes.id", ondelete="RESTRICT"), index=True
    )
    """The programme towards whose targets it counts."""
    challenge: Mapped[str | None]
    topic: Mapped[str | None]
    summary: Mapped[str | None]
    country: Mapped[str | None]
    origin: Mapped[Origin] = mapped_column(text_enum(Origin, "origin"))
    strand_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("strands.id", ondelete="RESTRICT"), index=True
    )
    priority_area_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("priority_areas.id", ondelete="RESTRICT"), index=True
    )
    status: Mapped[CollaborationStatus] = mapped_column(text_enum(CollaborationStatus, "status"))
    launched_at: Mapped[datetime | None]
    """When it was launched; it stays when the collaboration ends, since it counts once for ever."""
    held_from: Mapped[CollaborationStatus | None] = mapped_column(
        text_enum(CollaborationStatus, "held_from")
    )
    review_on: Mapped[date | None]
    is_held_by_team: Mapped[bool] = mapped_column(default=False)
    """Whether those who run the network put it on hold; then its own people do not resume it."""
    merged_into_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT"), index=True
    )
    """The collaboration that took this one's place when they were found to be the same."""
    learning_waiver: Mapped[str | None]
    """Why it need not share what it learnt before it concludes."""

    former_names: Mapped[list["FormerCollaborationName"]] = relationship(
        lazy="raise", order_by="(FormerCollaborationName.until, FormerCollaborationName.id)"
    )
    programme: Mapped[Programme | None] = relationship(lazy="raise")
    strand: Mapped[Strand | None] = relationship(lazy="raise")
    priority_area: Mapped[PriorityArea | None] = relationship(lazy="raise")


class FormerCollaborationName(FormerName):
    """A name that a collaboration had."""

    __tablename__ = "former_collaboration_names"
    __table_args__ = (
        Index("ix_former_collaboration_names_name_folded", "name_folded"),
        trigrams("former_collaboration_names", "name_folded"),
    )

    of_id: Mapped[UUID] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT"), index=True
    )


class ParticipantRole(StrEnum):
    STEWARD = "steward"
    CONTRIBUTOR = "contributor"
    USER = "user"
    FUNDER = "funder"
    BENEFICIARY = "beneficiary"


class Participant(Record):
    """An organisation in a role of a collaboration, for a time."""

    __tablename__ = "participants"
    __noun__: ClassVar[str] = "participant"
    __recorded_of__: ClassVar[str] = "collaboration_id"
    __called_by__: ClassVar[str] = "organisation"
    __table_args__ = (
        CheckConstraint("ended_on >= since_on", "ends_after_start"),
        Index(
            "uq_participants_current",
            "collaboration_id",
            "organisation_id",
            "role",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index("ix_participants_since_on", "since_on", "id"),
        Index("ix_participants_updated_at", "updated_at", "id"),
    )

    collaboration_id: Mapped[UUID] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT"), index=True
    )
    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    """The dossier of the collaboration."""
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="RESTRICT"), index=True
    )
    role: Mapped[ParticipantRole] = mapped_column(text_enum(ParticipantRole, "role"))
    since_on: Mapped[date]
    ended_on: Mapped[date | None]

    collaboration: Mapped[Collaboration] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")
