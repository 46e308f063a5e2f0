"""Who may see a data set: those who see its collaboration."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.network.collaborations.data_sets.models import DataSet
from app.people.identity.access import Loader


class DataSetNotFound(NotFound):
    """There is no such data set, or you may not see the collaboration it belongs to."""


data_set: Final = Loader(
    DataSet, "collaboration.read", DataSetNotFound, (joinedload(DataSet.collaboration),)
)
