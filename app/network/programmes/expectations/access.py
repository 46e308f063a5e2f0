"""Who may see an expectation: those who see its programme."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.network.programmes.expectations.models import Expectation
from app.people.identity.access import Loader


class ExpectationNotFound(NotFound):
    """There is no such expectation, or you may not see its programme."""


expectation: Final = Loader(
    Expectation, "programme.read", ExpectationNotFound, (joinedload(Expectation.programme),)
)
