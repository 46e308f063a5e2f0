"""Who may do what with files."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADMIN, COLLABORATION, READS_GRANTS, RUNS

permissions(
    Permission(
        "file.upload",
        "upload files, to make them evidence of what one may edit",
        *(ADMIN, *RUNS, *COLLABORATION),
        everywhere=True,
        everyone=True,
    ),
    Permission("file.read", "read the files that are attached here", *READS_GRANTS),
)

AUDIENCES: Final = audiences(
    to_parties=("file.attached",),
)
