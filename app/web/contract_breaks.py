"""What of a change of the document breaks the clients of the last one.

Nothing that is there goes, is renamed, or takes or answers with less; what is new is optional. The
baseline is `openapi/released/openapi.json`; a break that is meant moves it in the same commit.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.web.schema_breaks import Comparison, Way, resolved

Json = Mapping[str, Any]


def breaks(old: Json, new: Json) -> list[str]:
    """Every break of `new` for a client of `old`, in a few words each."""
    comparison = Comparison(old, new)
    found: list[str] = []
    for path, item in old["paths"].items():
        for method, operation in item.items():
            told = f"{operation['operationId']}:"
            now = new["paths"].get(path, {}).get(method)
            if now is None:
                found.append(f"{told} {method.upper()} {path} is gone")
            else:
                found += [f"{told} {one}" for one in _operation(comparison, operation, now)]
    return [*found, *_names(old, new)]


def _names(old: Json, new: Json) -> Iterator[str]:
    """What generated clients name: types of schemas, and words of vocabularies."""
    for schema in old["components"]["schemas"]:
        if schema not in new["components"]["schemas"]:
            yield f"the schema {schema} is gone"
    for vocabulary, words in old["x-vocabularies"].items():
        for word in words:
            if word not in new["x-vocabularies"].get(vocabulary, ()):
                yield f"the word {word} of {vocabulary} is gone"


def _operation(comparison: Comparison, old: Json, new: Json) -> Iterator[str]:
    if old["operationId"] != new["operationId"]:
        yield f"is called {new['operationId']}"
    if old["tags"] != new["tags"]:
        yield f"stands under {', '.join(new['tags'])}"
    yield from _security(old["security"], new["security"])
    yield from _parameters(comparison, old, new)
    yield from _body(comparison, old, new)
    yield from _answers(comparison, old, new)


def _security(old: list[Json], new: list[Json]) -> Iterator[str]:
    for before in old or [{}]:
        if not any(_is_enough(before, after) for after in new or [{}]):
            yield f"is not open to {' and '.join(before) or 'everyone'} as it was"


def _is_enough(before: Json, after: Json) -> bool:
    return all(scheme in before and {*after[scheme]} <= {*before[scheme]} for scheme in after)


def _parameters(comparison: Comparison, old: Json, new: Json) -> Iterator[str]:
    before, after = _by_place(comparison.old, old), _by_place(comparison.new, new)
    for (place, name), parameter in before.items():
        at = f"{place} {name}"
        if (place, name) not in after:
            yield f"{at} is gone"
            continue
        now = after[place, name]
        if now.get("required") and not parameter.get("required"):
            yield f"{at} is demanded"
        if any(parameter.get(one) != now.get(one) for one in ("style", "explode")):
            yield f"{at} is written otherwise"
        yield from comparison.schemas(parameter["schema"], now["schema"], Way.IN, at)
    for (place, name), parameter in after.items():
        if (place, name) not in before and parameter.get("required"):
            yield f"{place} {name} is demanded"


def _by_place(document: Json, operation: Json) -> dict[tuple[str, str], Json]:
    found = [resolved(document, one) for one in operation.get("parameters", ())]
    return {(one["in"], one["name"]): one for one in found}


def _body(comparison: Comparison, old: Json, new: Json) -> Iterator[str]:
    before, after = old.get("requestBody", {}), new.get("requestBody", {})
    if after.get("required") and not before.get("required"):
        yield "a body is demanded"
    for media, content in before.get("content", {}).items():
        if media not in after.get("content", {}):
            yield f"takes no {media} any more"
            continue
        yield from comparison.schemas(
            content["schema"], after["content"][media]["schema"], Way.IN, "body"
        )


def _answers(comparison: Comparison, old: Json, new: Json) -> Iterator[str]:
    codes = _codes(comparison.new, new)
    for code in sorted(_codes(comparison.old, old) - codes):
        yield f"is never refused with {code} any more"
    for status, answer in old["responses"].items():
        before = resolved(comparison.old, answer)
        if status not in new["responses"]:
            if status < "400":
                yield f"does not answer {status} any more"
            continue
        after = resolved(comparison.new, new["responses"][status])
        yield from _headers(comparison, before, after, status)
        for media, content in before.get("content", {}).items():
            if media not in after.get("content", {}):
                yield f"{status} is no {media} any more"
                continue
            now = after["content"][media]
            yield from comparison.schemas(content["schema"], now["schema"], Way.OUT, status)


def _codes(document: Json, operation: Json) -> set[str]:
    """Every code with which an operation may refuse."""
    shared = [resolved(document, one) for one in operation["responses"].values()]
    return {code for one in (operation, *shared) for code in one.get("x-problem-codes", ())}


def _headers(comparison: Comparison, old: Json, new: Json, status: str) -> Iterator[str]:
    for name, header in old.get("headers", {}).items():
        if name not in new.get("headers", {}):
            yield f"{status} lacks {name}"
            continue
        before = resolved(comparison.old, header)["schema"]
        after = resolved(comparison.new, new["headers"][name])["schema"]
        yield from comparison.schemas(before, after, Way.OUT, f"{status} {name}")
