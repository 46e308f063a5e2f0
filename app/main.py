"""The application: its routers, its exception handlers, its middleware. The work is elsewhere."""

from fastapi import FastAPI

import app.registry  # noqa: F401  # pyright: ignore[reportUnusedImport]  (guards)
from app import contract
from app.cohorts import routes as cohorts
from app.cohorts.announcements import routes as announcements
from app.cohorts.directory import routes as directory
from app.cohorts.memberships import routes as memberships
from app.cohorts.notes import routes as notes
from app.cohorts.pauses import routes as pauses
from app.cohorts.requirements import routes as requirements
from app.cohorts.tasks import routes as tasks
from app.collaborations import routes as collaborations
from app.collaborations.agreements import routes as agreements
from app.collaborations.answers import routes as collaboration_answers
from app.collaborations.data_sets import routes as data_sets
from app.collaborations.impacts import routes as impacts
from app.collaborations.learnings import routes as learnings
from app.collaborations.participants import routes as participants
from app.collaborations.risks import routes as risks
from app.collaborations.support import routes as support
from app.desk import routes as desk
from app.desk.reminders import routes as reminders
from app.files import routes as files
from app.grants import routes as grants
from app.grants.due_diligence import routes as due_diligence
from app.grants.extensions import routes as extensions
from app.grants.milestones import routes as milestones
from app.grants.notes import routes as grant_notes
from app.grants.templates import routes as templates
from app.grants.terms import routes as terms
from app.identity.accounts import routes as accounts
from app.identity.api_tokens import routes as api_tokens
from app.identity.invitations import routes as invitations
from app.identity.joining import routes as joining
from app.identity.password_changes import routes as password_changes
from app.identity.role_assignments import routes as role_assignments
from app.identity.service_accounts import routes as service_accounts
from app.identity.sign_ins import routes as sign_ins
from app.identity.signing_keys import routes as signing_keys
from app.importing.milestone_grants import routes as milestone_grant_imports
from app.importing.spreadsheets import routes as spreadsheet_imports
from app.kernel import document_pages, edge, health, problem_pages, problems
from app.kernel.clock import Clock, SystemClock
from app.kernel.db import Database
from app.kernel.lifespan import lifespan
from app.kernel.measuring import measuring
from app.kernel.routing import Router
from app.kernel.telemetry import Meters
from app.metrics import routes as metrics
from app.operations import routes as operations
from app.organisations import routes as organisations
from app.organisations.affiliations import routes as affiliations
from app.organisations.duplicates import routes as duplicates
from app.programmes import routes as programmes
from app.programmes.expectations import routes as expectations
from app.programmes.priority_areas import routes as priority_areas
from app.programmes.strands import routes as strands
from app.programmes.targets import routes as targets
from app.reports import routes as reports
from app.reports.answers import routes as answers
from app.reports.consents import routes as consents
from app.reports.expenditures import routes as expenditures
from app.reports.reviews import routes as reviews
from app.settings import Settings, get_settings

ROUTERS: tuple[Router, ...] = (
    sign_ins.router,
    service_accounts.tokens,
    password_changes.router,
    signing_keys.router,
    accounts.me,
    accounts.router,
    service_accounts.router,
    api_tokens.router,
    invitations.router,
    joining.router,
    role_assignments.router,
    desk.router,
    reminders.router,
    organisations.router,
    duplicates.router,
    affiliations.router,
    programmes.router,
    targets.router,
    strands.router,
    priority_areas.router,
    expectations.router,
    collaborations.router,
    participants.router,
    data_sets.router,
    risks.router,
    agreements.router,
    collaboration_answers.router,
    impacts.router,
    learnings.router,
    support.router,
    cohorts.router,
    memberships.router,
    pauses.router,
    requirements.router,
    tasks.router,
    directory.router,
    announcements.router,
    notes.router,
    grants.router,
    terms.router,
    due_diligence.router,
    templates.router,
    milestones.router,
    extensions.router,
    grant_notes.router,
    reports.router,
    expenditures.router,
    consents.router,
    answers.router,
    reviews.router,
    metrics.router,
    milestone_grant_imports.router,
    spreadsheet_imports.router,
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
    app.router.routes += [route for router in ROUTERS for route in router.api.routes]
    app.router.routes += [*health.router.routes, *problem_pages.router.routes]
    document_pages.install(app)
    problems.install(app)
    edge.install(app, settings.cors_origins)
    app.openapi = lambda: contract.describe(app)
    return app
