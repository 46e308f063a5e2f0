"""One function folds what is searched, imported and compared: `fold` of the database."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation import migrations
from app.settings import libpq_url
from tests.conftest import Urls, recreate

ALIKE = [
    ("St John\u2019s Fund", "st john's  fund"),
    ("St John\u02bcs Fund", "ST JOHN`S\u00a0FUND"),
    ("d\u00b4Alembert", "D'alembert"),
    ("\uff33\uff54\u3000\uff2a\uff4f\uff48\uff4e\uff07s", "st john's"),
    (" Two\tblanks\u2003 here\u200b ", "two blanks here"),
    ("\u201cOpen\u201d \u2013 Data", '"open" - data'),
    ("M\u00e9xico", "Me\u0301xico"),
    ("S\u00e6\u00f0\u00fer\u00fan \u00d8re\u00df", "saedthrun oress"),
    ("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2"),
    ("so\u00adft", "soft"),
]
APART = [
    ("St Johns Fund", "St John's Fund"),
    ("Open Data", "OpenData"),
    ("Open-Data", "Open Data"),
    ("\u5c71\u7530", "\u5c71\u5730"),
]


async def same(db: AsyncSession, one: str, other: str) -> bool:
    statement = text("SELECT fold(:one) = fold(:other)")
    return bool(await db.scalar(statement, {"one": one, "other": other}))


@pytest.mark.parametrize(("one", "other"), ALIKE)
async def test_what_is_typed_otherwise_folds_alike(db: AsyncSession, one: str, other: str) -> None:
    assert await same(db, one, other)


@pytest.mark.parametrize(("one", "other"), APART)
async def test_what_is_another_word_does_not(db: AsyncSession, one: str, other: str) -> None:
    assert not await same(db, one, other)


@pytest.fixture
def before(urls: Urls, worker_id: str) -> Iterator[tuple[str, str]]:
    """A database from before names folded as they do, as its owner and the application reach it."""
    name = f"pln_folding_{worker_id}"
    with urls.admin() as admin:
        recreate(admin, name)
        command.upgrade(migrations.configuration(urls.owner(name), urls.app(name)), "0011")
        yield urls.owner(name), urls.app(name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_names_that_stood_before_are_folded_anew(before: tuple[str, str]) -> None:
    owner, application = before
    url = libpq_url(owner)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO organisations (id, name, kind, version, created_at, updated_at) "
            "VALUES (gen_random_uuid(), 'St John\u2019s  Fund', 'other', 1, now(), now())"
        )
        stored = "SELECT name_folded, name_folded = fold('st john''s fund') FROM organisations"
        assert connection.execute(stored).fetchall() == [("st john\u2019s  fund", False)]
        migrations.upgrade(owner, application)
        assert connection.execute(stored).fetchall() == [("st john's fund", True)]
        command.downgrade(migrations.configuration(owner, application), "0011")
        assert connection.execute(stored).fetchall() == [("st john\u2019s  fund", False)]
