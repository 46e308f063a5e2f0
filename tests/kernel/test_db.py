"""How the application's connections are set up."""

from sqlalchemy import text

from app.kernel.db import Database


async def test_statements_are_planned_and_not_compiled(settled: Database) -> None:
    """A PostgreSQL that compiles needs longer for that than for the answer."""
    async with settled.read() as connection:
        assert await connection.scalar(text("SHOW jit")) == "off"


async def test_days_are_written_as_the_answers_have_them(settled: Database) -> None:
    """Whatever the server or the role says of days by default."""
    async with settled.read() as connection:
        await connection.execute(text("SET datestyle TO DEFAULT"))
        assert await connection.scalar(text("SELECT '2026-03-02'::date::text")) == "2026-03-02"
        told = await connection.scalar(
            text("SELECT source FROM pg_settings WHERE name = 'DateStyle'")
        )
        assert told == "client"


async def test_what_is_planned_outlives_a_refused_request(settled: Database) -> None:
    """Of a transaction that is rolled back, and of a part of one."""
    asked = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%planned%'")
    planned = text("SELECT 'planned'")
    async with settled.engine.connect() as connection:
        for _ in range(7):
            await connection.execute(planned)
        async with connection.begin_nested() as part:
            await part.rollback()
        assert await connection.scalar(asked) == 1
        await connection.rollback()
        await connection.execute(planned)
        assert await connection.scalar(asked) == 1
