"""Vocabularies: words that more are added to as the network grows, told apart from closed lists.

The statuses of a lifecycle and the formats are closed: a client may be exhaustive about them. The
words of a vocabulary are strings to it, of which it passes over those that it does not know. Those
there are today are listed in the document (`x-vocabularies`) and at `/vocabularies`.
"""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from pydantic import Field, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema

EXAMPLES: Final = 3

_registered: Final[dict[str, tuple[str, Callable[[], Iterable[str]]]]] = {}


def words() -> dict[str, list[str]]:
    """Every vocabulary with the words that there are today, by name."""
    return {name: list(told()) for name, (_, told) in sorted(_registered.items())}


def about(name: str) -> str:
    """What the words of a vocabulary say."""
    return _registered[name][0]


def of_words(name: str, said: str, told: Callable[[], Iterable[str]]) -> FieldInfo:
    """What makes a string a word of a vocabulary that is kept elsewhere; `told` lists it."""
    _registered[name] = (said, told)

    def mark(schema: dict[str, Any]) -> None:
        _, listed = _registered[name]
        schema |= {"x-vocabulary": name, "examples": list(islice(listed(), EXAMPLES))}

    return Field(json_schema_extra=mark)


def settle() -> None:
    """Keep to the words that there are, once every package is there: what tests add is no word."""
    for name, (said, told) in list(_registered.items()):
        _registered[name] = (said, tuple(told()).__iter__)


class Vocabulary(StrEnum):
    """The base of an enumeration that grows. We know its words; to clients they are strings."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        said = " ".join((cls.__doc__ or "").split())
        _registered[_snake_case(cls.__name__)] = (said, lambda: [word.value for word in cls])

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        referred = handler(core_schema)
        schema = handler.resolve_ref_schema(referred)
        schema.pop("enum", None)
        schema.pop("const", None)
        schema["type"] = "string"
        schema["examples"] = [word.value for word in islice(cls, EXAMPLES)]
        schema["x-vocabulary"] = _snake_case(cls.__name__)
        return referred


def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
