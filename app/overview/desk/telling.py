"""How the record is told: each row with how all that it is about is called now."""

from typing import Any

from sqlalchemy import ColumnElement, and_, literal, not_, select, true

from app.kernel.activity import Activity, ActivityOut, ActivityPage, is_marked, is_settled
from app.kernel.errors import NotFound
from app.kernel.referring import name_of, reference_of, scope_name_of, scope_reference_of
from app.kernel.written import NULL, Present
from app.people.identity.audiences import of_audience
from app.people.identity.scopes import Scope, ScopeKind, at_or_below
from app.people.reads.declarations import Telling
from app.people.reads.held import Held


def _is_heard(held: Held) -> ColumnElement[bool]:
    """Whether whoever asks is of the audience of what was done."""

    def lies(permission: str, kind: ScopeKind | None) -> ColumnElement[bool]:
        holds = held.probed(permission, Activity.scope_id)
        if kind is None:
            return holds
        is_one = select(Scope.kind == kind).where(Scope.id == Activity.scope_id)
        return and_(is_one.correlate_except(Scope).scalar_subquery(), holds)

    return of_audience(Activity, lies)


def _told() -> dict[str, Any]:
    of = Activity
    return {
        "subject": lambda: {
            "id": of.subject_id,
            "reference": reference_of(of.noun, of.subject_id),
            "name": name_of(of.noun, of.subject_id),
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


def _telling(*only: ColumnElement[bool]) -> Telling[ActivityOut]:
    return Telling(
        ActivityOut,
        Activity,
        "activity.read",
        NotFound,
        told=_told(),
        filters={
            "scope_id": lambda asked: Activity.scope_id.in_(at_or_below(asked)),
            "marked": lambda _asked: true(),
        },
        sorts={"recorded_at": (Activity.epoch, Activity.transaction_id, Activity.position)},
        page_of=ActivityPage,
        only=(is_settled(), *only),
        heard=_is_heard,
        endless=True,
    )


RECORD = {
    None: _telling(),
    True: _telling(is_marked()),
    False: _telling(not_(is_marked())),
}
"""All of it, what auditors are to look at, and all else: the index of the marked ones is found by a
condition that is written out."""
