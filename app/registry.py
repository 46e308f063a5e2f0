"""Imports every package's models and guards, so that metadata and lifecycles are complete."""

# pyright: reportUnusedImport=false

import app.cohorts.announcements.models
import app.cohorts.announcements.service
import app.cohorts.guards
import app.cohorts.invariants
import app.cohorts.memberships.guards
import app.cohorts.memberships.places
import app.cohorts.models
import app.cohorts.pauses.guards
import app.cohorts.pauses.models
import app.cohorts.reminders.service
import app.cohorts.starts.service
import app.cohorts.queries
import app.cohorts.tasks.guards
import app.collaborations.data_sets.guards
import app.collaborations.data_sets.models
import app.collaborations.guards
import app.collaborations.models
import app.collaborations.queries
import app.collaborations.risks.guards
import app.collaborations.risks.models
import app.files.invariants
import app.grants.due_diligence.guards
import app.grants.due_diligence.models
import app.grants.guards
import app.grants.invariants
import app.grants.models
import app.grants.templates.models
import app.identity.keys
import app.identity.models
import app.identity.scopes
import app.identity.throttling
import app.importing.invariants
import app.importing.milestone_grants.service
import app.importing.models
import app.importing.spreadsheets.service
import app.kernel.activity
import app.kernel.endorsements
import app.kernel.files
import app.kernel.idempotency
import app.kernel.lifecycle
import app.kernel.mail
import app.kernel.operations
import app.kernel.storage
import app.operations.invariants
import app.organisations.models
import app.programmes.models
import app.programmes.queries
import app.reports.guards
import app.reports.invariants
import app.reports.models  # noqa: F401
