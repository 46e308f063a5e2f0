"""The fields of a query are the same ones for as long as the application runs."""

from fastapi.dependencies import utils
from pydantic import BaseModel, create_model

import app.web.routing  # noqa: F401  # pyright: ignore[reportUnusedImport]


def test_more_queries_than_fastapi_keeps_are_kept() -> None:
    models: list[type[BaseModel]] = [create_model(f"Query{at}", q=(str, "")) for at in range(200)]
    fields_of = utils.get_cached_model_fields  # pyright: ignore[reportPrivateImportUsage]
    first = [fields_of(model) for model in models]
    again = [fields_of(model) for model in models]
    assert [id(one) for one in first] == [id(one) for one in again]
