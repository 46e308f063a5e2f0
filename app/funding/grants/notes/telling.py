"""What notes of a list are about: grants."""

from typing import Final

from app.funding.grants.access import GrantNotFound
from app.funding.grants.models import Grant
from app.network.cohorts.notes.telling import about

ABOUT_GRANT: Final = about(Grant, "grant.read", GrantNotFound)
