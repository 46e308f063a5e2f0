"""Separated duties that one person did both of."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, func, literal, select, tuple_
from sqlalchemy.orm import aliased

from app.kernel.activity import Activity
from app.kernel.separations import separations
from app.people.identity.models import Account

FIRST, SECOND = aliased(Activity), aliased(Activity)
_one, _other = aliased(Account), aliased(Account)


def duties_of_one(if_merged: tuple[UUID, UUID] | None = None) -> Select[*tuple[Any, ...]]:
    """Pairs of acts that are kept apart, of accounts that are one person; with `if_merged`, those
    that would be if the first of the two accounts were merged into the second."""
    person, another = _person(_one), _person(_other)
    is_new: ColumnElement[bool] = literal(value=True)
    if if_merged is not None:
        alias, into = if_merged
        is_new = person != another
        person, another = (
            func.coalesce(func.nullif(one, alias), literal(into, Uuid()))
            for one in (person, another)
        )
    return (
        select(
            FIRST.noun,
            FIRST.subject_id,
            FIRST.verb.label("first_verb"),
            FIRST.account_id.label("first_account_id"),
            FIRST.occurred_at.label("first_at"),
            SECOND.verb.label("second_verb"),
            SECOND.account_id.label("second_account_id"),
            SECOND.occurred_at.label("second_at"),
            SECOND.position,
            FIRST.position.label("first_position"),
            person.label("person_id"),
        )
        .join(_one, _one.id == FIRST.person_id)
        .join(
            SECOND,
            and_(SECOND.subject_id == FIRST.subject_id, SECOND.position > FIRST.position),
        )
        .join(_other, _other.id == SECOND.person_id)
        .where(
            tuple_(FIRST.verb, SECOND.verb).in_(separations()),
            FIRST.person_id != SECOND.person_id,
            person == another,
            is_new,
        )
    )


def _person(account: type[Account]) -> ColumnElement[UUID]:
    return func.coalesce(account.merged_into_id, account.id)
