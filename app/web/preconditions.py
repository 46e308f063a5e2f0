"""ETags: what a client read, said back when it writes.

A resource's ETag is `"version-bodyhash"`, or `"version.contentversion-bodyhash"` where it counts
apart what is inside it. `If-Match` looks at the versions, so that a change of someone's permissions
(which alters `available_actions`) does not stop an edit; `If-None-Match` looks at the whole. The
hash is of the body that is sent and never of what it was made from, so that no tag stands still
while its answer changes, by another's act, by the day or by who asks.
"""

import hashlib
import re
from typing import Annotated

from fastapi import Depends, Header, Request

from app.kernel.errors import BadRequest, FieldProblem
from app.kernel.versions import ANY_VERSION, Read

_TAG = re.compile(r'^(?:W/)?"(\d{1,18})(?:\.(\d{1,18}))?(?:-[0-9a-f]+)?"$')


MOST_TAGS = 10
"""How many ETags one `If-Match` may name."""


def etag(version: int | None, body: bytes, content_version: int | None = None) -> str:
    """The ETag of a body; without a version it is the hash alone."""
    digest = hashlib.sha256(body).hexdigest()[:16]
    numbers = [str(number) for number in (version, content_version) if number is not None]
    return f'"{digest}"' if version is None else f'"{".".join(numbers)}-{digest}"'


async def _expected_version(
    if_match: Annotated[list[str] | None, Header(alias="If-Match", include_in_schema=False)] = None,
) -> int | None:
    if if_match is None:
        return None
    said = ",".join(if_match)
    if said.strip() == "*":
        return ANY_VERSION
    tags = [_TAG.fullmatch(tag.strip()) for tag in said.split(",", MOST_TAGS)]
    if None in tags or len(tags) > MOST_TAGS:
        raise BadRequest(
            "If-Match must be the ETag that came with what you read, or some of them.",
            errors=[
                FieldProblem(
                    pointer="#/header/If-Match", code="etag_unknown", detail='Such as "3-9f86d081".'
                )
            ],
        )
    first, *others = [_read(tag) for tag in tags if tag]
    return first.or_else(others)


def _read(match: re.Match[str]) -> Read:
    content = match.group(2)
    return Read(int(match.group(1)), None if content is None else int(content))


IfMatch = Annotated[int | None, Depends(_expected_version, scope="function")]
"""The version that the client read, or some of them; None when it did not say."""


async def _reads_of_none(
    if_none_match: Annotated[
        list[str] | None, Header(alias="If-None-Match", include_in_schema=False)
    ] = None,
) -> bool:
    if if_none_match is not None and ",".join(if_none_match).strip() != "*":
        raise BadRequest(
            "If-None-Match must be `*` here: that nothing was saved yet.",
            errors=[
                FieldProblem(
                    pointer="#/header/If-None-Match", code="etag_unknown", detail="Send `*`."
                )
            ],
        )
    return if_none_match is not None


IsNew = Annotated[bool, Depends(_reads_of_none, scope="function")]
"""Whether the client says that what it saves is not there yet (`If-None-Match: *`)."""


def is_unchanged(request: Request, tag: str) -> bool:
    """Whether the client already holds the body with this ETag."""
    tags = held_tags(request)
    return tag in tags or "*" in tags


def held_tags(request: Request) -> frozenset[str]:
    """The ETags of what the client says it holds; `*` is all of them."""
    held = ",".join(request.headers.getlist("if-none-match"))
    tags = (part.strip().removeprefix("W/") for part in held.split(","))
    return frozenset(tag for tag in tags if tag)
