"""By what a framework, its answers and its results are known again: SHA-256 of canonical JSON.

The structure is what scores come from: keys, order, kinds, scales, weights, gates, audiences. The
content is the words too. What came in are the answers as scored, in an order that does not depend
on how they were read.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.kernel.canonical import canonical, sha256
from app.learning.trust.answers import Sheet
from app.learning.trust.framework import Framework
from app.learning.trust.inputs import sheet_as_json, written

_WORDS: Final[Mapping[str, Any]] = {
    "slug": True,
    "version": True,
    "title": True,
    "description": True,
    "licence": True,
    "sources": True,
    "levels": {"__all__": {"name"}},
    "scales": {"__all__": {"points": {"__all__": {"label"}}}},
    "dimensions": {
        "__all__": {
            "title": True,
            "definition": True,
            "questions": {"__all__": {"text", "help", "descriptors", "sources"}},
        }
    },
}


def structure_hash(framework: Framework) -> str:
    """Alike for two versions whose scores may be compared as they are."""
    return _hash(framework.model_dump(mode="json", exclude=dict(_WORDS)))


def content_hash(framework: Framework) -> str:
    """Of everything but the number of the version."""
    return _hash(framework.model_dump(mode="json", exclude={"version"}))


def input_hash(sheets: Iterable[Sheet]) -> str:
    """Of sheets and answers as they are scored, in whichever order they come."""
    return sha256(written(sheets)).hex()


def sheet_hash(sheet: Sheet) -> str:
    """Of one sheet: another when an answer of it was changed."""
    return _hash(sheet_as_json(sheet))


def _hash(content: Mapping[str, object]) -> str:
    return sha256(canonical(content)).hex()
