"""What was done, as it is told: the record, and of it the history of one thing."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal, select, true

from app.kernel.activity import (
    Activity,
    ActivityOut,
    ActivityPage,
    HistoryQuery,
    done_to,
)
from app.kernel.referring import name_of, reference_of, scope_name_of, scope_reference_of
from app.kernel.written import NULL, Present, Sources, WrittenList
from app.people.identity.audiences import of_audience
from app.people.identity.scopes import Scope, ScopeKind
from app.people.reads.declarations import Telling
from app.people.reads.held import Held
from app.people.reads.reader import Reader
from app.people.reads.shapes import Within
from app.people.reads.words import permissions_of


def is_heard(held: Held) -> ColumnElement[bool]:
    """Whether whoever asks is of the audience of what was done."""

    def lies(permission: str, kind: ScopeKind | None) -> ColumnElement[bool]:
        holds = held.probed(permission, Activity.scope_id)
        if kind is None:
            return holds
        is_one = select(Scope.kind == kind).where(Scope.id == Activity.scope_id)
        return and_(is_one.correlate_except(Scope).scalar_subquery(), holds)

    return of_audience(Activity, lies)


def told_of(*nouns: str) -> Sources:
    """How each row is told, with how all that it is about is called now: things of these nouns, or
    of any."""
    of, among = Activity, nouns or None
    return {
        "subject": lambda: {
            "id": of.subject_id,
            "reference": reference_of(of.noun, of.subject_id, among=among),
            "name": name_of(of.noun, of.subject_id, among=among),
        },
        "scope": lambda: {
            "id": of.scope_id,
            "reference": scope_reference_of(of.scope_id),
            "name": scope_name_of(of.scope_id),
        },
        "actor": lambda: Present(
            of.account_id.is_not(None),
            {
                "id": of.account_id,
                "reference": NULL,
                "name": name_of(literal("account"), of.account_id, among=("account",)),
            },
        ),
    }


@dataclass(frozen=True)
class _Done(Within):
    """What was done to a thing: rows of the record that are about it."""

    def of(self, parent: Any) -> ColumnElement[bool]:
        return done_to(self.model, parent)


@cache
def _told(telling: Telling[Any]) -> tuple[Telling[ActivityOut], Within]:
    model = telling.model
    nouns: Iterable[str] = () if hasattr(model, "__recorded_of__") else (model.__noun__,)
    told = Telling(
        ActivityOut,
        Activity,
        telling.permission,
        telling.missing,
        told=told_of(*nouns),
        sorts={"recorded_at": (Activity.position,)},
        page_of=ActivityPage,
        seen=lambda _: true(),
        heard=is_heard,
        for_everyone=True,
    )
    within = _Done(
        Activity.subject_id,
        model,
        telling.permission,
        telling.missing,
        seen=telling.seen,
        besides=frozenset(permissions_of(telling.lifecycle)),
    )
    return told, within


async def read_history(
    telling: Telling[Any], read: Reader, thing_id: UUID, query: HistoryQuery
) -> WrittenList[ActivityPage]:
    """What was done to a thing, for whoever may see it, as far as they are of the audience.

    Raises `telling.missing` (404), InvalidCursor (400).
    """
    told, within = _told(telling)
    return await told.page(read, query, within, thing_id)
