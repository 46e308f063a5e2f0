"""Each kind of what waits, at once: seen by those who run it, its own side, and nobody else."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.kernel.clock import FixedClock
from app.overview.desk.kinds import WorkKind
from app.people.identity.roles import Role
from tests.grant_walks import WHY, Funding, milestone
from tests.people.identity.people import People, Person

FOR_MANAGERS = {WorkKind.NAME_A_DECIDER, WorkKind.CONFIRM_DISPENSATION}
"""What only those see who can do it: `tests/funding/test_deciders.py`."""
LEAVE = {"reason": "Our data steward is away.", "returns_on": "2026-06-01"}
OF_ONES_OWN = {
    "prove_address",
    "resend_invitation",
    "reissue_password_reset",
    "resend_announcement",
    "rewrite_letter",
    "confirm_affiliation",
    "settle_affiliation",
}
"""What is no obligation of a member or a grant, and stands on the list of work alone."""
LATER = {"due_on": "2026-07-15", "reason": "The annex comes late."}
LAPSING = {
    "kind": "sanctions",
    "outcome": "passed",
    "done_on": "2026-03-02",
    "expires_on": "2026-03-03",
}


async def seen(funding: Funding, who: Person, **query: Any) -> set[tuple[str, str]]:
    """(kind, collaboration) of each obligation that `who` sees."""
    asking = {"limit": 200, **query}
    answer = await funding.network.client.get("/v1/obligations", headers=who.headers, params=asking)
    assert answer.status_code == 200, answer.text
    return {(one["kind"], one["collaboration"]["name"]) for one in answer.json()["items"]}


OF_AUTHORITY = {
    "pass_service_account",
    "end_role_of_service",
    "take_service_account",
    "renew_role",
}
"""What waits in no cohort, and is seen by those alone for whom it waits
(`tests/people/authority`)."""


async def members_at_every_step(funding: Funding) -> set[tuple[str, str]]:
    """Five more members, each with something to do, and what that is."""
    network, cohort = funding.network, funding.cohort
    survey = {"stage": "onboarding", "key": "survey", "title": "Survey", "anchor": "accepted"}
    asked = survey | {"is_required": False, "offset_days": 6}
    await network.done(funding.coordinator, f"/cohorts/{cohort['id']}/requirements", asked)
    await network.walk_cohort(
        await network.seen(funding.manager, f"/cohorts/{cohort['id']}"), "running"
    )
    statuses = ("offered", "onboarding", "active", "paused")
    for number, status in enumerate(statuses, start=2):
        team = await network.team(number)
        membership = await network.membership(cohort, team, status)
        if status == "active":
            path = f"/memberships/{membership['id']}/pause-requests"
            await network.done(team.lead, path, LEAVE)
        if status == "paused":
            await network.done(network.coordinator, f"/memberships/{membership['id']}/remove", WHY)
    return {
        ("answer_offer", "Collaboration 2"),
        ("activate_membership", "Collaboration 3"),
        ("meet_task", "Collaboration 3"),
        ("meet_task", "Collaboration 4"),
        ("decide_pause_request", "Collaboration 4"),
        ("await_pause_decision", "Collaboration 4"),
        ("resume_membership", "Collaboration 5"),
        ("endorse_removal", "Collaboration 5"),
    }


async def grants_at_every_step(funding: Funding) -> set[tuple[str, str]]:
    """Two grants of one member, and what is to be done about them."""
    titles = ("Begun", "Sent back", "Submitted", "Not begun")
    parallel = [milestone(title, 500_000, "2026-05-31", is_parallel=True) for title in titles]
    parallel.append(milestone("Visited", 0, "2026-05-31", is_parallel=True))
    grant = await funding.grant("active", milestones=parallel)
    begun, sent_back, submitted, not_begun, visited = await funding.milestones(grant)
    await funding.report("draft", begun)
    await funding.report("changes_requested", sent_back)
    await funding.report("submitted", submitted)
    await funding.done(funding.lead, "POST", f"/milestones/{not_begun['id']}/extensions", LATER)
    path = f"/grants/{grant['id']}/due-diligence-checks"
    await funding.done(funding.coordinator, "POST", path, LAPSING)
    await funding.make(funding.coordinator, visited, "waive", WHY)
    reported = await funding.network.seen(funding.coordinator, f"/milestones/{submitted['id']}")
    part = WHY | {"accepted_amount_minor": 1}
    await funding.make(funding.coordinator, reported, "accept_partially", part)
    await funding.make(funding.coordinator, grant, "terminate", WHY)
    await funding.grant("offered")
    return {
        (kind, "Collaboration 1")
        for kind in (
            "begin_onboarding",
            "sign_grant",
            "renew_check",
            "report_milestone",
            "submit_report",
            "answer_change_requests",
            "review_report",
            "decide_extension",
            "close_grant",
            "endorse_waiver",
            "endorse_part",
            "endorse_termination",
        )
    }


async def grants_of_one_that_left(funding: Funding) -> set[tuple[str, str]]:
    """A grant in force and one that nobody has signed, of a member that has withdrawn."""
    team = await funding.network.team(7)
    membership = await funding.network.membership(funding.cohort, team, "accepted")
    leaving = Funding(funding.network, team, funding.cohort, membership)
    await leaving.grant("active")
    await leaving.grant("offered")
    await funding.network.walk_membership(membership, team, "withdrawn")
    return {("settle_grant", "Collaboration 7"), ("cancel_grant", "Collaboration 7")}


async def test_whoever_runs_it_sees_all_and_others_their_own(
    funding: Funding, people: People, clock: FixedClock
) -> None:
    everything = await grants_of_one_that_left(funding)
    everything |= await members_at_every_step(funding) | await grants_at_every_step(funding)
    vacancies = {"name_coordinator", "name_lead"}  # Nobody is left to look at the rest.
    vacancies |= {"name_certifier"}  # `tests/funding/reports/test_certifiers.py`.
    by_two = {"endorse_reopening"}  # After the whole way: `tests/funding/reports`.
    by_two |= {"endorse_merge", "endorse_erasure"}  # `tests/overview/planning`, `tests/people`.
    brought_back = {"open_dossier"}  # `tests/network/cohorts/test_who_sees_dossiers.py`.
    of_sessions = {"hold_session", "reschedule_session", "match_attendance"}
    of_sessions |= {"reply_to_session", "accept_offered_seat", "give_feedback"}
    of_sessions |= {"join_session", "vote_in_session_poll", "choose_session_poll"}
    of_sessions |= {"finish_action_item", "drop_action_item"}  # `tests/learning/sessions`.
    elsewhere = OF_AUTHORITY | OF_ONES_OWN | FOR_MANAGERS | vacancies | by_two | brought_back
    elsewhere |= of_sessions | {"publish_framework_version"}  # `tests/learning/trust`.
    elsewhere |= {"publish_result_set", "meet_trust_target"}  # likewise
    elsewhere |= {"report_indicators", "submit_indicator_result"}  # `tests/network/indicators`.
    elsewhere |= {"review_indicator_result"}  # Likewise.
    elsewhere |= {"begin_sheet", "send_anonymous_sheet", "submit_sheet"}  # Likewise.
    elsewhere |= {"moderate_round", "moderate_round_comment"}  # Likewise.
    elsewhere |= {"consent_to_publication", "publish_grant"}  # `tests/publishing/giving`.
    elsewhere |= {"decide_amendment", "apply_amendment", "sign_amendment"}  # Of grants.
    elsewhere |= {"decide_recovery", "endorse_write_off"}  # `tests/funding/grants`, too.
    elsewhere |= {"verify_payee_account", "approve_payment", "release_payment", "settle_payment"}
    elsewhere |= {
        "receive_recovery",
        "request_payment",
        "propose_payee_account",
        "confirm_fund",
        "endorse_payee_account_revocation",
        "endorse_payment_reversal",
        "approve_payment_run",
        "match_bank_line",
        "release_payment_run",
        "confirm_payment_limit",
        "set_payment_limit",
        "endorse_end_of_payment_limit",
    }  # `tests/funding/payments`, these and those before.
    elsewhere |= {"approve_expense_claim", "submit_expense_claim"}  # `tests/funding/expenses`.
    elsewhere |= {"propose_expense_payee_account", "request_expense_payment"}  # Likewise.
    assert {kind for kind, _ in everything} == set(WorkKind) - elsewhere
    clock.advance(timedelta(days=3))
    later = await funding.later()
    another = UUID((await later.network.cohort(reference="PLN-C2"))["id"])
    elsewhere = await people.person("Colin Coordinator", (Role.COORDINATOR, another))
    stranger = await people.person("Stranger Danger")
    lead_elsewhere = (await later.network.team(6)).lead
    told_to_the_team = ("renew_check", "endorse_waiver", "endorse_part", "endorse_termination")
    hers = {one for one in everything if one[1] == "Collaboration 1"}
    hers -= {(kind, "Collaboration 1") for kind in told_to_the_team}

    assert await seen(later, later.coordinator) == everything
    assert await seen(later, later.lead) == hers
    assert await seen(later, later.member) == hers
    for who in (stranger, lead_elsewhere, elsewhere):
        assert await seen(later, who) == set(), who.name
