"""What waits where one administrator has said that a person be erased: the second."""

from sqlalchemy import any_, cast, false, literal, not_, null, select
from sqlalchemy.types import Uuid

from app.people.erasures.permissions import ERASE
from app.people.identity.models import Account
from app.people.identity.scopes import NETWORK_ID
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import said_first


def _erasures(reach: Reach, waits: Branch) -> Row:
    said = said_first("account", "erase").subquery()
    is_own = said.c.person_id == any_(reach.actor.persons) if reach.actor else false()
    own = select(said.c.subject_id).where(is_own)
    network = cast(literal(NETWORK_ID, Uuid), Uuid)
    mine = reach.is_mine(network, waits.permission) & not_(Account.id.in_(own))
    row = reach.row((Account.id, null(), Account.name), {}, When(literal("UTC")), (network, mine))
    return row.select_from(Account).where(Account.id.in_(select(said.c.subject_id)), mine)


work(
    Branch(
        Kind(
            "endorse_erasure",
            Making("account", "erase", "erase_account", "erase", needs_if_match=True),
        ),
        ERASE,
        Side.CONVENOR,
        _erasures,
    )
)
