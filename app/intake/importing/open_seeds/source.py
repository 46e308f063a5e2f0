"""The files of the folder: what a record holds, of which the rest is not read."""

from typing import Annotated, Final

from pydantic import BaseModel, Field

from app.intake.importing.reading import EXTERNAL_ID

SOURCE: Final = "open-seeds"

CohortId = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,13}[a-z0-9]$")]
ProjectId = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,22}[a-z0-9]$")]
PersonId = Annotated[str, Field(pattern=f"^{EXTERNAL_ID}$")]
Text = Annotated[str, Field(max_length=10_000)]


class OrganisationRow(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    country: Text | None = None
    website: Text | None = None


class HeldRole(BaseModel):
    """A part that somebody had in a cohort."""

    cohort: Text
    role: Text


class PersonRow(BaseModel):
    id: PersonId
    roles: list[HeldRole] = Field(default_factory=list[HeldRole])


class ProjectRow(BaseModel):
    """A project that took part in a cohort, and what became of it."""

    id: ProjectId
    cohort: Text
    name: Annotated[str, Field(min_length=1, max_length=2000)]
    description: Text | None = None
    keywords: list[Text] = Field(default_factory=list[Text])
    participants: list[Text] = Field(default_factory=list[Text])
    mentors: list[Text] = Field(default_factory=list[Text])
    status: Text | None = None
    collaboration: list[Text] | None = None


class TimelineEntry(BaseModel):
    date: Text | None = None
    description: Text = ""


class SessionRow(BaseModel):
    week_start: Text | None = None
    date: Text | None = None
    time: Text | None = None
    duration: Text | None = None
    title: Text | None = None
    type: Text | None = None
    learning_objectives: list[Text] = Field(default_factory=list[Text], max_length=50)


class CohortRow(BaseModel):
    cohort: CohortId
    timeline: list[TimelineEntry] = Field(default_factory=list[TimelineEntry])
    sessions: list[SessionRow] = Field(default_factory=list[SessionRow])
    people: dict[Text, list[Text]] = Field(default_factory=dict[str, list[str]])


class FundingRow(BaseModel):
    funder: Text
