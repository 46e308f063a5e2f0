"""Reports, what is answered and shown in them, and the versions that were submitted."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.funding.grants.models import Grant, Milestone
from app.funding.reports.lifecycle import ConsentStatus, ReportStatus
from app.funding.reports.unlocking import Part, PartKind
from app.kernel.activity import APPEND_ONLY
from app.kernel.db import Base, Record, new_id, text_enum
from app.people.files.models import File
from app.people.identity.models import Account


class Report(Record):
    """What a grantee says of a milestone. A milestone has one at a time that is not given up."""

    __tablename__ = "reports"
    __noun__: ClassVar[str] = "report"
    __called_by__: ClassVar[str] = "milestone"
    __table_args__ = (
        CheckConstraint("period_ends_on >= period_starts_on", "period_in_order"),
        CheckConstraint("certified_by_id <> prepared_by_id", "certified_by_another"),
        CheckConstraint(
            "(decided_by_id IS NULL) = (decided_at IS NULL)", "decision_has_its_instant"
        ),
        CheckConstraint("prepared_by_id IS NOT NULL OR status = 'excused'", "begun_by_someone"),
        CheckConstraint("status <> 'accepted' OR decided_by_id IS NOT NULL", "acceptance_decided"),
        Index(
            "uq_reports_one_at_a_time",
            "milestone_id",
            unique=True,
            postgresql_where=text("status NOT IN ('rejected', 'withdrawn')"),
        ),
        Index("ix_reports_milestone_id", "milestone_id"),
        Index("ix_reports_created_at", "created_at", "id"),
        Index("ix_reports_status", "status", "grant_id"),
        Index("ix_reports_updated_at", "updated_at", "id"),
        Index(
            "ix_reports_under_review",
            "id",
            postgresql_where=text("status IN ('submitted', 'in_review')"),
        ),
    )

    milestone_id: Mapped[UUID] = mapped_column(ForeignKey("milestones.id", ondelete="RESTRICT"))
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"), index=True)
    scope_id: Mapped[UUID] = synonym("grant_id")
    status: Mapped[ReportStatus] = mapped_column(text_enum(ReportStatus, "status"))
    period_starts_on: Mapped[date | None]
    period_ends_on: Mapped[date | None]
    narrative: Mapped[str | None]
    public_summary: Mapped[str | None]
    """What is said of it in public, once it is accepted and the grantee consents."""
    submissions: Mapped[int] = mapped_column(default=0)
    """How often it was submitted: the number of its latest version."""
    submitted_at: Mapped[datetime | None]
    """When it was last submitted."""
    prepared_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    """The person who began it, or who last asked for its certification; nobody where it was
    excused before it was begun."""
    certified_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    """Who certified the version that was submitted last; nobody once changes were asked for."""
    reviewer_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    decided_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    decided_at: Mapped[datetime | None]
    content_version: Mapped[int] = mapped_column(default=1)
    """Grows with everything that is said or shown in it, and with each submission; `version` with
    its own fields."""

    milestone: Mapped[Milestone] = relationship(lazy="raise")
    grant: Mapped[Grant] = relationship(lazy="raise")
    prepared_by: Mapped[Account | None] = relationship(foreign_keys=[prepared_by_id], lazy="raise")
    certified_by: Mapped[Account | None] = relationship(
        foreign_keys=[certified_by_id], lazy="raise"
    )
    reviewer: Mapped[Account | None] = relationship(foreign_keys=[reviewer_id], lazy="raise")
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id], lazy="raise")
    answers: Mapped[list["ReportAnswer"]] = relationship(order_by="ReportAnswer.id", lazy="raise")
    expenditures: Mapped[list["ReportExpenditure"]] = relationship(
        order_by="ReportExpenditure.id", lazy="raise"
    )
    evidence: Mapped[list["Evidence"]] = relationship(
        primaryjoin=lambda: (Evidence.report_id == Report.id) & Evidence.removed_at.is_(None),
        order_by="Evidence.id",
        lazy="raise",
        viewonly=True,
    )
    """What is shown with it now; what was taken out stays in the versions that had it."""
    change_requests: Mapped[list["ChangeRequest"]] = relationship(
        order_by="ChangeRequest.id", lazy="raise"
    )
    consents: Mapped[list["PublicationConsent"]] = relationship(
        order_by="PublicationConsent.id", lazy="raise", viewonly=True
    )
    latest: Mapped["ReportVersion | None"] = relationship(
        primaryjoin=lambda: (
            (ReportVersion.report_id == Report.id) & (ReportVersion.number == Report.submissions)
        ),
        lazy="raise",
        viewonly=True,
        uselist=False,
    )
    """What was submitted last."""


class ReportAnswer(Record):
    """What the grantee says of one acceptance criterion."""

    __tablename__ = "report_answers"
    __table_args__ = (UniqueConstraint("report_id", "criterion_id"),)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id", ondelete="RESTRICT"))
    criterion_id: Mapped[UUID]
    answer: Mapped[str]
    is_met: Mapped[bool]
    """Whether the grantee says that the criterion holds."""
    written_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )


class ReportExpenditure(Record):
    """What was spent on one budget line in the period of the report."""

    __tablename__ = "report_expenditures"
    __table_args__ = (
        UniqueConstraint("report_id", "line_id"),
        CheckConstraint("amount_minor >= 0", "amount_minor"),
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id", ondelete="RESTRICT"))
    line_id: Mapped[UUID]
    amount_minor: Mapped[int]
    explanation: Mapped[str | None]
    written_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )


class Evidence(Record):
    """A file or an address that shows what an answer says."""

    __tablename__ = "evidence"
    __noun__: ClassVar[str] = "evidence"
    __recorded_of__: ClassVar[str] = "report_id"
    __called_by__: ClassVar[str] = "file"
    __table_args__ = (
        CheckConstraint("num_nonnulls(file_id, url) = 1", "file_or_url"),
        CheckConstraint("NOT may_be_published OR licence IS NOT NULL", "published_under_a_licence"),
        Index("ix_evidence_report_id", "report_id"),
        Index("ix_evidence_created_at", "created_at", "id"),
        Index("ix_evidence_updated_at", "updated_at", "id"),
        UniqueConstraint("file_id"),
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id", ondelete="RESTRICT"))
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"), index=True)
    scope_id: Mapped[UUID] = synonym("grant_id")
    criterion_id: Mapped[UUID | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id", ondelete="RESTRICT"))
    url: Mapped[str | None]
    description: Mapped[str]
    licence: Mapped[str | None]
    may_be_published: Mapped[bool]
    added_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    removed_at: Mapped[datetime | None]

    report: Mapped[Report] = relationship(lazy="raise")
    file: Mapped[File | None] = relationship(lazy="raise")
    added_by: Mapped[Account] = relationship(lazy="raise")


class ReportVersion(Base):
    """A report as it was submitted: canonical JSON and its hash. The database refuses changes."""

    __tablename__ = "report_versions"
    __table_args__ = (
        UniqueConstraint("report_id", "number"),
        CheckConstraint("octet_length(sha256) = 32", "sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id", ondelete="RESTRICT"))
    number: Mapped[int]
    content: Mapped[str]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    submitted_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    submitted_at: Mapped[datetime]
    certified_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )

    submitted_by: Mapped[Account] = relationship(foreign_keys=[submitted_by_id], lazy="raise")
    certified_by: Mapped[Account | None] = relationship(
        foreign_keys=[certified_by_id], lazy="raise"
    )


class PublicationConsent(Record):
    """A lead's yes to the publication of one submitted version of a report."""

    __tablename__ = "publication_consents"
    __noun__: ClassVar[str] = "publication_consent"
    __called_by__: ClassVar[str] = "report"
    __table_args__ = (
        CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_at IS NOT NULL) "
            "AND (withdrawn_by_id IS NULL) = (withdrawn_at IS NULL)",
            "withdrawn_by_someone",
        ),
        Index(
            "uq_publication_consents_one_in_force",
            "report_id",
            "number",
            unique=True,
            postgresql_where=text("status = 'given'"),
        ),
        Index("ix_publication_consents_report_id", "report_id"),
        Index("ix_publication_consents_created_at", "created_at", "id"),
        Index("ix_publication_consents_updated_at", "updated_at", "id"),
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id", ondelete="RESTRICT"))
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"), index=True)
    scope_id: Mapped[UUID] = synonym("grant_id")
    status: Mapped[ConsentStatus] = mapped_column(text_enum(ConsentStatus, "status"))
    number: Mapped[int]
    """The submitted version that may be published."""
    given_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    given_at: Mapped[datetime]
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    withdrawn_at: Mapped[datetime | None]

    report: Mapped[Report] = relationship(lazy="raise")
    given_by: Mapped[Account] = relationship(foreign_keys=[given_by_id], lazy="raise")
    withdrawn_by: Mapped[Account | None] = relationship(
        foreign_keys=[withdrawn_by_id], lazy="raise"
    )


class ChangeRequest(Base):
    """What a reviewer asks to be changed about one part of a report."""

    __tablename__ = "change_requests"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", "answered_by_someone"),
        CheckConstraint("(part = 'criterion') = (criterion_id IS NOT NULL)", "names_criterion"),
        CheckConstraint("(part = 'budget_line') = (line_id IS NOT NULL)", "names_line"),
        Index(
            "uq_change_requests_one_a_part",
            "report_id",
            "round",
            "part",
            "criterion_id",
            "line_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id", ondelete="RESTRICT"))
    round: Mapped[int]
    """The number of the submitted version that it is about."""
    part: Mapped[PartKind] = mapped_column(text_enum(PartKind, "part"))
    criterion_id: Mapped[UUID | None]
    line_id: Mapped[UUID | None]
    request: Mapped[str]
    requested_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    requested_at: Mapped[datetime]
    answered_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    answered_at: Mapped[datetime | None]

    requested_by: Mapped[Account] = relationship(foreign_keys=[requested_by_id], lazy="raise")

    @property
    def about(self) -> Part:
        """The part that is to be changed."""
        return Part(self.part, self.criterion_id or self.line_id)


APPEND_ONLY.add(ReportVersion.__tablename__)
