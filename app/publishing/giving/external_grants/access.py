"""Who may see what others published: every person with an account."""

from app.kernel.errors import NotFound


class ExternalGrantNotFound(NotFound):
    """No grant of another funder is kept under this id."""
