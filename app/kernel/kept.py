"""Statements so large that writing them as SQL at each request would cost more than running them.

One is written once, with what never changes said in it, and kept as text: so that neither
SQLAlchemy nor PostgreSQL need to look at it anew. What changes from one time to the next is
`Given` by name when it is run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import BindParameter, Row, Select, Text
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from app.kernel.db import Instant

T = TypeVar("T")

_DIALECT: Final = psycopg.dialect()


class Given(BindParameter[T]):
    """A value that is given when the statement is run; every other is written into it."""

    inherit_cache = True

    def __init__(self, name: str, type_: Any = Text) -> None:
        super().__init__(name, type_=type_, required=True)


@compiles(Given)
def _named(given: Given[Any], compiler: SQLCompiler, **how: Any) -> str:
    return compiler.visit_bindparam(given, **(how | {"literal_binds": False}))


AT: Final = Given[Any]("at", Instant)
"""The instant of the request."""


@dataclass(frozen=True)
class Kept:
    """A statement as it is sent."""

    sql: str

    @classmethod
    def of(cls, statement: Select[*tuple[Any, ...]]) -> "Kept":
        """Write a statement as SQL, once."""
        return cls(str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})))

    async def rows(self, db: AsyncSession, given: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """Run it with what is given by name."""
        connection = await db.connection()
        return (await connection.exec_driver_sql(self.sql, given)).all()
