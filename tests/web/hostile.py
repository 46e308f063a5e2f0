"""What a careless or an unkind client may send: the atoms, and requests made of them.

Each request is a sound one by the document, with one thing in it replaced.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from tests.contract.bodies import body_of

Json = dict[str, Any]

NIL = "00000000-0000-0000-0000-000000000000"

TEXTS: tuple[str, ...] = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x1b[31m\x7f\x85",
    "\u202e\u2066\ufeff\ufffe",
    "🚀\U0010ffff",
    "x" * 100_000,
    "' OR 1=1; DROP TABLE accounts; --",
    "%s%n{0}{{7*7}}${jndi:x}",
    "../../etc/passwd",
    "=HYPERLINK()",
    NIL,
    "9999-12-31T23:59:59.999999-14:00",
    "0001-01-01T00:00:00+14:00",
    "2026-02-30",
    "2026-03-29T01:30:00",
    "NaN",
    "1e400",
)

VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**31,
    2**53 + 1,
    2**63,
    -(2**63) - 1,
    10**30,
    1.5,
    -0.0,
    1e308,
    [],
    {},
    [None],
    {"$ne": 1},
    [[[[[[[[]]]]]]]],
    ["x"] * 2_000,
)

FEW_VALUES: tuple[Any, ...] = (
    "a\x00b",
    "x" * 20_000,
    "🚀\U0010ffff",
    "9999-12-31T23:59:59.999999-14:00",
    NIL,
    None,
    -1,
    2**63,
    10**30,
    1.5,
    [],
    {"$ne": 1},
)
"""For what is neither a name nor words, of which there is much."""

FEWEST_VALUES: tuple[Any, ...] = ("a\x00b", "🚀\U0010ffff", None, 2**63, [], {"$ne": 1})
"""For every field of an operation that is not a model of its tag."""

RAW_BODIES: dict[str, bytes] = {
    "nothing": b"",
    "NaN": b'{"x": NaN}',
    "infinity": b"[-Infinity]",
    "lone surrogate": rb'{"x": "\ud800"}',
    "surrogate key": rb'{"\udc00": 1}',
    "a key twice": b'{"x": 1, "x": 2}',
    "half a document": b'{"x": ',
    "latin-1": b'{"x": "\xe9"}',
    "no text": b"\xff\xfe\x00\x00",
    "deep": b"[" * 100_000,
    "deep and closed": b'{"x":' * 900 + b"1" + b"}" * 900,
    "many digits": b'{"x": ' + b"9" * 5_000 + b"}",
    "null": b"null",
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"1e999",
    "an unknown field": b'{"__proto__": {"x": 1}, "is_administrator": true}',
    "too much": b'"' + b"x" * 1_100_000 + b'"',
}

FEW_BODIES = ("nothing", "lone surrogate", "half a document", "a list", "an unknown field")

MEDIA_TYPES: tuple[bytes, ...] = (
    b"",
    b"multipart/form-data",
    b"application/x-www-form-urlencoded",
    b"\xff/\xff",
)

QUERIES: tuple[bytes, ...] = (
    b"%00",
    b"%ff",
    b"%ED%A0%80",
    b"",
    b"-1",
    b"0",
    b"nan",
    b"inf",
    b"1e999",
    b"1" + b"0" * 30,
    b"null",
    b"true",
    b"%F0%9F%9A%80",
    b"x" * 3_000,
    b"'%20OR%201=1--",
    b"0001-01-01T00:00:00%2B14:00",
    NIL.encode(),
)

FEW_QUERIES: tuple[bytes, ...] = (b"%00", b"%ff", b"", b"-1", b"1" + b"0" * 30, NIL.encode())

PATHS: tuple[bytes, ...] = (
    b"%00",
    b"%ff",
    b"..",
    b"x%2Fy",
    b"'",
    b"1" + b"0" * 30,
    b"x" * 3_000,
    NIL.encode(),
)

FEW_PATHS: tuple[bytes, ...] = (b"%00", b"%ff", NIL.encode())

HEARD: dict[str, tuple[bytes, ...]] = {
    "If-Match": (b"", b'"99999999999999999999"', b"*", b"\xff", b'"1","2"'),
    "If-None-Match": (b"*", b"\xff", b'"' + b"x" * 9_000 + b'"'),
    "Idempotency-Key": (b"", b"\xff", b"x" * 256, b"\x00"),
    "Range": (b"bytes=--1", b"bytes=9-1", b"bytes=0-99999999999999999999", b"x=1-2", b"\xff"),
    "Upload-Offset": (b"-1", b"1e3", b"1" + b"0" * 30, b"\xff", b""),
    "Upload-Length": (b"-1", b"0", b"1" + b"0" * 30, b"\xff", b""),
    "Upload-Metadata": (b"filename", b"filename !!!", b"filename //8=", b"\xff", b"x" * 9_000),
    "Upload-Checksum": (b"sha256", b"sha256 !!!", b"md5 AAAA", b"\xff"),
    "Tus-Resumable": (b"", b"9.9.9", b"\xff"),
}
"""Tried on the operations that hear them: all on the models of a tag, two on the others."""

UNHEARD: dict[str, tuple[bytes, ...]] = {
    "Authorization": (
        b"",
        b"Bearer",
        b"Bearer a.b.c",
        b"Bearer \xff\xfe",
        b"Basic /w==",
        b"Bearer " + b"x" * 20_000,
        b"Basic !!!",
        b"Basic Og==",
        b"Digest x",
        b"\x00",
    ),
    "Accept": (b"", b"*", b"\xff", b"text/csv", b"application/xml;q=2"),
    "Accept-Encoding": (b"zstd;q=x", b"\xff", b"*;q=0"),
    "Origin": (b"null", b"\xff", b"https://evil.example.org"),
    "X-Request-Id": (b"\xff\n", b"x" * 9_000),
    "X-Forwarded-For": (b"\xff", b"1.2.3.4, x", b"::::"),
}
"""Read before any operation is reached; tried on one operation of each tag."""

PAGING = frozenset({"limit", "cursor", "include_total"})
"""The parameters of every list, read by one piece of code; tried on one list of each tag."""


@dataclass(frozen=True)
class Attempt:
    """One request, and what is odd about it."""

    about: str
    method: str
    path: bytes
    query: bytes = b""
    headers: dict[str, bytes] = field(default_factory=dict)
    body: bytes | None = None

    def request(self) -> httpx.Request:
        raw_path = self.path + (b"?" + self.query if self.query else b"")
        url = httpx.URL("http://testserver").copy_with(raw_path=raw_path)
        headers: list[tuple[bytes, bytes]] = [
            (name.encode(), value) for name, value in self.headers.items()
        ]
        return httpx.Request(self.method, url, headers=headers, content=self.body)


@dataclass
class Target:
    """One operation of the document, with what a sound request to it is made of."""

    path: str
    method: str
    operation: Json
    document: Json
    ids: dict[str, str]
    is_model: bool = False
    """Whether what one piece of code reads for all operations of its tag is tried whole on this."""
    model_parameters: frozenset[str] = frozenset()
    """The parameters of its query that every value is tried on: the first of each shape."""

    def sound(self) -> Attempt:
        """The request that the others depart from."""
        headers: dict[str, bytes] = {}
        for parameter in self.parameters("header"):
            if parameter["required"] or parameter["name"] == "Tus-Resumable":
                headers[parameter["name"]] = _example_of(parameter).encode()
        if "If-Match" in headers:
            headers["If-Match"] = b"*"
        body = None
        for media_type in self.operation.get("requestBody", {}).get("content", {}):
            headers["Content-Type"] = media_type.encode()
            body = json.dumps(self.example).encode() if "json" in media_type else b"x"
            break
        path = self.path.format_map({name: self.ids.get(name, NIL) for name in self.path_names})
        return Attempt("as documented", self.method.upper(), path.encode(), b"", headers, body)

    @property
    def path_names(self) -> list[str]:
        return [one["name"] for one in self.parameters("path")]

    @property
    def example(self) -> Any:
        """A sound body, with the ids of things that exist."""
        return self._with_ids(deepcopy(body_of(self.document, self.operation)))

    def _with_ids(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: self.ids.get(name, member)
                if isinstance(member, str)
                else self._with_ids(member)
                for name, member in value.items()
            }
        return [self._with_ids(member) for member in value] if isinstance(value, list) else value

    def parameters(self, place: str) -> Iterator[Json]:
        shared = self.document["components"]["parameters"]
        for one in self.operation.get("parameters", []):
            told = shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
            if told["in"] == place:
                yield told

    def attempts(self) -> Iterator[Attempt]:
        """Every departure from the sound request."""
        sound = self.sound()
        yield sound
        yield from self._odd_paths(sound)
        yield from self._odd_queries(sound)
        yield from self._odd_headers(sound)
        if sound.body is not None:
            yield from self._odd_bodies(sound)

    def _odd_paths(self, sound: Attempt) -> Iterator[Attempt]:
        for name in self.path_names:
            for value in PATHS if self.is_model else FEW_PATHS:
                names = {other: self.ids.get(other, NIL) for other in self.path_names}
                before, _, after = self.path.partition("{" + name + "}")
                path = before.format_map(names).encode() + value + after.format_map(names).encode()
                yield replace(sound, about=f"{name} = {value[:40]!r}", path=path)
        yield replace(sound, about="trailing slash", path=sound.path + b"/")

    def _odd_queries(self, sound: Attempt) -> Iterator[Attempt]:
        names = {one["name"] for one in self.parameters("query")}
        for name in sorted(names if self.is_model else names - PAGING):
            for value in QUERIES if name in self.model_parameters else FEW_QUERIES:
                query = name.encode() + b"=" + value
                yield replace(sound, about=f"?{query[:60]!r}", query=query)
            yield replace(sound, about=f"?{name} twice", query=f"{name}=1&{name}=2".encode())
        for query in (b"no_such_parameter=1", b"%00=1", b"&&==&"):
            yield replace(sound, about=f"?{query!r}", query=query)

    def _odd_headers(self, sound: Attempt) -> Iterator[Attempt]:
        heard = {one["name"] for one in self.parameters("header")}
        few = None if self.is_model else -2
        odd = {name: values[few:] for name, values in HEARD.items() if name in heard}
        is_model_list = self.is_model and self.method == "get"
        odd |= UNHEARD if is_model_list else {}
        for name, values in odd.items():
            for value in values:
                about = f"{name}: {value[:40]!r}"
                yield replace(sound, about=about, headers={**sound.headers, name: value})

    def _odd_bodies(self, sound: Attempt) -> Iterator[Attempt]:
        for about in RAW_BODIES if self.is_model else FEW_BODIES:
            yield replace(sound, about=f"body: {about}", body=RAW_BODIES[about])
        for media_type in MEDIA_TYPES if self.is_model else MEDIA_TYPES[-1:]:
            headers = {**sound.headers, "Content-Type": media_type}
            yield replace(sound, about=f"Content-Type: {media_type!r}", headers=headers)
        example = self.example
        for place in _places(example):
            for value in _values_for(example, place) if self.is_model else FEWEST_VALUES:
                about = f"body{list(place)} = {value!r:.60}"
                body = json.dumps(_put(deepcopy(example), place, value)).encode()
                yield replace(sound, about=about, body=body)


def _example_of(parameter: Json) -> str:
    return str(parameter.get("example") or parameter["schema"].get("examples", ["1"])[0])


def _places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if at:
        yield at
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _places(member, (*at, name))
    elif isinstance(value, list):
        for index, member in enumerate(value[:1]):
            yield from _places(member, (*at, index))


def _values_for(example: Any, place: tuple[str | int, ...]) -> tuple[Any, ...]:
    """Everything where a name is asked for, every text where words are, a few of all elsewhere."""
    inside = example
    for step in place:
        inside = inside[step]
    if place[-1] in ("name", "title"):
        return (*TEXTS, *VALUES)
    is_words = isinstance(inside, str) and " " in inside
    return (*TEXTS, *FEW_VALUES) if is_words else FEW_VALUES


def _put(value: Any, place: tuple[str | int, ...], new: Any) -> Any:
    inside = value
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = new
    return value
