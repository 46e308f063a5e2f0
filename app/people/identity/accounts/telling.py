"""What is told of people."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from app.kernel.filters import known_as_one
from app.people.identity.access import Sight
from app.people.identity.accounts.access import (
    AccountNotFound,
    any_of_one_person,
    is_person_seen,
)
from app.people.identity.accounts.schemas import AccountOut, AccountPage
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import READ as READ_ROLES
from app.people.identity.role_assignments.access import held_at
from app.people.identity.role_assignments.access import is_seen as is_role_seen
from app.people.reads.declarations import Telling
from app.people.reads.shapes import Together
from app.web.exports import AT


def holds(by: Sight, asked: Mapping[str, Any], at: Any = AT) -> ColumnElement[bool]:
    """Whether an account holds a role at an instant that is as it is `asked` for, as far as
    somebody may see who holds it."""
    columns = [getattr(RoleAssignment, name) == value for name, value in asked.items()]
    held = select(RoleAssignment.account_id).where(
        held_at(RoleAssignment, at), is_role_seen(by), *columns
    )
    return Account.id.in_(held.correlate_except(RoleAssignment))


PEOPLE: Final = Telling(
    AccountOut,
    Account,
    "account.read",
    missing=AccountNotFound,
    seen=is_person_seen,
    for_everyone=True,
    told={"is_address_proved": Account.address_proved_at.is_not(None)},
    filters={
        "is_disabled": lambda asked: Account.disabled_at.is_not(None) == asked,
    },
    together=Together(frozenset({"role", "scope_id"}), READ_ROLES, holds),
    sorts={
        "name": (Account.name_folded, Account.id),
        "created_at": (Account.created_at, Account.id),
    },
    page_of=AccountPage,
)
known_as_one(Account, any_of_one_person)
