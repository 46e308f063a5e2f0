"""The fields of a query are the same ones for as long as the application runs, and it is read as
FastAPI reads it."""

from random import Random
from typing import Any

from fastapi.datastructures import QueryParams
from fastapi.dependencies import utils
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, create_model

from app.main import ROUTES
from app.web.query_fields import of_every_field, of_what_is_sent

VALUES = (
    *("", "1", "-1", "true", "2026-03-02", "2026-03-02T09:00:00Z", "2026-13-40", "active", "GBP"),
    *("01997d6e-0000-7000-8000-000000000000", "name", "-created_at", "ü\0", "9" * 40),
)


def test_more_queries_than_fastapi_keeps_are_kept() -> None:
    models: list[type[BaseModel]] = [create_model(f"Query{at}", q=(str, "")) for at in range(200)]
    fields_of = utils.get_cached_model_fields  # pyright: ignore[reportPrivateImportUsage]
    first = [fields_of(model) for model in models]
    again = [fields_of(model) for model in models]
    assert [id(one) for one in first] == [id(one) for one in again]


def queries() -> dict[str, tuple[Any, type[BaseModel]]]:
    """The query of each operation that has one as a model."""
    found: dict[str, tuple[Any, type[BaseModel]]] = {}

    def look(dependant: Dependant) -> None:
        for field in dependant.query_params:
            model = utils._get_param_model(field)  # pyright: ignore[reportPrivateUsage]
            if model is not None:
                found[model.__qualname__] = field, model
        for one in dependant.dependencies:
            look(one)

    for route in ROUTES:
        look(route.dependant)
    return found


def drawn(draw: Random, model: type[BaseModel]) -> QueryParams:
    """Some of what may be sent, now and then what may not, and a name twice."""
    names = [*model.model_fields, "surely_none"]
    few = draw.sample(names, min(len(names), draw.randrange(5)))
    pairs = [(name, draw.choice(VALUES)) for name in few for _ in range(draw.choice((1, 1, 2)))]
    return QueryParams(pairs)


def test_what_is_sent_is_read_as_fastapi_reads_it() -> None:
    draw, found = Random(9), queries()
    assert len(found) > 150
    sent = [(field, model, drawn(draw, model)) for field, model in found.values() for _ in range(8)]

    read = [repr(of_what_is_sent(field, model, query)) for field, model, query in sent]

    assert read == [repr(of_every_field(field, model, query)) for field, model, query in sent]
    assert len({one for one in read if one.endswith("[])")}) > 200
