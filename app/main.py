"""The application: its routers, its exception handlers, its middleware. The work is elsewhere."""

from fastapi import FastAPI

import app.registry  # noqa: F401  (guards)
from app import contract
from app.cohorts import routes as cohorts
from app.cohorts.memberships import routes as memberships
from app.collaborations import routes as collaborations
from app.collaborations.participants import routes as participants
from app.desk import routes as desk
from app.files import routes as files
from app.grants import routes as grants
from app.grants.milestones import routes as milestones
from app.grants.terms import routes as terms
from app.identity.sign_ins import routes as sign_ins
from app.kernel import document_pages, edge, errors, health, problem_pages, telemetry
from app.kernel.clock import Clock, SystemClock
from app.kernel.db import Database
from app.kernel.lifespan import lifespan
from app.kernel.routing import Router
from app.metrics import routes as metrics
from app.operations import routes as operations
from app.organisations import routes as organisations
from app.programmes import routes as programmes
from app.settings import Settings, get_settings

ROUTERS: tuple[Router, ...] = (
    sign_ins.router,
    desk.router,
    organisations.router,
    programmes.router,
    collaborations.router,
    participants.router,
    cohorts.router,
    memberships.router,
    grants.router,
    terms.router,
    milestones.router,
    metrics.router,
    files.router,
    operations.router,
)


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
) -> FastAPI:
    """The API, ready to be served; the database is opened when the server starts, unless given."""
    settings = settings or get_settings()
    meters = telemetry.Meters() if settings.metrics_port else None
    app = FastAPI(
        title=contract.TITLE,
        version=contract.VERSION,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry=meters.config if meters else telemetry.OFF,
    )
    app.state.settings = settings
    app.state.clock = clock or SystemClock()
    app.state.database = database
    app.state.meters = meters
    app.state.draining = False
    for router in ROUTERS:
        app.include_router(router.api)
    app.include_router(health.router)
    app.include_router(problem_pages.router)
    document_pages.install(app)
    errors.install(app)
    edge.install(app, settings.cors_origins)
    app.openapi = lambda: contract.describe(app)
    return app
