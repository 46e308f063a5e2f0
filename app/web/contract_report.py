"""The figures of the contract: how large it is, and what it still leaves unsaid."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from app.settings import checkout
from app.web.document import each_operation
from app.web.document_words import says
from app.web.schema_breaks import resolved

Json = dict[str, Any]

COMMON: Final = ("updated_since",)
"""The filters that every list has."""

GENERATOR: Final = checkout() / "node_modules" / ".bin" / "openapi-typescript"


def report(document: Json, *, types: bool = True) -> dict[str, int | str]:
    """Each figure by its name; `types` generates those of TypeScript, where the generator is."""
    size = len(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())
    operations = [operation for *_, operation in each_operation(dict(document))]
    answers = [answer for one in operations for answer in one["responses"].values()]
    lists = [one for one in operations if _is_list(document, one)]
    said: dict[str, int | str] = {
        "bytes, minified": size,
        "operations": len(operations),
        "bytes an operation": round(size / len(operations)),
        "responses": len(answers),
        "distinct responses": len({json.dumps(one, sort_keys=True) for one in answers}),
        "properties": sum(1 for _ in properties(document)),
        "properties without description": len(undescribed(document)),
        "parameters without description": len(unexplained(document)),
        "lists": len(lists),
        "lists without the common filters": sum(not _filters(document, one) for one in lists),
    }
    if types:
        said["bytes of TypeScript types"] = _types(document)
    return said


def properties(document: Json) -> Iterator[tuple[str, Json]]:
    """Every property of the schemas, as `Schema.field`."""
    for name, schema in document["components"]["schemas"].items():
        for field, member in schema.get("properties", {}).items():
            yield f"{name}.{field}", member


def undescribed(document: Json) -> list[str]:
    """The properties of which nothing is said, neither there nor where they refer to."""
    return [name for name, member in properties(document) if not says(document, member)]


def unexplained(document: Json) -> list[str]:
    """The parameters of which nothing is said, as `operation.name`; a shared one once."""
    shared = document["components"].get("parameters", {})
    found = [
        (f"{operation['operationId']}.{one['name']}", one)
        for *_, operation in each_operation(dict(document))
        for one in operation.get("parameters", ())
        if "$ref" not in one
    ]
    return [
        name
        for name, one in [*shared.items(), *found]
        if not (one.get("description") or says(document, one["schema"]))
    ]


def _is_list(document: Json, operation: Json) -> bool:
    content = resolved(document, operation["responses"].get("200", {})).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return schema.get("$ref", "").endswith("Page")


def _filters(document: Json, operation: Json) -> bool:
    names = {resolved(document, one)["name"] for one in operation.get("parameters", ())}
    return names.issuperset(COMMON)


def _types(document: Json) -> int | str:
    node = shutil.which("node")
    if node is None or not GENERATOR.exists():
        return "not counted: npm ci brings the generator"
    with TemporaryDirectory() as folder:
        source, made = Path(folder) / "openapi.json", Path(folder) / "schema.d.ts"
        source.write_text(json.dumps(document))
        command = [node, str(GENERATOR), "--default-non-nullable=false", str(source)]
        subprocess.run([*command, "-o", str(made)], check=True, capture_output=True)  # noqa: S603  (our own arguments)
        return made.stat().st_size
