"""What is told of data sets."""

from typing import Final

from app.network.collaborations.data_sets.access import DataSetNotFound
from app.network.collaborations.data_sets.models import DataSet
from app.network.collaborations.data_sets.schemas import DataSetOut, DataSetPage
from app.network.collaborations.telling import by_collaboration, of_collaboration
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported

DATA_SETS: Final = Telling(
    DataSetOut,
    DataSet,
    "collaboration.read",
    missing=DataSetNotFound,
    filters={
        **by_collaboration(DataSet.collaboration_id),
    },
    sorts={"name": (DataSet.name_folded, DataSet.id)},
    page_of=DataSetPage,
)
OF_COLLABORATION: Final = of_collaboration(DataSet.collaboration_id)
DATA_SETS_AS_CSV: Final = exported("data-sets", DATA_SETS)
