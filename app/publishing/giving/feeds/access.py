"""What there is to be told of everybody, and what is gone."""

from app.kernel.errors import NotFound, Refusal


class GivingPackageNotFound(NotFound):
    """No fund has published grants under this id."""


class PublishedGrantNotFound(NotFound):
    """No grant was ever published under this identifier."""


class PublishedGrantGone(Refusal):
    """The grant was published under this identifier and is not any more: it was withdrawn, or taken
    back before it was signed. The identifier is given to no other."""

    status = 410
