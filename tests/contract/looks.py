"""Looks at each operation of the document: what is wrong with it, in words."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.kernel.errors import PROBLEMS, NotFound
from app.web import contract
from app.web.document import READ_ONLY
from app.web.terms import PUBLIC, SIGNED_IN, Operation
from tests.contract.recorder import PROBLEM, Documented

Json = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """One operation: what its route declared, and what the document says of it."""

    name: str
    path: str
    method: str
    operation: Json
    terms: Operation
    known: Documented

    def described(self, said: str) -> bool:
        return said in self.operation["description"]

    def parameters(self) -> Iterator[Json]:
        yield from map(self.known.resolved, self.operation.get("parameters", []))

    def answers(self) -> Iterator[tuple[str, Json]]:
        for status, answer in self.operation["responses"].items():
            yield status, self.known.resolved(answer)


def says_what_it_is(told: Told) -> Iterator[str]:
    tags = told.operation["tags"]
    if len(tags) != 1 or tags[0] not in contract.TAGS:
        yield f"its tags are {tags}"
    if not told.operation["summary"]:
        yield "has no summary"
    if len(told.operation["description"]) <= 20:
        yield f"is described as {told.operation['description']!r}"


def names_its_permission(told: Told) -> Iterator[str]:
    permission, security = told.operation["x-permission"], told.operation["security"]
    if permission != told.terms.permission:
        yield f"says {permission}, and takes {told.terms.permission}"
    if permission == PUBLIC:
        if not told.described("Open to everyone."):
            yield "is open, and does not say so"
        if security != []:
            yield f"is open, and takes {security}"
        return
    if permission != SIGNED_IN and not told.described(f"`{permission}`"):
        yield f"does not describe {permission}"
    scopes = [] if permission == SIGNED_IN else [permission]
    yield from (
        f"is not secured by {wanted}"
        for wanted in ({"bearer": []}, {"oauth2": scopes})
        if wanted not in security
    )


def says_its_moves(told: Told) -> Iterator[str]:
    yield from (
        f"does not describe its move {move}"
        for move in told.terms.moves
        if not told.described(f"Move: {move}.")
    )
    listed = told.operation.get("x-moves", [])
    if listed != list(told.terms.moves):
        yield f"lists {listed}, and moves {list(told.terms.moves)}"


def documents_its_problems(told: Told) -> Iterator[str]:
    operation, terms = told.operation, told.terms
    wanted = {"400", "422", "500", "503"}
    wanted |= {"401", "429"} if operation["security"] else set()
    wanted |= {"404"} if "{" in told.path else set()
    wanted |= {"413", "415"} if "requestBody" in operation else set()
    wanted |= {"409"} if terms.moves else set()
    wanted |= {"412", "428"} if terms.if_match or terms.saves_part else set()
    yield from (f"does not document {one}" for one in sorted(wanted - set(operation["responses"])))
    own = [PROBLEMS[code] for code in operation.get("x-problem-codes", ())]
    if "{" in told.path and not any(one.status == 404 and one is not NotFound for one in own):
        yield "does not say by which code of its own a thing is not there"
    for status, answer in told.answers():
        if status >= "400" and told.method != "head" and list(answer["content"]) != [PROBLEM]:
            yield f"documents {status} as {list(answer['content'])}"


def documents_its_headers(told: Told) -> Iterator[str]:
    terms = told.terms
    taken = {one["name"]: one["required"] for one in told.parameters() if one["in"] == "header"}
    heard = False if terms.hears_if_match else None
    wanted = {
        "If-Match": True if terms.if_match else heard,
        "Idempotency-Key": terms.key_required if terms.idempotent else None,
    }
    for header, required in wanted.items():
        if taken.get(header) is not required:
            yield f"has {header} required {taken.get(header)}, not {required}"
    for status, answer in told.answers():
        sent = {"X-Request-Id"}
        sent |= {"Location"} if status == "201" and terms.location else set()
        is_kept = told.method == "get" and not (terms.secret or terms.is_streamed)
        sent |= {"ETag"} if is_kept and status == "200" else set()
        yield from (f"{status} lacks {one}" for one in sorted(sent - set(answer["headers"])))


def parameters_are_never_null(told: Told) -> Iterator[str]:
    for one in told.parameters():
        if '"null"' in json.dumps(one["schema"]):
            yield f"{one['name']} may be null"
        if not re.fullmatch(r"[a-z_]+|[A-Z][A-Za-z-]+", one["name"]):
            yield f"{one['name']} is an odd name"


def examples_are_valid(told: Told) -> Iterator[str]:
    at = f"/paths/{told.path.replace('/', '~1')}/{told.method}"
    bodies = {f"{at}/requestBody": told.operation.get("requestBody", {})}
    for status, answer in told.answers():
        if status < "300":
            said = told.operation["responses"][status]
            bodies[said.get("$ref", f"#{at}/responses/{status}")[1:]] = answer
    for pointer, body in bodies.items():
        for kind, media in body.get("content", {}).items():
            schema = f"{pointer}/content/{kind.replace('/', '~1')}/schema"
            if "example" in media:
                for fault in told.known.faults(schema, media["example"]):
                    yield f"{pointer.removeprefix(at)}, {kind}: {fault}"


def only_reading_is_open_to_basic(told: Told) -> Iterator[str]:
    security = told.operation["security"]
    if security and ({"basic": []} in security) != (told.method in READ_ONLY):
        yield f"{told.method} takes {security}"


Look = Callable[[Told], Iterator[str]]

LOOKS: tuple[Look, ...] = (
    says_what_it_is,
    names_its_permission,
    says_its_moves,
    documents_its_problems,
    documents_its_headers,
    parameters_are_never_null,
    examples_are_valid,
    only_reading_is_open_to_basic,
)
