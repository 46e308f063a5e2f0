"""A framework's document as it is kept: JSON with every key, in the order of the schema."""

from app.kernel.schemas import AS_STORED
from app.learning.trust.framework import Framework


def written(framework: Framework) -> str:
    """The text that is kept. Defaults are written out: one that changes later alters nothing."""
    return framework.model_dump_json()


def read(document: str) -> Framework:
    """The framework of a text that was `written`."""
    return Framework.model_validate_json(document, context=AS_STORED)
