"""What crosses the wire about uploads and files."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.kernel.nouns import NounName
from app.kernel.schemas import SAFE_INTEGER, InstantOut, Ref, Request, Response, one_line


def _no_path(value: str) -> str:
    if "/" in value or "\\" in value:
        raise ValueError("must be the name alone, without / and \\")
    return value


FileName = Annotated[
    str,
    *one_line(255, "FileName", without=r"/\\"),
    AfterValidator(_no_path),
    Field(
        description="As it is shown and saved: one printable line, no path.",
        examples=["Milestone 1 evidence.pdf"],
    ),
]
MediaType = Annotated[str, Field(max_length=255, examples=["application/pdf"])]
Sha256 = Annotated[
    str,
    Field(
        pattern="^[0-9a-f]{64}$",
        description="The SHA-256 of the whole file, in hexadecimal.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]
Size = Annotated[int, Field(ge=1, le=SAFE_INTEGER, description="In bytes.", examples=[48_213])]


class CreateUpload(Request):
    """A file that is about to be uploaded, as its headers announce it."""

    name: FileName
    media_type: MediaType | None = None
    size: Size
    sha256: Sha256 | None = None


class UploadOut(Response):
    """A file that is coming in."""

    id: UUID
    name: str = Field(examples=["Milestone 1 evidence.pdf"])
    media_type: MediaType | None = Field(
        description="As announced, until the file is whole: then what it is."
    )
    size: Size
    sha256: Sha256 | None = Field(
        description="As announced, if it was; of what came, once the file is whole."
    )
    received: int = Field(
        ge=0, description="How many bytes are here; the next one to send.", examples=[16_384]
    )
    file_id: UUID | None = Field(description="The file it has become; null until it is whole.")
    created_at: InstantOut
    expires_at: InstantOut = Field(description="When it is forgotten, unless more of it comes.")


class SubjectRef(Response):
    """The thing that a file is evidence of."""

    noun: NounName
    id: UUID


class FileOut(Response):
    """A file, which never changes."""

    id: UUID
    version: int
    name: str = Field(examples=["Milestone 1 evidence.pdf"])
    media_type: MediaType
    size: Size
    sha256: Sha256
    uploader: Ref
    subject: SubjectRef | None = Field(description="Null until the file is attached to something.")
    attached_at: InstantOut | None
    created_at: InstantOut


class AttachedFileOut(Response):
    """A file, as much of it as is needed to offer it for download."""

    id: UUID
    name: str
    media_type: str
    size: int = Field(description="In bytes.")
    sha256: str = Field(description="As hexadecimal digits.")
