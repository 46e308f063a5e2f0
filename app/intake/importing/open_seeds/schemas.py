"""What crosses the wire about an import of Open Seeds."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Request


class ImportOpenSeeds(Request):
    """The files of a folder of OLS (Open Seeds), each of which you have uploaded."""

    organizations_file_id: UUID = Field(description="`organizations.json`.")
    people_file_id: UUID = Field(description="`people.json`.")
    cohorts_file_id: UUID = Field(description="`cohorts.json`.")
    projects_file_id: UUID = Field(description="`projects.json`.")
    funding_file_id: UUID | None = Field(None, description="`funding.json`, where there is one.")
    library_file_id: UUID | None = Field(None, description="`library.json`, where there is one.")
    programme_id: UUID | None = Field(
        None, description="The programme under which they lie; null for one of the source's own."
    )
    dry_run: bool = Field(
        default=False, description="Whether to say what would happen, and leave nothing behind."
    )

    @property
    def files(self) -> dict[str, UUID]:
        """The file of each name."""
        said = self.model_dump()
        named = {name.removesuffix("_file_id"): said[name] for name in said if "_file_id" in name}
        return {f"{name}.json": file_id for name, file_id in named.items() if file_id}
