"""The acts of the past: what is known of each cohort, as a script for the chapters."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from schwifty import IBAN

from app.funding.funds.chapter import GiftScript
from app.funding.grants.chapter import GrantScript
from app.funding.payments.chapter import PaymentScript
from app.funding.reports.chapter import ReportScript
from app.intake.demo import facts
from app.intake.demo.assessed import script_of_rounds
from app.intake.demo.programme import APPROVER, RELEASER
from app.network.cohorts.chapter import CohortScript, MemberScript
from app.network.cohorts.schemas import CreateCohort
from app.network.collaborations.chapter import CollaborationScript
from app.people.identity.chapter import ZONE, address_of, moment

SCOPING: Final = 1
FINAL: Final = 2

GIFTS: Final = {
    facts.COHORT_1.reference: (10_000_000, 2_000_000),
    facts.COHORT_3.reference: (2_000_000,),
}
"""What the funder sent for the grants of a cohort, in minor units: five awards, and a sixth; of the
third cohort for the one of whom it is known who was paid."""


def script_of(known: facts.Cohort) -> Iterator[object]:
    """A cohort from its call to its end, with its members, their grants and reports."""
    yield _cohort(known)
    yield from _gifts(known)
    for number, collaboration in enumerate(known.collaborations):
        yield _member(known, collaboration, number)
        if known.award_minor is not None:
            yield _grant(known, known.award_minor, collaboration)
            yield _report(known, collaboration, number, SCOPING)
            yield _report(known, collaboration, number, FINAL)
            if collaboration.organisations:
                yield from _payments(known, collaboration, number)
    if known is facts.COHORT_1:
        yield from script_of_rounds()


def _cohort(known: facts.Cohort) -> CohortScript:
    return CohortScript(
        cohort=CreateCohort(
            reference=known.reference,
            name=known.name,
            focus=known.focus,
            timezone=ZONE,
            announced_capacity=known.announced_capacity,
            minimum_size=1,
            planned_start_on=known.planned_start_on,
            planned_end_on=known.planned_end_on,
            offer_hours=24 * 7,
        ),
        manager=facts.HELEN,
        coordinator=known.coordinator,
        called_at=moment(known.called_on),
        selected_at=moment(known.applied_by, 23),
        confirmed_at=moment(known.selected_on + timedelta(days=4), 17),
        started_at=moment(known.started_on, 12),
        ended_at=moment(known.ended_on, 16),
        stated_start_on=known.reported_start_on,
    )


def _gifts(known: facts.Cohort) -> Iterator[GiftScript]:
    """What came before the grants of the cohort were drawn up; all of it was agreed by then."""
    at = moment(known.contracted_on - timedelta(days=2), 9)
    earlier = [
        sum(GIFTS.get(other.reference, ()))
        for other in facts.PAST_COHORTS
        if other.called_on < known.called_on
    ]
    came = sum(earlier)
    for number, amount_minor in enumerate(GIFTS.get(known.reference, ())):
        came += amount_minor
        reference = f"{known.reference}-{number + 1}"
        yield GiftScript(at + timedelta(minutes=number), came, amount_minor, reference)


def _member(known: facts.Cohort, chosen: CollaborationScript, number: int) -> MemberScript:
    """The one beyond the places announced is given its place with the reason why."""
    announced = known.announced_capacity
    return MemberScript(
        collaboration=chosen,
        offered_at=moment(known.selected_on, 9, minute=number),
        override_reason=None if announced is None or number < announced else known.override_reason,
        accepted_at=moment(known.selected_on + timedelta(days=4)),
        activated_at=moment(known.started_on, 9),
    )


def _grant(known: facts.Cohort, award_minor: int, to: CollaborationScript) -> GrantScript:
    contracted = moment(known.contracted_on, 9)
    return GrantScript(
        collaboration=to.name,
        manager=facts.HELEN,
        award_minor=award_minor,
        tax_treatment=known.tax_treatment,
        drawn_up_at=contracted - timedelta(days=1),
        starts_on=known.started_on,
        scoping_due_on=known.started_on + (known.ended_on - known.started_on) // 2,
        final_due_on=known.ended_on,
        signed_by_lead_at=contracted,
        signed_at=contracted + timedelta(hours=1),
        closed_at=moment(known.ended_on + timedelta(days=10)),
        is_in_the_books=bool(to.organisations),
    )


def _report(
    known: facts.Cohort, by: CollaborationScript, number: int, milestone: int
) -> ReportScript:
    """Each a day before the other; each second one is asked for a change first."""
    due = known.ended_on if milestone == FINAL else _grant(known, 0, by).scoping_due_on
    at = moment(due - timedelta(days=number), 9)
    is_changed = bool(number % 2)
    return ReportScript(
        collaboration=by.name,
        milestone=milestone,
        begun_at=at,
        submitted_at=at + timedelta(hours=1),
        changes_asked_at=at + timedelta(days=1) if is_changed else None,
        submitted_again_at=at + timedelta(days=2) if is_changed else None,
        accepted_at=at + timedelta(days=2 if is_changed else 0, hours=6),
    )


def _payments(known: facts.Cohort, to: CollaborationScript, number: int) -> Iterator[PaymentScript]:
    """What was signed for is paid once its account has cooled off, what was reported in days."""
    contracted, days = moment(known.contracted_on, 9), timedelta(days=1)
    account = f"{known.called_on:%y%m}{number:04}"
    first = PaymentScript(
        collaboration=to.name,
        approver=APPROVER,
        releaser=RELEASER,
        iban=IBAN.generate("GB", bank_code="BARC", branch_code="203301", account_code=account),
        holder_name=to.organisations[0].name,
        contact=(to.lead, address_of(to.lead)),
        proposed_at=contracted + days,
        verified_at=contracted + 2 * days,
        requested_at=contracted + 6 * days,
        invoice_number=f"{known.reference}-{number + 1}-1",
        approved_at=contracted + 7 * days,
    )
    yield first
    for milestone in (SCOPING, FINAL):
        accepted_at = _report(known, to, number, milestone).accepted_at
        assert accepted_at is not None
        yield replace(
            first,
            milestone=milestone,
            proposed_at=None,
            requested_at=accepted_at + timedelta(hours=1),
            invoice_number=f"{known.reference}-{number + 1}-{milestone + 1}",
            approved_at=accepted_at + days,
        )
