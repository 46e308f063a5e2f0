"""ETags: what a client read, said back when it writes.

A resource's ETag is `"version-bodyhash"`. `If-Match` looks at the version, so that a change of
someone's permissions (which alters `available_actions`) does not stop an edit; `If-None-Match`
looks at the whole. The hash is of the body that is sent and never of what it was made from, so that
no tag stands still while its answer changes, by another's act, by the day or by who asks.
"""

import hashlib
import re
from typing import Annotated

from fastapi import Depends, Header, Request

from app.kernel.errors import BadRequest, FieldProblem
from app.kernel.versions import ANY_VERSION

_TAG = re.compile(r'^(?:W/)?"(\d{1,18})(?:-[0-9a-f]+)?"$')


def etag(version: int | None, body: bytes) -> str:
    """The ETag of a body; without a version it is the hash alone."""
    digest = hashlib.sha256(body).hexdigest()[:16]
    return f'"{digest}"' if version is None else f'"{version}-{digest}"'


def _expected_version(
    if_match: Annotated[str | None, Header(alias="If-Match", include_in_schema=False)] = None,
) -> int | None:
    if if_match is None:
        return None
    if if_match.strip() == "*":
        return ANY_VERSION
    versions = [_TAG.match(tag.strip()) for tag in if_match.split(",")[:10]]
    found = [int(match.group(1)) for match in versions if match]
    if len(found) != 1 or len(versions) != 1:
        raise BadRequest(
            "If-Match must be the one ETag that came with what you read.",
            errors=[
                FieldProblem(
                    pointer="#/header/If-Match", code="etag_unknown", detail='Such as "3-9f86d081".'
                )
            ],
        )
    return found[0]


IfMatch = Annotated[int | None, Depends(_expected_version, scope="function")]
"""The version that the client read, or None when it did not say."""


def is_unchanged(request: Request, tag: str) -> bool:
    """Whether the client already holds the body with this ETag."""
    held = request.headers.get("if-none-match", "")
    tags = {part.strip().removeprefix("W/") for part in held.split(",")}
    return tag in tags or "*" in tags
