"""For whom a statement is written: by which permissions lie on the same scopes, and no more."""

from uuid import UUID, uuid4

from sqlalchemy import column

from app.overview.desk.queries import IN_CALENDAR, IN_ORDER, Listing, page_for
from app.people.identity.actors import Actor, HeldRole
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from app.people.obligations.readers import Reader, reader_of
from app.people.obligations.rows import Reach


def actor(*roles: tuple[Role, UUID]) -> Actor:
    account_id = uuid4()
    held = [HeldRole(role, scope_id) for role, scope_id in roles]
    return Actor(account_id, account_id, held, everyone=True)


def reader(*roles: tuple[Role, UUID]) -> Reader:
    return reader_of(actor(*roles), only_own=False)[0]


def test_two_who_hold_the_same_elsewhere_read_alike() -> None:
    one, other = uuid4(), uuid4()
    hundred = [(Role.COORDINATOR, uuid4()) for _ in range(100)]

    assert reader((Role.COORDINATOR, one)) == reader((Role.COORDINATOR, other)) == reader(*hundred)
    assert reader((Role.COORDINATOR, one)) != reader((Role.REVIEWER, one))
    assert reader((Role.COORDINATOR, one)) != reader((Role.COORDINATOR, NETWORK_ID))
    both = reader((Role.COORDINATOR, one), (Role.REVIEWER, other))
    assert both != reader((Role.COORDINATOR, one), (Role.REVIEWER, one))


def test_what_they_hold_is_given() -> None:
    scope_id = uuid4()
    who = actor((Role.COORDINATOR, scope_id))

    _, given = reader_of(who, only_own=True)

    assert given == {
        "scopes_1": [scope_id],
        "account_id": who.account_id,
        "person_id": who.account_id,
        "persons": [who.account_id],
        "accounts": [who.account_id],
        "proof_due_at": None,
    }
    for order in (IN_ORDER, IN_CALENDAR):
        listing = Listing(reader((Role.COORDINATOR, scope_id)), order)
        kept = page_for(listing).statement.sql.decode()
        assert str(scope_id) not in kept
        assert str(who.account_id) not in kept


def test_it_concerns_who_must_do_it_and_who_may_read_it() -> None:
    """It is looked up by both scopes where neither is held wherever the other is."""
    scope_id, mine, read = column("scope_id"), "report.accept", "report.submit"
    one, other = (Role.COORDINATOR, uuid4()), (Role.COLLABORATION_LEAD, uuid4())

    def concerned(*roles: tuple[Role, UUID]) -> str:
        reach = Reach(reader(*roles), {})
        return str(reach.concerns(reach.is_mine(scope_id, mine), scope_id, mine, read))

    both = concerned(one, other)
    assert "UNION" in both
    assert " OR " in both
    for role in (one, other):
        assert "below_1" in concerned(role)
        assert "UNION" not in concerned(role)
    assert concerned((Role.COORDINATOR, NETWORK_ID)) == "true"
    assert concerned() == "false"
