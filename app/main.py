"""The application: its routers, its exception handlers, its middleware. The work is elsewhere."""

from fastapi import FastAPI

import app.registry  # noqa: F401  # pyright: ignore[reportUnusedImport]  (guards)
from app.funding.grants import routes as grants
from app.funding.grants.due_diligence import routes as due_diligence
from app.funding.grants.extensions import routes as extensions
from app.funding.grants.milestones import routes as milestones
from app.funding.grants.notes import routes as grant_notes
from app.funding.grants.templates import routes as templates
from app.funding.grants.terms import routes as terms
from app.funding.reports import routes as reports
from app.funding.reports.answers import routes as answers
from app.funding.reports.consents import routes as consents
from app.funding.reports.expenditures import routes as expenditures
from app.funding.reports.reviews import routes as reviews
from app.installation.telemetry import Meters
from app.intake.importing.milestone_grants import routes as milestone_grant_imports
from app.intake.importing.spreadsheets import routes as spreadsheet_imports
from app.kernel.clock import Clock, SystemClock
from app.kernel.db import Database
from app.network.cohorts import routes as cohorts
from app.network.cohorts.announcements import routes as announcements
from app.network.cohorts.directory import routes as directory
from app.network.cohorts.memberships import routes as memberships
from app.network.cohorts.notes import routes as notes
from app.network.cohorts.pauses import routes as pauses
from app.network.cohorts.requirements import routes as requirements
from app.network.cohorts.tasks import routes as tasks
from app.network.collaborations import routes as collaborations
from app.network.collaborations.agreements import routes as agreements
from app.network.collaborations.answers import routes as collaboration_answers
from app.network.collaborations.data_sets import routes as data_sets
from app.network.collaborations.impacts import routes as impacts
from app.network.collaborations.learnings import routes as learnings
from app.network.collaborations.participants import routes as participants
from app.network.collaborations.risks import routes as risks
from app.network.collaborations.support import routes as support
from app.network.programmes import routes as programmes
from app.network.programmes.expectations import routes as expectations
from app.network.programmes.priority_areas import routes as priority_areas
from app.network.programmes.strands import routes as strands
from app.network.programmes.targets import routes as targets
from app.overview.desk import routes as desk
from app.overview.desk.reminders import routes as reminders
from app.overview.metrics import routes as metrics
from app.people.files import routes as files
from app.people.identity.accounts import routes as accounts
from app.people.identity.api_tokens import routes as api_tokens
from app.people.identity.invitations import routes as invitations
from app.people.identity.joining import routes as joining
from app.people.identity.password_changes import routes as password_changes
from app.people.identity.role_assignments import routes as role_assignments
from app.people.identity.service_accounts import routes as service_accounts
from app.people.identity.sign_ins import routes as sign_ins
from app.people.identity.signing_keys import routes as signing_keys
from app.people.operations import routes as operations
from app.people.organisations import routes as organisations
from app.people.organisations.affiliations import routes as affiliations
from app.people.organisations.duplicates import routes as duplicates
from app.settings import Settings, get_settings
from app.web import contract, document_pages, edge, health, problem_pages, problems
from app.web.lifespan import lifespan
from app.web.measuring import measuring
from app.web.routing import Router

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
