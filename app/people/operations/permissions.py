"""Who may read what was done about long operations."""

from typing import Final

from app.kernel.audiences import audiences

AUDIENCES: Final = audiences(to_team=("operation.cancelled", "operation.requested"))
