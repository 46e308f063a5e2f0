"""Deliveries become reports, and evaluations what was decided about them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from app.funding.reports import service as reports
from app.funding.reports.answers import service as answers
from app.funding.reports.answers.schemas import ReportAnswerOut, SaveReportAnswer
from app.funding.reports.reviews import service as reviews
from app.funding.reports.reviews.schemas import ChangeRequestIn, RequestReportChanges
from app.funding.reports.schemas import CreateReport, EditReport, ReportOut
from app.funding.reports.telling import REPORTS
from app.intake.importing.ground import beside
from app.intake.importing.milestone_grants.cohort import ImportCohort
from app.intake.importing.milestone_grants.history import Act, Step, not_accepted
from app.intake.importing.milestone_grants.plan import Plan
from app.intake.importing.runs import Passage
from app.kernel.versions import ANY_VERSION

DELIVERED: Final = "Delivered, by the source."
NARRATIVE: Final = "Imported: the source keeps which deliverables were handed in, and no prose."
DELIVERED_AGAIN: Final = "Imported: handed in again after the evaluation."
IN_PROGRESS: Final = "The evaluation was left in progress."
NOT_ACCEPTED: Final = "The evaluation did not accept this deliverable."
REJECTED: Final = "The source says that the delivery was rejected."


@dataclass
class Reporting:
    """The reports of one grant, milestone by milestone."""

    passage: Passage
    plan: Plan
    cohort: ImportCohort
    lead_id: UUID
    milestone_ids: Sequence[UUID]
    reports: dict[int, UUID] = field(default_factory=dict[int, UUID])

    async def take(self, step: Step, at: datetime) -> None:
        """Do what a step says, and remember which record said so."""
        if step.act is Act.DELIVER and step.milestone in self.reports:
            await self._answer_changes(step, at)
        elif step.act is Act.DELIVER:
            await self._begin(step, at)
        elif step.act is Act.DELIVER_AGAIN:
            async with self.passage.acting(at, self.lead_id) as actor:
                report_id = self.reports[step.milestone]
                await reports.recall_report(self.passage.db, actor, report_id, if_match=None)
        if step.act in (Act.DELIVER, Act.DELIVER_AGAIN):
            async with self.passage.acting(at, self.lead_id) as actor:
                report_id = self.reports[step.milestone]
                await reports.submit_report(self.passage.db, actor, report_id, if_match=ANY_VERSION)
        else:
            await self._judge(step, at)
        await self._note(step)

    async def _begin(self, step: Step, at: datetime) -> None:
        """A report that answers each criterion."""
        db, milestone_id = self.passage.db, self.milestone_ids[step.milestone]
        async with self.passage.acting(at, self.lead_id) as actor:
            wanted = CreateReport(narrative=NARRATIVE)
            report = (await reports.create_report(db, actor, milestone_id, wanted)).read()
        await self._answer(report.id, report.answers, at)
        self.reports[step.milestone] = report.id

    async def _answer(
        self, report_id: UUID, criteria: Sequence[ReportAnswerOut], at: datetime
    ) -> None:
        db, said = self.passage.db, SaveReportAnswer(answer=DELIVERED, is_met=True)
        async with self.passage.acting(at, self.lead_id) as actor:
            for one in criteria:
                is_new = one.version is None
                await answers.save_report_answer(
                    db,
                    actor,
                    report_id,
                    one.criterion_id,
                    said,
                    if_match=one.version,
                    is_new=is_new,
                )

    async def _answer_changes(self, step: Step, at: datetime) -> None:
        """What was asked about is answered again."""
        report = await self._read(step, at)
        asked = [one.criterion_id for one in report.change_requests if one.answered_at is None]
        await self._answer(
            report.id, [one for one in report.answers if one.criterion_id in asked], at
        )
        if None in asked:
            read = await self._read(step, at)
            async with self.passage.acting(at, self.lead_id) as actor:
                edited = EditReport(narrative=DELIVERED_AGAIN)
                await reports.edit_report(
                    self.passage.db, actor, report.id, edited, if_match=read.version
                )

    async def _judge(self, step: Step, at: datetime) -> None:
        assert step.evaluation is not None
        evaluation = self.plan.application.evaluations[step.evaluation]
        evaluator_id = await self.cohort.evaluator(beside(self.passage), evaluation.evaluator)
        report, db = await self._read(step, at), self.passage.db
        if step.act is Act.ASK_FOR_CHANGES:
            wanted = self._changes(report, step.milestone, not_accepted(evaluation))
            async with self.passage.acting(at, evaluator_id) as actor:
                await reviews.request_changes_report(
                    db, actor, report.id, wanted, if_match=ANY_VERSION
                )
        elif step.act is Act.ACCEPT:
            async with self.passage.acting(at, evaluator_id) as actor:
                await reviews.accept_report(db, actor, report.id, if_match=ANY_VERSION)
        else:
            async with self.passage.acting(at, evaluator_id) as actor:
                await reviews.start_review_report(db, actor, report.id, if_match=None)
            async with self.passage.acting(at, self.cohort.manager_id) as actor:
                await reviews.reject_report(
                    db, actor, report.id, reason=REJECTED, if_match=ANY_VERSION
                )

    def _changes(
        self, report: ReportOut, milestone: int, numbers: Sequence[str]
    ) -> RequestReportChanges:
        """What was not accepted is asked for again; where nothing is named, the whole."""
        criteria = self.plan.milestones[milestone].criteria
        asked = [
            ChangeRequestIn(criterion_id=answer.criterion_id, request=NOT_ACCEPTED)
            for answer, criterion in zip(report.answers, criteria, strict=True)
            if not criterion.numbers.isdisjoint(numbers)
        ]
        return RequestReportChanges(requests=asked or [ChangeRequestIn(request=IN_PROGRESS)])

    async def _read(self, step: Step, at: datetime) -> ReportOut:
        async with self.passage.acting(at, self.lead_id) as actor:
            told = await REPORTS.told_to(self.passage.db, actor, self.reports[step.milestone])
            return told.read()

    async def _note(self, step: Step) -> None:
        """A record about several milestones is remembered once, with the first."""
        for noun, at in (("delivery", step.delivery), ("evaluation", step.evaluation)):
            name = f"{self.plan.application.id}/{noun}-{(at or 0) + 1}"
            if at is not None and await self.passage.known(noun, name) is None:
                self.passage.note(noun, name, self.reports[step.milestone])
