"""Turns of phrase that were ours alone stay gone, from the document and from the code."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from app.kernel.permissions import PERMISSIONS
from app.settings import checkout
from app.web import contract
from app.web.document import each_operation
from tests.contract import kept

INSTEAD: Final = {
    r"speakable": "human-readable",
    r"is none any more": "close the risk",
    r"(is|are|was) better off": "record an impact; who benefits",
    r"(let|lets|letting) (it|a member|the member) off": "waive",
    r"written down by mistake": "delete; recorded by mistake",
    r"(nobody|no one) (is|was) left to tell": "no recipients remain",
    r"few people are not told of": "small counts are suppressed",
    r"open file\b(?! descriptor)": "grant access",
}
"""What is not said any more, and what is said in its place."""

BEGINS: Final = re.compile(r"(say|write down)\b", re.IGNORECASE)
"""How no summary, description or permission begins: what is done is named by its verb and noun."""

LONG_WORK: Final = {
    "ImportReport",
    "OperationCounts",
    "OperationId",
    "OperationOut",
    "OperationPage",
}
"""The schemas and parameters in which an operation may be spoken of: they are of long work. What a
client calls is an endpoint."""

SAYS: Final = re.compile("|".join(f"(?:{one})" for one in INSTEAD), re.IGNORECASE)
TEXTS: Final = [contract.FILE, *sorted((checkout() / "app").rglob("*.py"))]


def said(text: str) -> list[str]:
    """The turns of phrase in a text, as if it were one line."""
    return [found[0] for found in SAYS.finditer(re.sub(r"[\s\"]+", " ", text))]


def beginnings(texts: dict[str, str]) -> list[str]:
    """The names of the texts that begin so."""
    return [name for name, text in texts.items() if BEGINS.match(text)]


def test_no_turn_of_phrase_has_come_back() -> None:
    found = {file.name: turns for file in TEXTS if (turns := said(file.read_text()))}
    assert found == {}


@pytest.mark.parametrize(
    "text", ["Who is\n    better off.", "Its Speakable reference", "let a member off a requirement"]
)
def test_one_that_has_is_seen(text: str) -> None:
    assert len(said(text)) == 1


def test_what_is_plain_is_left_alone() -> None:
    assert said(Path(__file__).with_name("test_nouns.py").read_text()) == []


def test_every_endpoint_is_described_by_its_verb_and_noun() -> None:
    endpoints = [operation for *_, operation in each_operation(kept.document())]
    for part in ("summary", "description"):
        assert beginnings({one["operationId"]: one[part] for one in endpoints}) == [], part


def test_every_permission_is_described_by_its_verb_and_noun() -> None:
    assert beginnings({name: one.allows for name, one in PERMISSIONS.items()}) == []


def test_one_that_is_not_is_seen() -> None:
    said = {"a": "Say that it is met.", "b": "write down what it is", "c": "Sayings of the day."}
    assert beginnings(said) == ["a", "b"]


def descriptions(node: Any) -> Iterator[str]:
    """What is said of a part of the document and of its parts."""
    if isinstance(node, dict):
        told = (node.get(part) for part in ("summary", "description"))
        yield from (text for text in told if isinstance(text, str))
        node = list(node.values())
    if isinstance(node, list):
        for member in node:
            yield from descriptions(member)


def speaking_of_operations(document: Mapping[str, Any]) -> list[str]:
    """The endpoints that start no long work, and the components that are of none, and say so."""
    parts = {
        one["operationId"]: one
        for *_, one in each_operation(dict(document))
        if "202" not in one["responses"] and "Operations" not in one["tags"]
    }
    for components in document["components"].values():
        parts |= {name: one for name, one in components.items() if name not in LONG_WORK}
    parts["info"] = document["info"]
    texts = {name: " ".join(descriptions(part)) for name, part in parts.items()}
    return [name for name, text in texts.items() if re.search(r"\boperations?\b", text)]


def test_an_operation_is_long_work_and_what_is_called_an_endpoint() -> None:
    assert speaking_of_operations(kept.document()) == []


def test_an_endpoint_that_is_called_an_operation_is_seen() -> None:
    document = kept.copy()
    document["paths"]["/v1/me"]["get"]["description"] = "This operation shows who you are."
    assert speaking_of_operations(document) == ["get_me"]
