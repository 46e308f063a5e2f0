"""Who may do what with files."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADMIN, COLLABORATION, RUNS

permissions(
    Permission(
        "file.upload",
        "upload files, to make them evidence of what one may edit",
        *(ADMIN, *RUNS, *COLLABORATION),
        everywhere=True,
        everyone=True,
    ),
)

AUDIENCES: Final = audiences(
    to_parties=("file.attached", "file.deleted"),
    to_team=("file.uploaded",),
)
