"""Who may do what with imports."""

from app.identity.roles import ADMIN
from app.kernel.permissions import Permission, permissions

permissions(
    Permission("import.run", "bring in the history that another system kept", ADMIN),
)
