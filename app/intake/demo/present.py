"""The act of today: an invented cohort that is under way, dated from the day it is played.

River levels is three days late with a report that it has begun. Warm homes has sent one, which
waits for review, by another than Kwame Boateng, who declared a conflict. Shared shade map was asked
for changes and is two days late with them. Allotment harvests left four days ago, with a grant in
force. What was signed for is paid to River levels, and on hold for Warm homes.
Night bus has signed its grant, which waits for the convenor's word. Soil carbon has an offer
that expires tomorrow. Quiet seas waits for a place, and the letter that invites its lead did not
arrive. Its members have held a session and said how they found it, and reply to those to come. Its
facilitator was paid what she had spent on the way there, but for a part of one night.
Three of its members said what came of their work, and that was accepted.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from app.funding.expenses.lifecycle import ExpenseKind
from app.funding.funds.chapter import GiftScript
from app.funding.funds.exchange_rates.chapter import ExchangeRateScript
from app.funding.grants.amendments.chapter import SplitScript
from app.funding.grants.chapter import GrantScript
from app.funding.grants.models import TaxTreatment
from app.funding.grants.recoveries.chapter import RecoveryScript
from app.funding.payments.chapter import PaymentScript
from app.funding.payments.limits.chapter import PaymentLimitScript
from app.funding.payments.limits.lifecycle import LimitedAct
from app.funding.payments.of_claims.chapter import ExpenseScript
from app.funding.reports.chapter import ReportScript
from app.intake.demo.assessed import FACILITATOR
from app.intake.demo.facts import HELEN, KWAME, ROSA
from app.intake.demo.neighbours import ALLOTMENTS, BUSES, HOMES, RIVER, SEAS, SHADE, SOIL
from app.intake.demo.outcomes import script_of_outcomes
from app.intake.demo.past import SCOPING
from app.intake.demo.programme import APPROVER, RELEASER
from app.kernel.clock import day
from app.learning.sessions.chapter import SessionScript
from app.learning.sessions.models import SessionKind
from app.learning.sessions.polls.chapter import PollScript
from app.learning.sessions.polls.models import VoteAnswer
from app.learning.sessions.rsvps.schemas import Reply
from app.network.cohorts.chapter import CohortScript, MemberScript
from app.network.cohorts.schemas import CreateCohort
from app.network.collaborations.chapter import CollaborationScript
from app.network.conflicts.chapter import ConflictScript
from app.people.identity.chapter import ZONE, moment
from app.people.identity.roles import Role

REFERENCE: Final = "PLN4"
AWARD_MINOR: Final = 1_500_000
GIVEN_MINOR: Final = 8_000_000
"""What the funder sent for it, beyond the 140,000 pounds that came before."""
PLACES: Final = 5
ZOE: Final = "Zoe Ashdown"
AMARA, EOIN, PILAR, FEMKE = (one.lead for one in (RIVER, HOMES, SHADE, ALLOTMENTS))


def script_of_today(at: datetime) -> Iterator[object]:
    """A cohort that started three weeks before `at`."""
    yield _cohort(at)
    yield from _members(at)
    yield GiftScript(at - timedelta(days=26), 14_000_000 + GIVEN_MINOR, GIVEN_MINOR, REFERENCE)
    yield ExchangeRateScript(at - timedelta(days=24), "EUR", "0.8565", "ECB euro reference rate")
    yield from _grants(at)
    yield SplitScript(
        RIVER.name,
        manager=HELEN,
        at=at - timedelta(days=12),
        reason="The gauges are read until spring: a draft shows early what the report will say.",
    )
    yield from _reports(at)
    yield from _limits(at)
    yield from _payments(at)
    yield _recovery(at)
    yield _expense(at)
    yield from _sessions(at)
    yield from script_of_outcomes(at)
    yield _poll(at)
    yield ConflictScript(
        who=KWAME,
        collaboration=HOMES.name,
        declared_at=at - timedelta(days=10),
        from_on=day(at - timedelta(days=400), ZONE),
        reason="I advised Hearth Data Cooperative when the register was begun.",
    )


def _cohort(at: datetime) -> CohortScript:
    return CohortScript(
        cohort=CreateCohort(
            reference=REFERENCE,
            name="Data for places",
            focus="Data that neighbours gather and hold together. An invented cohort.",
            timezone=ZONE,
            announced_capacity=PLACES,
            minimum_size=3,
            planned_start_on=day(at - timedelta(days=21), ZONE),
            planned_end_on=day(at + timedelta(days=160), ZONE),
        ),
        manager=HELEN,
        coordinator=ROSA,
        called_at=at - timedelta(days=70),
        selected_at=at - timedelta(days=35),
        confirmed_at=at - timedelta(days=25),
        started_at=at - timedelta(days=21),
    )


def _members(at: datetime) -> Iterator[MemberScript]:
    weeks_ago, started = at - timedelta(days=28), at - timedelta(days=21, hours=1)
    for number, chosen in enumerate((RIVER, HOMES, SHADE, ALLOTMENTS, BUSES)):
        has_left = chosen is ALLOTMENTS
        yield MemberScript(
            collaboration=chosen,
            offered_at=weeks_ago + timedelta(minutes=number),
            accepted_at=weeks_ago + timedelta(days=2),
            activated_at=None if chosen is BUSES else started,
            left_at=at - timedelta(days=4) if has_left else None,
            left_because="Two of the three of us have moved on." if has_left else "",
        )
    hours = timedelta(hours=1)
    yield MemberScript(SOIL, offered_at=at - 6 * hours, expires_at=at + 20 * hours)
    yield MemberScript(SEAS, offered_at=at - 5 * hours, is_reached=False)


def _grants(at: datetime) -> Iterator[GrantScript]:
    today = day(at, ZONE)
    weeks_ago = at - timedelta(days=20)
    for chosen, late_by in ((RIVER, 3), (HOMES, -5), (SHADE, 2), (ALLOTMENTS, -5)):
        due_on = today - timedelta(days=late_by)
        grant = _grant(chosen, weeks_ago, weeks_ago + timedelta(days=1), due_on)
        yield replace(grant, currency="EUR") if chosen is SHADE else grant
    begun = at - timedelta(days=1)
    yield _grant(BUSES, begun, None, today + timedelta(days=20))


def _grant(
    to: CollaborationScript, at: datetime, signed_at: datetime | None, due_on: date
) -> GrantScript:
    """The convenor signs an hour after the lead, who signs a day after the offer, or not yet."""
    return GrantScript(
        collaboration=to.name,
        manager=HELEN,
        award_minor=AWARD_MINOR,
        tax_treatment=TaxTreatment.OUTSIDE,
        drawn_up_at=at,
        starts_on=day(at + timedelta(days=2), ZONE),
        scoping_due_on=due_on,
        final_due_on=day(at + timedelta(days=170), ZONE),
        signed_by_lead_at=signed_at or at + timedelta(hours=3),
        signed_at=signed_at and signed_at + timedelta(hours=1),
    )


def _reports(at: datetime) -> Iterator[ReportScript]:
    days = timedelta(days=1)
    yield ReportScript(RIVER.name, SCOPING, begun_at=at - 2 * days)
    yield ReportScript(HOMES.name, SCOPING, begun_at=at - 2 * days, submitted_at=at - days)
    yield ReportScript(
        SHADE.name,
        SCOPING,
        begun_at=at - 6 * days,
        submitted_at=at - 5 * days,
        changes_asked_at=at - 3 * days,
    )


def _payments(at: datetime) -> Iterator[PaymentScript]:
    """What was signed for is paid to River levels, and in euros to Shared shade map; it is on hold
    for Warm homes."""
    days = timedelta(days=1)
    river = PaymentScript(
        RIVER.name,
        approver=APPROVER,
        releaser=RELEASER,
        iban="GB33BUKB20201555555555",
        holder_name="River levels",
        contact=("Tomas Reed", "accounts@riverlevels.example.org"),
        proposed_at=at - 18 * days,
        verified_at=at - 17 * days,
        requested_at=at - 13 * days,
        invoice_number="RL-001",
        approved_at=at - 12 * days,
    )
    yield river
    yield replace(
        river,
        collaboration=HOMES.name,
        iban="GB29NWBK60161331926819",
        holder_name="Warm homes",
        contact=("Jo Marsh", "accounts@warmhomes.example.org"),
        invoice_number="WH-001",
        approved_at=None,
        held_at=at - 9 * days,
        held_because="They change their bank this month, and asked us to wait.",
    )
    yield replace(
        river,
        collaboration=SHADE.name,
        iban="ES9121000418450200051332",
        holder_name="Sombra Urbana",
        contact=("Luz Vega", "cuentas@sombraurbana.example.org"),
        invoice_number="SH-001",
        currency="EUR",
        took_minor=387_540,
    )


def _limits(at: datetime) -> Iterator[PaymentLimitScript]:
    """Each of finance pays up to a hundred thousand pounds at a time."""
    for act, role, confirmer in (
        (LimitedAct.APPROVE, Role.FINANCE_APPROVER, RELEASER),
        (LimitedAct.RELEASE, Role.PAYMENT_RELEASER, APPROVER),
    ):
        yield PaymentLimitScript(
            at=at - timedelta(days=19),
            manager=HELEN,
            confirmer=confirmer,
            act=act,
            role=role,
            amount_minor=10_000_000,
        )


def _recovery(at: datetime) -> RecoveryScript:
    """A part of what was paid to River levels comes back, and a part of that has come."""
    return RecoveryScript(
        RIVER.name,
        manager=HELEN,
        approver=APPROVER,
        amount_minor=100_000,
        reason="The boat that was hired on signature was not needed: its hire is paid back.",
        proposed_at=at - timedelta(days=8),
        received_at=at - timedelta(days=3),
        received_minor=40_000,
        bank_reference="RL-BACK-1",
    )


def _expense(at: datetime) -> ExpenseScript:
    """What the facilitator spent on the way to the workshop, of which one night is lowered."""
    return ExpenseScript(
        REFERENCE,
        claimant=FACILITATOR,
        approver=APPROVER,
        releaser=RELEASER,
        title="Travel to the workshop",
        purpose="I held the workshop on who trusts whom with what.",
        items=(
            (
                ExpenseKind.TRAVEL,
                "Return train from York",
                8_640,
                "The gate kept the ticket.",
            ),
            (ExpenseKind.ACCOMMODATION, "One night", 15_000, "The hotel sends it by post."),
        ),
        spent_on=day(at - timedelta(days=14), ZONE),
        lowered_to_minor=12_000,
        lowered_because="We pay up to 120 pounds a night.",
        iban="GB94BARC10201530093459",
        claimed_at=at - timedelta(days=11),
    )


def _sessions(at: datetime) -> Iterator[SessionScript]:
    """One was held, one is put off, two that are replied to are still to come, and a showcase for
    the whole programme."""

    def ten_oclock(days: int) -> datetime:
        return moment(day(at + timedelta(days=days), ZONE), 10)

    yield SessionScript(
        cohort=REFERENCE,
        kind=SessionKind.WORKSHOP,
        title="Who trusts whom with what",
        starts_at=ten_oclock(-14),
        agenda=(("Where each of us stands", 30), ("What our neighbours ask", 60)),
        pre_reading="What makes data trustworthy",
        is_held=True,
        attended=(AMARA, ZOE, EOIN, FEMKE),
        feedback=(
            (AMARA, 5, 10, None),
            (ZOE, 4, 8, "More time for each of us, please."),
            (EOIN, 5, 9, None),
            (PILAR, 3, 6, "I was there for the last half only, and would have stayed."),
            (FEMKE, 4, 9, None),
        ),
        agreed=((ZOE, "Ask the port whom it would tell its tide tables"),),
    )
    yield SessionScript(
        cohort=REFERENCE,
        kind=SessionKind.NETWORKING,
        title="Meet the others",
        starts_at=ten_oclock(-1),
        put_off_because="Two of the members were ill.",
    )
    yield SessionScript(
        cohort=REFERENCE,
        kind=SessionKind.PEER_CIRCLE,
        title="Peer circle",
        starts_at=ten_oclock(7),
        replies=(
            (AMARA, Reply.YES, None),
            (ZOE, Reply.TENTATIVE, "The nursery may close."),
            (EOIN, Reply.YES, None),
            (PILAR, Reply.NO, "Our launch is on that day."),
            (FEMKE, Reply.YES, None),
        ),
        agenda=(("Present", 5), ("Clarify", 10), ("Ask", 15), ("Sum up", 5), ("Resources", 5)),
    )
    yield SessionScript(
        cohort=REFERENCE,
        kind=SessionKind.WORKSHOP,
        title="Which licence fits",
        starts_at=ten_oclock(21),
        sitting_at=ten_oclock(21) + timedelta(hours=8),
        sitting_members=(ALLOTMENTS.name,),
        replies=((AMARA, Reply.YES, None), (EOIN, Reply.YES, None), (PILAR, Reply.YES, None)),
    )
    yield SessionScript(
        cohort=REFERENCE,
        kind=SessionKind.SHOWCASE,
        title="What our cohorts have learned",
        starts_at=ten_oclock(42),
        is_for_programme=True,
    )


def _poll(at: datetime) -> PollScript:
    """When the showcase is to be: two have said, and the others have three days left."""
    days = timedelta(days=1)
    yes, if_need_be, no = VoteAnswer.YES, VoteAnswer.IF_NEED_BE, VoteAnswer.NO
    return PollScript(
        cohort=REFERENCE,
        title="Showcase",
        asked_at=at - 2 * days,
        closes_at=at + 3 * days,
        options=[moment(day(at + later * days, ZONE)) for later in (28, 29, 35)],
        votes=((AMARA, (yes, no, if_need_be)), (EOIN, (yes, if_need_be, no))),
    )
