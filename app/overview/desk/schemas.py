"""What waits for me, and what was done."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.activity import RecordQuery
from app.kernel.filters import Several
from app.kernel.nouns import NounName
from app.kernel.paging import Page, Paging
from app.kernel.schemas import ActionOut, Day, InstantIn, InstantOut, Ref, Reference, Response
from app.overview.desk.kinds import ObligationStanding, WorkKind
from app.people.obligations.register import Side
from app.web.exports import ExportChoice


class WaitingQuery(Paging):
    """Which of what waits, by what it is, where it stands and when it is due."""

    kind: Several[WorkKind] | None = Field(None, description="Any of these.")
    subject_id: Several[UUID] | None = Field(None, description="Of any of these things.")
    programme_id: Several[UUID] | None = None
    programme_reference: Several[Reference] | None = None
    cohort_id: Several[UUID] | None = None
    cohort_reference: Several[Reference] | None = None
    collaboration_id: Several[UUID] | None = None
    collaboration_reference: Several[Reference] | None = None
    organisation_id: Several[UUID] | None = Field(
        None,
        description="Only those of collaborations in which one of these organisations takes part "
        "now.",
    )
    grant_id: Several[UUID] | None = None
    grant_reference: Several[Reference] | None = None
    due_from: Day | None = Field(
        None, description="Due on this day or later, in its own time zone."
    )
    due_until: Day | None = Field(
        None, description="Due on this day or earlier, in its own time zone."
    )


class ListWork(WaitingQuery):
    """Which of my work."""


class InConflictOut(Response):
    """Somebody who might decide and is not independent."""

    person: Ref
    kind: str = Field(
        description="What binds them: `act`, `role`, `affiliation` or `conflict`.",
        examples=["affiliation"],
    )
    about: Ref = Field(description="The collaboration, organisation or person they are bound to.")


class WorkItemOut(Response):
    """One thing that waits for me."""

    kind: WorkKind
    noun: NounName = Field(description="What it concerns.")
    subject: Ref = Field(description="The thing itself; `id` is its id.")
    cohort: Ref | None = Field(description="Null for what stands in none, such as an account.")
    collaboration: Ref | None = Field(description="Null for what concerns none.")
    grant: Ref | None = Field(description="Null for what comes before there is one.")
    write_to: Ref | None = Field(
        description="Who speaks for the other side: the collaboration's lead, or the cohort's "
        "coordinator; null where nobody does."
    )
    due_at: InstantOut | None = Field(description="When it must be done; null where nothing says.")
    is_overdue: bool = Field(description="Whether that has passed.")
    in_conflict: list[InConflictOut] = Field(
        description="Of `name_a_decider`: who holds the permission and may not decide, and why."
    )
    action: ActionOut = Field(description="The endpoint that does it.")


class WorkPage(Page[WorkItemOut]):
    """Some of what waits for me, what is due first at the top."""


class ListObligations(ExportChoice, WaitingQuery):
    """Which obligations of those you may see."""

    standing: Several[ObligationStanding] | None = Field(None, description="Any of these.")
    opens_from: InstantIn | None = None
    opens_until: InstantIn | None = None
    is_mine: bool | None = Field(
        None, description="Whether it waits for you: what `/v1/me/work` lists."
    )


class ObligationOut(Response):
    """Something that waits for somebody: what, for whom, until when."""

    kind: WorkKind
    noun: NounName = Field(description="What it concerns.")
    subject: Ref = Field(description="The thing itself; `id` is its id.")
    cohort: Ref | None = Field(description="Null for what stands in none.")
    collaboration: Ref | None = Field(description="Null for what concerns none.")
    grant: Ref | None = Field(description="Null for what comes before there is one.")
    waits_for: Side = Field(description="The side that is to do it.")
    write_to: Ref | None = Field(
        description="Who speaks for that side: the collaboration's lead, or the cohort's "
        "coordinator; null where nobody does."
    )
    is_mine: bool = Field(description="You are among those who may do it now.")
    opens_at: InstantOut | None = Field(description="From when it is expected.")
    due_at: InstantOut | None = Field(description="The first instant that is too late.")
    due_on: date | None = Field(description="The last day on which it is in time, in `timezone`.")
    timezone: str
    standing: ObligationStanding = Field(
        description="`upcoming` before `opens_at`, `overdue` from `due_at` on, `due` otherwise."
    )
    action: ActionOut = Field(description="The endpoint that does it.")


class ObligationPage(Page[ObligationOut]):
    """Some of the obligations, what is due first at the top."""


class ListActivity(RecordQuery):
    """Which part of the record, and from where to read on."""

    cursor: Annotated[
        str | None,
        Field(
            alias="after",
            min_length=1,
            max_length=2000,
            description="`next_cursor` of the answer before; leave it out to begin.",
        ),
    ] = None
    noun: Annotated[
        NounName | None, Field(pattern="^[a-z_]{1,40}$", description="Of this kind of thing.")
    ] = None
    subject_id: Several[UUID] | None = Field(None, description="Of any of these things.")
    scope_id: Several[UUID] | None = Field(
        None, description="In any of these scopes (a cohort, a grant, ...) and below it."
    )
    marked: Annotated[
        bool | None,
        Field(
            description="What auditors are to look at, or all else. `detail.marks` says why: "
            "`appointed_by_decider`, `under_dispensation`, `not_independent_in_history`, "
            "`funded_elsewhere`."
        ),
    ] = None
