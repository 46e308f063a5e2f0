"""The fields of each query, made once, of which only those that are sent are looked at.

FastAPI keeps those of the 128 models that it met last. There are more queries than that: those of
the others would be made anew for each request, and the document, which knows a field again by its
identity, could not be written at all. And of each request it asks of every field what names it has
and whether it takes a list: of a list with forty filters that took a seventh of the answer.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi._compat.shared import field_annotation_is_sequence
from fastapi._compat.v2 import ModelField, get_model_fields
from fastapi.datastructures import QueryParams
from fastapi.dependencies import utils
from pydantic import BaseModel

of_every_field = utils._request_param_model_to_args  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def keep_query_fields() -> None:
    """Let FastAPI keep the fields of every model, however many there are."""
    utils.get_cached_model_fields = cache(get_model_fields)  # pyright: ignore[reportPrivateImportUsage]
    utils._request_param_model_to_args = of_what_is_sent  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def of_what_is_sent(
    model_field: ModelField, model: type[BaseModel], received: Mapping[str, Any]
) -> tuple[Any, list[Any]]:
    """A query as its model, and what is wrong with it, as FastAPI reads it; of what is no query, or
    sends more than the model has, FastAPI reads it itself."""
    if not isinstance(received, QueryParams) or model_field.field_info.annotation is not model:
        return of_every_field(model_field, model, received)
    taken = _parameters(model)
    if taken is None or not taken.keys() >= received.keys():
        return of_every_field(model_field, model, received)
    sent: dict[str, Any] = {}
    for name in received:
        field, is_list = taken[name]
        sent[field] = received.getlist(name) if is_list else received[name]
    return model_field.validate(sent, {}, loc=("query",))


@cache
def _parameters(model: type[BaseModel]) -> Mapping[str, tuple[str, bool]] | None:
    """The field of each parameter, and whether it takes a list; None where a field has no one name,
    or is read otherwise than as it is sent."""
    found: dict[str, tuple[str, bool]] = {}
    for field in utils.get_cached_model_fields(model):  # pyright: ignore[reportPrivateImportUsage]
        names = utils._get_param_aliases(field)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        if len(names) != 1 or utils._is_json_field(field):  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            return None
        [(alias, name)] = names
        found[name] = alias, field_annotation_is_sequence(field.field_info.annotation)
    return found
