"""What the demonstration replays agrees with what was gathered of the network from public pages."""

import json
from datetime import date, datetime
from typing import Any

import pytest

from app.intake.demo import facts
from app.intake.demo.programme import OPENED_AT, PROGRAMME, TARGETS, YEAR_ONE
from tests.shared_data import shared


@pytest.fixture(scope="module")
def gathered() -> dict[str, Any]:
    return json.loads((shared("odi-microsoft-pln") / "facts.json").read_text())


def month(on: date) -> str:
    return f"{on:%Y-%m}"


def test_the_programme(gathered: dict[str, Any]) -> None:
    known = gathered["partnership"]
    years = PROGRAMME.ends_on.year - PROGRAMME.starts_on.year
    members = [one for cohort in facts.PAST_COHORTS for one in cohort.collaborations]
    assert {
        "announced": month(OPENED_AT.date()),
        "planned_years": years,
        "actual_cohorts": len(facts.PAST_COHORTS),
        "actual_members": len(members),
        "convenor": PROGRAMME.convenor.name,
    } == {
        name: known[name]
        for name in ("announced", "planned_years", "actual_cohorts", "actual_members", "convenor")
    }
    assert known["funder"].startswith(PROGRAMME.funder.name)
    assert [one.value for one in TARGETS] == [10, 20], "up to ten, and the campaign's twenty"
    assert YEAR_ONE.counted == gathered["campaign"]["launched_by_2021_04"]


def test_the_first_cohort(gathered: dict[str, Any]) -> None:
    known, ours = gathered["cohorts"][0], facts.COHORT_1
    call, reported = known["call"], ours.reported_start_on
    assert (ours.reference, ours.called_on.isoformat()) == (call["reference"], call["announced"])
    assert (ours.announced_capacity, len(ours.collaborations)) == (
        call["capacity_announced"],
        call["selected"],
    )
    assert ours.award_minor == call["award_max"] * 100
    planned = {"start": month(ours.planned_start_on), "end": month(ours.planned_end_on)}
    assert planned == known["period_planned"]
    assert reported is not None
    assert {"start": month(reported), "end": month(ours.ended_on)} == known["period_reported"]
    assert ours.selected_on.isoformat() <= known["selection_public_by"]
    assert [
        (one.name, [organisation.name for organisation in one.organisations], one.country)
        for one in ours.collaborations
    ] == [(one["collaboration"], one["organisations"], one["country"]) for one in known["members"]]


def test_the_second_cohort(gathered: dict[str, Any]) -> None:
    """No number of places and no sum was made public: neither is invented."""
    known, ours = gathered["cohorts"][1], facts.COHORT_2
    assert ours.called_on.isoformat() == known["call"]["announced"]
    assert "capacity_announced" not in known["call"]
    assert (ours.announced_capacity, len(ours.collaborations)) == (
        None,
        known["call"]["selected"],
    )
    assert ours.award_minor is known["call"]["award_max"] is None
    assert {"start": month(ours.started_on), "end": month(ours.ended_on)} == known[
        "period_reported"
    ]
    assert [
        organisation.name for one in ours.collaborations for organisation in one.organisations
    ] == [name for one in known["members"] for name in one["organisations"]]


def test_the_third_cohort(gathered: dict[str, Any]) -> None:
    """Six were chosen, of whom one is known by name; the others stay without."""
    known, ours = gathered["cohorts"][2], facts.COHORT_3
    call = known["call"]
    closed = datetime.fromisoformat(call["expressions_of_interest_close"])
    assert ours.reference == call["reference"]
    assert ours.applied_by == closed.date()
    assert ours.selected_on == datetime.fromisoformat(call["decision"]).date()
    assert ours.contracted_on.isoformat() == call["contracts"]
    assert ours.planned_start_on.isoformat() == known["kick_off_planned"]
    assert month(ours.started_on) == known["kick_off_reported"]
    assert ours.ended_on.isoformat() == call["final_work_due"]
    assert (ours.award_minor, ours.tax_treatment) == (call["award"] * 100, "net")
    assert "capacity_announced" not in call
    assert (ours.announced_capacity, len(ours.collaborations)) == (None, call["selected"])
    first, *others = ours.collaborations
    assert [one.name for one in first.organisations] == known["members"][0]["organisations"]
    assert first.country is known["members"][0]["country"]
    assert [(one.organisations, one.country) for one in others] == [((), None)] * 5
