"""The nouns: in one word what kind of thing something is, as a vocabulary."""

from typing import Annotated

from app.kernel.audiences import AUDIENCES
from app.kernel.db import Base
from app.kernel.vocabularies import of_words


def nouns() -> list[str]:
    """Every noun that has a row or a history; of the packages that are imported."""
    models = [mapper.class_ for mapper in Base.registry.mappers]
    with_rows = {model.__noun__ for model in models if hasattr(model, "__noun__")}
    return sorted(with_rows | {verb.partition(".")[0] for verb in AUDIENCES})


NounName = Annotated[str, of_words("noun", "What kind of thing something is.", nouns)]
"""One of these nouns, on the wire."""
