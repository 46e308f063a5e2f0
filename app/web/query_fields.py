"""The fields of each query, made once.

FastAPI keeps those of the 128 models that it met last. There are more queries than that: those of
the others would be made anew for each request, and the document, which knows a field again by its
identity, could not be written at all.
"""

from functools import cache

from fastapi._compat.v2 import get_model_fields
from fastapi.dependencies import utils


def keep_query_fields() -> None:
    """Let FastAPI keep the fields of every model, however many there are."""
    utils.get_cached_model_fields = cache(get_model_fields)  # pyright: ignore[reportPrivateImportUsage]
