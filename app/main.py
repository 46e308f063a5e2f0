"""The application: its endpoints, exception handlers and middleware. The work is elsewhere."""

from typing import Final

from fastapi import FastAPI
from fastapi.routing import APIRoute

from app import registry
from app.installation.telemetry import Meters
from app.kernel.clock import Clock, SystemClock
from app.kernel.db import Database
from app.settings import Settings, get_settings
from app.web import (
    contract,
    document_pages,
    edge,
    health,
    problem_pages,
    problems,
    vocabulary_pages,
)
from app.web.lifespan import lifespan
from app.web.measuring import measuring
from app.web.routing import Router


def _in_order(route: APIRoute) -> tuple[tuple[bool, str], ...]:
    """By path, a word before an id: `/v1/organisations/duplicates` is nobody's id."""
    return tuple((part.startswith("{"), part) for part in route.path.split("/"))


ROUTES: Final = sorted(
    (
        route
        for module in registry.rooms("routes")
        for router in vars(module).values()
        if isinstance(router, Router)
        for route in router.api.routes
        if isinstance(route, APIRoute)
    ),
    key=_in_order,
)
"""Every endpoint of every package."""


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
) -> FastAPI:
    """The API, ready to be served; the database is opened when the server starts, unless given."""
    settings = settings or get_settings()
    meters = Meters() if settings.metrics_port else None
    app = FastAPI(
        title=contract.TITLE,
        version=contract.VERSION,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry=measuring(meters),
    )
    app.state.settings = settings
    app.state.clock = clock or SystemClock()
    app.state.database = database
    app.state.meters = meters
    app.state.draining = False
    # Routes that are whole already: to include their routers would build each one anew, for every
    # application and at a quarter of a second, and match each request twice.
    app.router.routes += [*ROUTES, *health.router.routes, *problem_pages.router.api.routes]
    app.router.routes += vocabulary_pages.router.api.routes
    document_pages.install(app)
    problems.install(app)
    edge.install(app, settings.cors_origins)
    app.openapi = lambda: contract.describe(app)
    return app
