"""How the application's connections are set up."""

from sqlalchemy import text

from app.kernel.db import Database


async def test_statements_are_planned_and_not_compiled(settled: Database) -> None:
    """A PostgreSQL that compiles needs longer for that than for the answer."""
    async with settled.read() as connection:
        assert await connection.scalar(text("SHOW jit")) == "off"
