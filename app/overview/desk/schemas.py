"""What waits for me, and what was done."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.kernel.activity import RecordQuery
from app.kernel.nouns import NounName
from app.kernel.paging import Page, Paging
from app.kernel.schemas import ActionOut, Day, Id, InstantIn, InstantOut, Ref, Response
from app.overview.desk.kinds import ObligationStanding, WorkKind
from app.people.obligations.register import Side
from app.web.exports import ExportChoice


class ListWork(Paging):
    """Which of my work."""

    kind: Annotated[list[WorkKind] | None, Field(max_length=20, description="Any of these.")] = None
    cohort_id: Annotated[Id | None, Field(description="Of this cohort alone.")] = None
    due_before: Annotated[
        InstantIn | None, Field(description="What is due before this instant.")
    ] = None


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


class ListObligations(ExportChoice, Paging):
    """Which obligations of those you may see."""

    kind: Annotated[list[WorkKind] | None, Field(max_length=20, description="Any of these.")] = None
    standing: Annotated[
        list[ObligationStanding] | None, Field(max_length=3, description="Any of these.")
    ] = None
    cohort_id: Annotated[Id | None, Field(description="Of this cohort alone.")] = None
    collaboration_id: Annotated[Id | None, Field(description="Of this collaboration alone.")] = None
    grant_id: Annotated[Id | None, Field(description="Of this grant alone.")] = None
    due_from: Annotated[
        Day | None, Field(description="Due on this day or later, in its own time zone.")
    ] = None
    due_until: Annotated[
        Day | None, Field(description="Due on this day or earlier, in its own time zone.")
    ] = None
    is_mine: Annotated[
        bool | None, Field(description="Whether it waits for you: what `/v1/me/work` lists.")
    ] = None


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
    subject_id: Annotated[Id | None, Field(description="Of this thing.")] = None
    scope_id: Annotated[
        Id | None, Field(description="In this scope (a cohort, a grant, ...) and below it.")
    ] = None
    marked: Annotated[
        bool | None,
        Field(
            description="What auditors are to look at, or all else. `detail.marks` says why: "
            "`appointed_by_decider`, `under_dispensation`, `not_independent_in_history`, "
            "`funded_elsewhere`."
        ),
    ] = None
