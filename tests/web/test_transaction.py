"""A COMMIT that fails is an answer of its own: the response leaves after it, never before."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import psycopg
import pytest
from fastapi import Depends, FastAPI, Request
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Database
from app.kernel.schemas import Response
from app.web import problems
from app.web.routing import Router
from app.web.terms import PUBLIC
from app.web.transaction import Db
from tests.contract.recorder import Listening
from tests.server import Urls, settings_for


class Written(Response):
    is_written: bool


async def _open_too_long(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.database.transaction() as db:
        yield db


LateDb = Annotated[AsyncSession, Depends(_open_too_long)]
"""The planted fault: FastAPI's default scope commits after the response has left."""


def application(database: Database, dependency: Any) -> FastAPI:
    """One operation, whose COMMIT a deferred foreign key refuses."""
    router = Router("Probe")

    @router.post("/orphans", permission=PUBLIC, status=201)
    async def add_orphan(db: dependency) -> Written:
        """Add a row whose parent does not exist."""
        await db.execute(text("INSERT INTO children (parent_id) VALUES (1)"))
        return Written(is_written=True)

    app = FastAPI()
    app.state.database = database
    app.state.settings = settings_for(database.engine.url.render_as_string(hide_password=False))
    problems.install(app)
    app.include_router(router.api)
    return app


@pytest.fixture
def family(settled: Database, urls: Urls) -> None:
    name = settled.engine.url.database or ""
    address = urls.owner(name).replace("+psycopg", "")
    with psycopg.connect(address) as owner:
        owner.execute("CREATE TABLE parents (id bigint PRIMARY KEY)")
        owner.execute(
            "CREATE TABLE children (parent_id bigint NOT NULL"
            " REFERENCES parents DEFERRABLE INITIALLY DEFERRED)"
        )
        owner.execute(f'GRANT ALL ON parents, children TO "{urls.role}"')


async def post_orphan(app: FastAPI) -> httpx.Response:
    transport = Listening(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.post("/v1/orphans")


@pytest.mark.usefixtures("family")
async def test_a_commit_that_fails_is_a_problem(settled: Database) -> None:
    answer = await post_orphan(application(settled, Db))

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/problems/constraint_violated",
        "title": "Constraint violated",
        "status": 409,
        "detail": "The change would break a rule that the database keeps;"
        " nothing of it was stored.",
        "instance": "/v1/orphans",
        "code": "constraint_violated",
        "request_id": "",
        "errors": [],
        "constraint": "children_parent_id_fkey",
    }


@pytest.mark.usefixtures("family")
async def test_the_default_scope_would_have_said_201(settled: Database) -> None:
    answer = await post_orphan(application(settled, LateDb))

    assert answer.status_code == 201, "the planted fault no longer shows what the test is for"


async def test_a_test_transaction_fires_deferred_constraints_at_each_commit(
    database: Database,
) -> None:
    async with database.sessions() as db:
        await db.execute(
            text("CREATE TEMPORARY TABLE parents (id bigint PRIMARY KEY) ON COMMIT DROP")
        )
        await db.execute(
            text(
                "CREATE TEMPORARY TABLE children (parent_id bigint"
                " REFERENCES parents DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP"
            )
        )
        await db.commit()
        await db.execute(text("INSERT INTO children VALUES (1)"))
        with pytest.raises(DBAPIError, match="children_parent_id_fkey"):
            await db.commit()
