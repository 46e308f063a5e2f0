"""Who may do what with imports."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADMIN

permissions(
    Permission("import.run", "bring in the history that another system kept", ADMIN),
)
