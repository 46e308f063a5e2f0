"""People whom a file names by pseudonym, and the roles that they held.

Their addresses are invented, at example.org, and their accounts have no password: nobody signs in
as them until an administrator gives one an address and a reset link.
"""

import hashlib
import re
from datetime import datetime
from typing import Final
from uuid import UUID

from app.intake.importing.reading import EXTERNAL_ID, shortened
from app.intake.importing.runs import Passage
from app.people.identity.accounts.service import register_person
from app.people.identity.role_assignments import service as role_assignments
from app.people.identity.role_assignments.schemas import CreateRoleAssignment
from app.people.identity.roles import Role

LONGEST_NAME: Final = 200
_BEGINNING, _HASHED = 40, 16


def address_of(source: str, external_id: str) -> str:
    """The invented address of somebody: by their name in the source, or where no address can be
    made of that, by its beginning and its hash."""
    local = external_id.lower()
    if not re.fullmatch(EXTERNAL_ID, external_id):
        words = "-".join(re.findall("[a-z0-9]+", local))[:_BEGINNING].strip("-")
        digest = hashlib.sha256(external_id.encode()).hexdigest()[:_HASHED]
        local = f"{words}-{digest}" if words else digest
    return f"{local}@{source}.example.org"


async def person(passage: Passage, external_id: str, name: str, at: datetime) -> UUID:
    """The account of somebody whom the source knows, made unless an import has made it."""
    known = await passage.known("account", external_id)
    return known or await new_person(passage, external_id, name, at)


async def new_person(passage: Passage, external_id: str, name: str, at: datetime) -> UUID:
    """The account of somebody whom no import has made yet. Raises EmailTaken (409)."""
    email = address_of(passage.run.source, external_id)
    async with passage.acting(at) as importer:
        account_id = await register_person(
            passage.db, importer, email=email, name=shortened(name, LONGEST_NAME)
        )
    return passage.note("account", external_id, account_id)


async def appoint(
    passage: Passage,
    account_id: UUID,
    role: Role,
    scope_id: UUID,
    at: datetime,
    *,
    until: datetime | None = None,
) -> UUID:
    """Let somebody hold a role from an instant of the past, for good or until another; the id of
    the role assignment."""
    granted = CreateRoleAssignment(
        account_id=account_id, role=role, scope_id=scope_id, valid_from=at, valid_until=until
    )
    async with passage.acting(at) as importer:
        held = await role_assignments.create_role_assignment(passage.db, importer, granted)
    return held.id
