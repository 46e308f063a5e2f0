"""The figures of the contract: how large it is, and what it still leaves unsaid."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from app.settings import checkout
from app.web.contract_lists import lacking, lists
from app.web.document import each_operation
from app.web.document_words import says

Json = dict[str, Any]

GENERATOR: Final = checkout() / "node_modules" / ".bin" / "openapi-typescript"


def report(document: Json, *, types: bool = True) -> dict[str, int | str]:
    """Each figure by its name; `types` generates those of TypeScript, where the generator is."""
    size = len(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())
    operations = [operation for *_, operation in each_operation(dict(document))]
    answers = [answer for one in operations for answer in one["responses"].values()]
    said: dict[str, int | str] = {
        "bytes, minified": size,
        "operations": len(operations),
        "bytes an operation": round(size / len(operations)),
        "responses": len(answers),
        "distinct responses": len({json.dumps(one, sort_keys=True) for one in answers}),
        "properties": sum(1 for _ in properties(document)),
        "properties without description": len(undescribed(document)),
        "parameters without description": len(unexplained(document)),
        "lists": len(list(lists(document))),
        "lists without the common filters": len({one.split(":")[0] for one in lacking(document)}),
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
