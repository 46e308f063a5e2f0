"""What crosses the wire when a person is erased."""

from pydantic import Field, StrictBool

from app.kernel.endorsements import EndorsementOut
from app.kernel.schemas import Ref, Response, WithReason


class EraseAccount(WithReason):
    """Why the person is forgotten. The reason stays: it names nobody."""

    dry_run: StrictBool = Field(
        default=False, description="Whether to tell what would go and stay, and empty nothing."
    )


class ErasureOut(Response):
    """What was emptied of a person, or would be, and what stays."""

    account: Ref
    is_dry_run: bool
    is_erased: bool = Field(description="False on a dry run, and after the first of two persons.")
    emptied: dict[str, int] = Field(
        description="How many of what are emptied: names, addresses, letters, what cohorts knew."
    )
    kept: dict[str, int] = Field(
        description="How many rows of each table go on naming the account by its id."
    )
    endorsements: list[EndorsementOut] = Field(
        description="The first of two persons' words, waiting for the second."
    )
    version: int
