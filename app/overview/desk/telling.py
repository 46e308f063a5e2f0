"""How the record is told: each row with how all that it is about is called now."""

from sqlalchemy import ColumnElement, not_, true

from app.kernel.activity import Activity, ActivityOut, ActivityPage, is_marked, is_settled
from app.kernel.errors import NotFound
from app.people.identity.scopes import at_or_below
from app.people.reads.declarations import Telling
from app.people.reads.histories import is_heard, told_of


def _telling(*only: ColumnElement[bool]) -> Telling[ActivityOut]:
    return Telling(
        ActivityOut,
        Activity,
        "activity.read",
        NotFound,
        told=told_of(),
        filters={
            "scope_id": lambda asked: Activity.scope_id.in_(at_or_below(asked)),
            "marked": lambda _asked: true(),
        },
        sorts={"recorded_at": (Activity.epoch, Activity.transaction_id, Activity.position)},
        page_of=ActivityPage,
        only=(is_settled(), *only),
        heard=is_heard,
        endless=True,
    )


RECORD = {
    None: _telling(),
    True: _telling(is_marked()),
    False: _telling(not_(is_marked())),
}
"""All of it, what auditors are to look at, and all else: the index of the marked ones is found by a
condition that is written out."""
