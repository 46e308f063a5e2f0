"""What changes from one time to the next where a statement is written once and kept as text: it is
`Given` by name when it is run, and all else stands in the text.
"""

from typing import Any, Final, TypeVar

from sqlalchemy import BindParameter, Text

from app.kernel.db import Instant

T = TypeVar("T")


class Given(BindParameter[T]):
    """A value that is given when the statement is run; every other is written into it."""

    inherit_cache = True

    def __init__(self, name: str, type_: Any = Text) -> None:
        super().__init__(name, type_=type_, required=True)


AT: Final = Given[Any]("at", Instant)
"""The instant of the request."""
