"""SQL that is written once: what is the program's own stands in it, what is asked is `$1`."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from psycopg.types.numeric import Int8
from sqlalchemy import BindParameter, Select
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialectAsync_psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.asking import Rows, ask_within


class _Compiler(PGCompiler_psycopg):
    """Writes values that the statement brings along as literals: PostgreSQL plans with them."""

    def visit_bindparam(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, bindparam: BindParameter[Any], **how: Any
    ) -> str:
        if not bindparam.required:
            how["literal_binds"] = True
        return super().visit_bindparam(bindparam, **how)


class _Dialect(PGDialectAsync_psycopg):
    statement_compiler = _Compiler
    supports_statement_cache = False


_DIALECT: Final = _Dialect(paramstyle="numeric_dollar")


@dataclass(frozen=True)
class Statement:
    """A statement as it is sent, the names of its values in order, and how each is sent."""

    sql: bytes
    names: Sequence[str]
    sent: Mapping[str, Callable[[Any], Any]]

    @classmethod
    def of(cls, statement: Select[*tuple[Any, ...]]) -> "Statement":
        compiled: Any = statement.compile(dialect=_DIALECT)
        sent = dict(compiled._bind_processors)  # noqa: SLF001
        return cls(str(compiled).encode(), tuple(compiled.positiontup or ()), sent)

    def ordered(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the order of the statement; whole numbers always of one size, since a
        statement is prepared for the types of its values."""
        return [self._sent(name, values[name]) for name in self.names]

    def _sent(self, name: str, value: Any) -> Any:
        if name in self.sent:
            value = self.sent[name](value)
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return Int8(value) if is_number else value


class Asked(Protocol):
    """What answers one statement in no transaction."""

    async def ask(self, sql: bytes, values: Sequence[Any]) -> Rows: ...


@dataclass(frozen=True)
class Kept:
    """A statement whose rows have the names of its columns."""

    statement: Statement
    row: Callable[[Iterable[Any]], Any]

    @classmethod
    def of(cls, statement: Select[*tuple[Any, ...]]) -> "Kept":
        """Write a statement as SQL, once."""
        names = statement.selected_columns.keys()
        row: Any = namedtuple("Row", names)  # pyright: ignore[reportUntypedNamedTuple]
        return cls(Statement.of(statement), row._make)

    async def rows(self, on: AsyncSession | Asked, given: Mapping[str, Any]) -> Sequence[Any]:
        """Its rows with what is given by name: within a transaction, or in none. What the session
        has not written yet is written before, as by each of its own statements."""
        sql, values = self.statement.sql, self.statement.ordered(given)
        if isinstance(on, AsyncSession):
            if on.autoflush:
                await on.flush()
            found = await ask_within(await on.connection(), sql, values)
        else:
            found = await on.ask(sql, values)
        return [self.row(one) for one in found]
