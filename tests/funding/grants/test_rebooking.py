"""What milestones are in the books of another currency once other terms hold."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.funding.grants.booking.exchange.queries import Change, change, rebooked, vanishes
from app.funding.grants.models import GrantVersion, MilestoneTerms
from app.kernel.money import apportioned, exchanged

amounts = st.lists(st.integers(1, 10**9), min_size=1, max_size=8)
rates = st.decimals("0.000001", "9999", places=6)


def agreed(ids: list[UUID], parts: list[int], rate: Decimal) -> GrantVersion:
    booked = apportioned(parts, rate)
    terms = [
        MilestoneTerms(milestone_id=id_, amount_minor=part, booked_minor=minor)
        for id_, part, minor in zip(ids, parts, booked, strict=True)
    ]
    return GrantVersion(milestone_terms=terms)


def test_what_stays_is_booked_as_it_was() -> None:
    """Of two halves the second was rounded up; it stays so when the first is another's."""
    ids, half = [uuid4(), uuid4()], Decimal("0.5")
    base = agreed(ids, [1, 1], half)
    assert [one.booked_minor for one in base.milestone_terms] == [0, 1]
    wanted: list[tuple[UUID | None, int]] = [(ids[1], 1), (None, 1)]
    assert rebooked(base, wanted, half) == [1, 0]


@given(amounts, amounts, rates, st.data())
def test_an_amendment_books_what_the_award_is(
    parts: list[int], new: list[int], rate: Decimal, data: st.DataObject
) -> None:
    ids = [uuid4() for _ in parts]
    base = agreed(ids, parts, rate)
    stays = data.draw(st.lists(st.sampled_from(range(len(parts))), unique=True))
    wanted = [*((ids[at], parts[at]) for at in stays), *((None, amount) for amount in new)]
    found = rebooked(base, wanted, rate)
    before = {one.milestone_id: one.booked_minor for one in base.milestone_terms}

    assert found[: len(stays)] == [before[ids[at]] for at in stays]
    kept = sum(found[: len(stays)])
    assert sum(found) == max(kept, exchanged(sum(amount for _, amount in wanted), rate))
    told = change(base, (amount for _, amount in wanted), found)
    assert told == Change(
        sum(found) - exchanged(sum(parts), rate),
        sum(new) + sum(parts[at] for at in stays) - sum(parts),
    )


@pytest.mark.parametrize(
    ("booked", "granted", "is_nothing"),
    [(5, 7, False), (-5, -7, False), (0, 0, False), (1, 0, False), (0, 1, True), (-1, 1, True)],
)
def test_a_change_that_is_nothing_in_the_books(
    booked: int, granted: int, *, is_nothing: bool
) -> None:
    assert Change(booked, granted).vanishes() is is_nothing


def test_something_that_would_be_nothing() -> None:
    assert vanishes([1, 2], [0, 2])
    assert not vanishes([0, 2], [0, 2])
