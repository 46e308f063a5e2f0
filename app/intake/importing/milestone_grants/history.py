"""What happened to a grant's milestones, and in which order, where the record is at odds.

The dates are those on which files were added: an evaluation dated before its delivery lags in the
books. Pure functions of an application.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from typing import Final

from app.intake.importing.milestone_grants.source import Application, Evaluation
from app.intake.importing.report import Key, Remark


class Act(Enum):
    DELIVER = auto()
    DELIVER_AGAIN = auto()
    ASK_FOR_CHANGES = auto()
    ACCEPT = auto()
    REJECT = auto()
    TERMINATE = auto()


DELIVERED: Final = (Act.DELIVER, Act.DELIVER_AGAIN)
DECIDED: Final = (Act.ACCEPT, Act.REJECT)

_BY_STATUS: Final = {
    "accepted": Act.ACCEPT,
    "rejected": Act.REJECT,
    "in_progress": Act.ASK_FOR_CHANGES,
    "terminated": Act.TERMINATE,
}


@dataclass(frozen=True)
class Step:
    """An act on a milestone, by its place, and the record of the source that tells of it."""

    on: date
    act: Act
    milestone: int
    delivery: int | None = None
    evaluation: int | None = None


@dataclass
class History:
    """What happened, in order; which milestones went in parallel; what was odd about it."""

    steps: list[Step] = field(default_factory=list[Step])
    parallel: set[int] = field(default_factory=set[int])
    warnings: list[Remark] = field(default_factory=list[Remark])
    unused: dict[Key, list[Remark]] = field(default_factory=dict[Key, list[Remark]])
    """Deliveries and evaluations of which nothing could be made, and why."""


def history_of(application: Application) -> History:
    """What happened, of an application whose dates are all there."""
    found = History()
    for place in range(len(application.milestones)):
        _Milestone(application, place, found).read()
    found.warnings += _about_several(application)
    found.steps.sort(key=lambda step: (step.on, step.act is Act.TERMINATE, step.milestone))
    _end_where_terminated(application, found)
    found.parallel = _parallel(len(application.milestones), found.steps)
    found.warnings += [
        Remark(
            "milestone",
            f"{application.id}/{application.milestones[place].number}",
            "delivered_out_of_order",
            "It was delivered before an earlier one was decided: imported as one that may be.",
        )
        for place in sorted(found.parallel)
    ]
    _sort_out_unused(application, found)
    return found


class _Milestone:
    """Follows one milestone from evaluation to evaluation."""

    def __init__(self, application: Application, place: int, found: History) -> None:
        self.application, self.place, self.found = application, place, found
        number = application.milestones[place].number
        self.waiting = sorted(
            (delivery.submitted_on or date.min, at)
            for at, delivery in enumerate(application.deliveries)
            if number in delivery.milestones
        )
        self.judged = sorted(
            (evaluation.evaluated_on or date.min, at)
            for at, evaluation in enumerate(application.evaluations)
            if number in evaluation.milestones
        )
        self.last: Act | None = None
        self.on = application.application_merged_on or date.min

    def read(self) -> None:
        for day, at in self.judged:
            self._take_deliveries_until(day)
            self._judge(at, day)
        self._take_deliveries_until(date.max)

    def _take_deliveries_until(self, latest: date) -> None:
        while self.waiting and self.waiting[0][0] <= latest:
            day, at = self.waiting.pop(0)
            if self.last in DECIDED:
                self._say("delivery", at, "delivered_after_decision", "It had been decided before.")
            elif self.last in DELIVERED:
                detail = "It takes the place of a delivery that was not evaluated."
                self._say("delivery", at, "delivered_again", detail)
                self._step(Act.DELIVER_AGAIN, day, delivery=at)
            else:
                self._step(Act.DELIVER, day, delivery=at)

    def _judge(self, at: int, day: date) -> None:
        act = _BY_STATUS.get(self.application.evaluations[at].status)
        if act is None:
            detail = "Its status says neither yes nor no: nothing was made of it."
            self._say("evaluation", at, "evaluation_status_unknown", detail)
        elif self.last in DECIDED:
            detail = "The milestone had been decided before: nothing was made of it."
            self._say("evaluation", at, "evaluated_after_decision", detail)
        else:
            if act is not Act.TERMINATE and self.last not in DELIVERED:
                self._find_delivery(at, day)
            self._step(act, day, evaluation=at)

    def _find_delivery(self, at: int, day: date) -> None:
        """There was a delivery before each evaluation: dated later, or not in the file."""
        if self.waiting:
            later, delivery = self.waiting.pop(0)
            detail = f"Dated {day}, before the delivery of {later}: imported at the later day."
            self._say("evaluation", at, "evaluated_before_delivery", detail)
            self._step(Act.DELIVER, later, delivery=delivery)
        else:
            detail = f"Its delivery is not in the file: imported as delivered on {day}."
            self._say("evaluation", at, "delivery_missing", detail)
            self._step(Act.DELIVER, day)

    def _step(
        self, act: Act, day: date, *, delivery: int | None = None, evaluation: int | None = None
    ) -> None:
        if self.last is None and day < self.on:
            noun, at = ("evaluation", evaluation) if delivery is None else ("delivery", delivery)
            detail = f"{day} is before the agreement: imported at the day of that."
            self._say(noun, at or 0, "dated_before_agreement", detail)
        self.on, self.last = max(self.on, day), act
        self.found.steps.append(Step(self.on, act, self.place, delivery, evaluation))

    def _say(self, noun: str, at: int, code: str, detail: str) -> None:
        name = f"{self.application.id}/{noun}-{at + 1}"
        self.found.warnings.append(Remark(noun, name, code, detail))


def _about_several(application: Application) -> list[Remark]:
    """What is to be said of each delivery and evaluation, whatever was made of it."""
    known = {milestone.number for milestone in application.milestones}
    remarks: list[Remark] = []
    both = (
        *(("delivery", at, one.milestones) for at, one in enumerate(application.deliveries)),
        *(("evaluation", at, one.milestones) for at, one in enumerate(application.evaluations)),
    )
    for noun, at, numbers in both:
        name = f"{application.id}/{noun}-{at + 1}"
        unknown = sorted(set(numbers) - known)
        if not numbers:
            remarks.append(Remark(noun, name, "milestone_missing", "It names no milestone."))
        if unknown:
            detail = f"The grant has no milestone {', '.join(map(str, unknown))}."
            remarks.append(Remark(noun, name, "milestone_unknown", detail))
        if len(known & set(numbers)) > 1:
            detail = f"It is about {len(known & set(numbers))} milestones: imported for each."
            remarks.append(Remark(noun, name, "several_milestones", detail))
    for at, evaluation in enumerate(application.evaluations):
        if evaluation.status == "accepted" and (refused := not_accepted(evaluation)):
            name = f"{application.id}/evaluation-{at + 1}"
            detail = f"It accepts the milestone and not the deliverable {', '.join(refused)}."
            remarks.append(Remark("evaluation", name, "deliverable_not_accepted", detail))
    return remarks


def not_accepted(evaluation: Evaluation) -> list[str]:
    """The deliverables that an evaluation says were not accepted, by number."""
    return [judged.number for judged in evaluation.deliverables if judged.accepted is False]


def _end_where_terminated(application: Application, found: History) -> None:
    ends = [at for at, step in enumerate(found.steps) if step.act is Act.TERMINATE]
    if not ends:
        return
    for step in found.steps[ends[0] + 1 :]:
        noun, at = (
            ("evaluation", step.evaluation)
            if step.delivery is None
            else (
                "delivery",
                step.delivery,
            )
        )
        if at is not None:
            name = f"{application.id}/{noun}-{at + 1}"
            found.warnings = [one for one in found.warnings if one.external_id != name]
            detail = "The grant had been terminated before: nothing was made of it."
            found.warnings.append(Remark(noun, name, "after_termination", detail))
    del found.steps[ends[0] + 1 :]


def _parallel(milestones: int, steps: Sequence[Step]) -> set[int]:
    """The milestones that were delivered while an earlier one was not decided."""
    never = len(steps)
    decided = [never] * milestones
    delivered = [never] * milestones
    for at, step in enumerate(steps):
        if step.act in DECIDED:
            decided[step.milestone] = at
        elif step.act in DELIVERED:
            delivered[step.milestone] = min(at, delivered[step.milestone])
    return {
        place for place in range(milestones) if delivered[place] < max(decided[:place], default=-1)
    }


def _sort_out_unused(application: Application, found: History) -> None:
    """Set apart the deliveries and evaluations that no step tells of, with what was said."""
    used = {("delivery", step.delivery) for step in found.steps}
    used |= {("evaluation", step.evaluation) for step in found.steps}
    of_noun = {"delivery": application.deliveries, "evaluation": application.evaluations}
    unused = [
        (noun, f"{application.id}/{noun}-{at + 1}")
        for noun, records in of_noun.items()
        for at in range(len(records))
        if (noun, at) not in used
    ]
    found.unused = {
        key: [one for one in found.warnings if (one.noun, one.external_id) == key] for key in unused
    }
    found.warnings = [
        one for one in found.warnings if (one.noun, one.external_id) not in found.unused
    ]
