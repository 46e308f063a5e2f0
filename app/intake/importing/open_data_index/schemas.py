"""What crosses the wire about an import of an index of open data."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Request


class ImportOpenDataIndex(Request):
    """The tables of an index of open data as CSV, each of which you have uploaded."""

    questions_file_id: UUID = Field(description="`questions.csv`: what was asked, with weights.")
    datasets_file_id: UUID = Field(description="`datasets.csv`: of which data it was asked.")
    places_file_id: UUID = Field(description="`places.csv`: of which places.")
    entries_file_id: UUID = Field(description="`entries.csv`: the answers, and their scores.")
    programme_id: UUID | None = Field(
        None,
        description="The programme under which they lie, whose metrics and targets count the "
        "places as members; null for one of the source's own.",
    )
    dry_run: bool = Field(
        default=False, description="Whether to say what would happen, and leave nothing behind."
    )

    @property
    def files(self) -> dict[str, UUID]:
        """The file of each name."""
        said = self.model_dump()
        named = [name for name in said if name.endswith("_file_id")]
        return {f"{name.removesuffix('_file_id')}.csv": said[name] for name in named}
