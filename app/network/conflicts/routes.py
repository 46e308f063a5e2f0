"""The contract of conflicts of interest."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.errors import NotAllowed
from app.kernel.schemas import WithReason
from app.kernel.written import Written, WrittenList
from app.network.conflicts import service
from app.network.conflicts.access import CollaborationUnknown
from app.network.conflicts.exports import CONFLICTS_OF_INTEREST
from app.network.conflicts.schemas import (
    ConflictOfInterestOut,
    ConflictOfInterestPage,
    ConflictOfInterestQuery,
    ConflictsOfOneQuery,
    CorrectConflictOfInterest,
    DeclareConflictOfInterest,
    EndConflictOfInterest,
)
from app.network.conflicts.service import (
    ConflictAlreadyDeclared,
    ConflictDatesReversed,
    ConflictEnded,
    ConflictWithOneself,
    EndsBeforeToday,
    OwnConflict,
)
from app.network.conflicts.telling import CONFLICTS, OF_ACCOUNT
from app.people.identity.accounts.access import AccountUnknown
from app.people.identity.deps import CurrentActor
from app.people.organisations.access import OrganisationUnknown
from app.people.reads.deps import Reading
from app.people.reads.histories import read_history
from app.web.export_answers import Exported
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Conflicts")

ConflictId = Annotated[UUID, Path(description="The conflict of interest.")]
AccountId = Annotated[UUID, Path(description="The person's account.")]


@router.post(
    "/conflicts-of-interest",
    permission="conflict_of_interest.declare",
    refuses=(
        NotAllowed,
        ConflictAlreadyDeclared,
        AccountUnknown,
        OrganisationUnknown,
        CollaborationUnknown,
        ConflictWithOneself,
        ConflictDatesReversed,
    ),
    status=201,
    location="/v1/conflicts-of-interest/{id}",
    example={
        "account_id": "018f0000-0000-7000-8000-000000000000",
        "organisation_id": "018f0000-0000-7000-8000-000000000000",
        "reason": "They sit on its board.",
    },
)
async def declare_conflict_of_interest(
    db: Db, actor: CurrentActor, body: DeclareConflictOfInterest
) -> Written[ConflictOfInterestOut]:
    """Declare that you have an interest in an organisation, a collaboration or a person, or impose
    one on somebody, which takes `conflict_of_interest.impose` where that person holds a role and,
    of a collaboration, where that is a member or was offered a place. Whoever is in conflict
    decides about nothing that concerns it and lives while it is held. The team sees it."""
    return await service.declare_conflict_of_interest(db, actor, body)


@router.get(
    "/conflicts-of-interest",
    permission=SIGNED_IN,
    export=Exported(CONFLICTS_OF_INTEREST, service.export_conflicts_of_interest),
)
async def list_conflicts_of_interest(
    read: Reading, query: Annotated[ConflictOfInterestQuery, Query()]
) -> WrittenList[ConflictOfInterestPage]:
    """Conflicts of interest, the latest first: for the team those of its people and about what it
    looks after, for others their own."""
    return await CONFLICTS.page(read, query)


@router.get(
    "/accounts/{account_id}/conflicts-of-interest",
    permission=SIGNED_IN,
    export=Exported(CONFLICTS_OF_INTEREST, service.export_account_conflicts_of_interest),
)
async def list_account_conflicts_of_interest(
    read: Reading,
    account_id: AccountId,
    query: Annotated[ConflictsOfOneQuery, Query()],
) -> WrittenList[ConflictOfInterestPage]:
    """The conflicts of interest of one person whose account you may see."""
    return await CONFLICTS.page(read, query, OF_ACCOUNT, account_id)


@router.get("/conflicts-of-interest/{conflict_of_interest_id}", permission=SIGNED_IN)
async def get_conflict_of_interest(
    read: Reading, conflict_of_interest_id: ConflictId
) -> Written[ConflictOfInterestOut]:
    """One conflict of interest."""
    return await CONFLICTS.one(read, conflict_of_interest_id)


@router.patch(
    "/conflicts-of-interest/{conflict_of_interest_id}",
    permission="conflict_of_interest.impose",
    refuses=(ConflictEnded, OwnConflict, ConflictAlreadyDeclared, ConflictDatesReversed),
    if_match=True,
    example={"from_on": "2026-01-01"},
)
async def correct_conflict_of_interest(
    db: Db,
    actor: CurrentActor,
    conflict_of_interest_id: ConflictId,
    body: CorrectConflictOfInterest,
    if_match: IfMatch,
) -> Written[ConflictOfInterestOut]:
    """Put right what was entered wrongly: the days, or the reason. What stands in your own way
    somebody else corrects."""
    return await service.correct_conflict_of_interest(
        db, actor, conflict_of_interest_id, body, if_match=if_match
    )


@router.post(
    "/conflicts-of-interest/{conflict_of_interest_id}/end",
    permission="conflict_of_interest.declare",
    refuses=(NotAllowed, ConflictEnded, OwnConflict, EndsBeforeToday, ConflictDatesReversed),
    example={"until_on": "2030-03-31"},
)
async def end_conflict_of_interest(
    db: Db, actor: CurrentActor, conflict_of_interest_id: ConflictId, body: EndConflictOfInterest
) -> Written[ConflictOfInterestOut]:
    """End a conflict of interest, today or on a later day. It goes on standing in the way of what
    lived while it was held. You end what you declared yourself; what was imposed, or is somebody
    else's, whoever may impose it ends."""
    return await service.end_conflict_of_interest(db, actor, conflict_of_interest_id, body)


@router.post(
    "/conflicts-of-interest/{conflict_of_interest_id}/withdraw",
    permission="conflict_of_interest.impose",
    refuses=(ConflictEnded, OwnConflict),
    example={"reason": "It is another organisation of that name."},
)
async def withdraw_conflict_of_interest(
    db: Db, actor: CurrentActor, conflict_of_interest_id: ConflictId, body: WithReason
) -> Written[ConflictOfInterestOut]:
    """Withdraw a conflict of interest that was entered by mistake: it counts for nothing, and stays
    on record."""
    return await service.withdraw_conflict_of_interest(
        db, actor, conflict_of_interest_id, reason=body.reason
    )


@router.get("/conflicts-of-interest/{conflict_of_interest_id}/history", permission=SIGNED_IN)
async def get_conflict_of_interest_history(
    read: Reading,
    conflict_of_interest_id: ConflictId,
    query: Annotated[HistoryQuery, Query()],
) -> WrittenList[ActivityPage]:
    """What was done to a conflict of interest, oldest first."""
    return await read_history(CONFLICTS, read, conflict_of_interest_id, query)
