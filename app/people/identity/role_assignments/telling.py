"""What is told of who holds which role."""

from typing import Final

from app.people.identity.models import RoleAssignment
from app.people.identity.role_assignments.access import (
    READ,
    RoleAssignmentNotFound,
    held_at,
    is_seen,
)
from app.people.identity.role_assignments.schemas import RoleAssignmentOut, RoleAssignmentPage
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported
from app.web.exports import AT

ROLE_ASSIGNMENTS: Final = Telling(
    RoleAssignmentOut,
    RoleAssignment,
    READ,
    missing=RoleAssignmentNotFound,
    seen=is_seen,
    for_everyone=True,
    filters={"is_valid": lambda asked: held_at(RoleAssignment, AT) == asked},
    sorts={"created_at": (RoleAssignment.created_at, RoleAssignment.id)},
    latest_first=True,
    page_of=RoleAssignmentPage,
)
ROLE_ASSIGNMENTS_AS_CSV: Final = exported("role-assignments", ROLE_ASSIGNMENTS)
