"""Who may see frameworks: whoever has a role in the network, wherever they lie."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.learning.trust.frameworks.models import Framework, FrameworkVersion
from app.people.identity.access import Loader


class FrameworkNotFound(NotFound):
    """There is no such framework, or you have no role by which you may see it."""


class FrameworkVersionNotFound(NotFound):
    """There is no such version of a framework, or you have no role by which you may see it."""


framework: Final = Loader(Framework, "framework.read", FrameworkNotFound)
framework_version: Final = Loader(
    FrameworkVersion,
    "framework.read",
    FrameworkVersionNotFound,
    (joinedload(FrameworkVersion.framework),),
)
