"""What is told of agreements."""

from typing import Any, Final

from sqlalchemy import Column, ColumnElement, func, select

from app.kernel.clock import ZONE
from app.kernel.schemas import Ref
from app.kernel.written import NULL, many
from app.network.collaborations.agreements.access import (
    CollaborationAgreementNotFound,
    is_in_force,
)
from app.network.collaborations.agreements.models import DATA_SETS, PARTIES, Agreement
from app.network.collaborations.agreements.schemas import (
    CollaborationAgreementOut,
    CollaborationAgreementPage,
)
from app.network.collaborations.data_sets.models import DataSet
from app.network.collaborations.queries import day_there
from app.network.collaborations.telling import by_collaboration, of_collaboration
from app.people.organisations.models import Organisation
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported
from app.web.exports import AT


def _linked(model: Any, agreement_id: Column[Any], its_id: Column[Any]) -> ColumnElement[str]:
    return many(
        Ref,
        model,
        agreement_id == Agreement.id,
        order=[model.name_folded, model.id],
        told={"id": model.id, "reference": NULL, "name": model.name},
        beside=[(its_id.table, its_id == model.id)],
    )


def _binds_today() -> ColumnElement[bool]:
    today = day_there(Agreement.collaboration_id, AT, ZONE)
    return func.coalesce(is_in_force(today), False)


AGREEMENTS: Final = Telling(
    CollaborationAgreementOut,
    Agreement,
    "collaboration.read",
    missing=CollaborationAgreementNotFound,
    told={
        "parties": _linked(Organisation, PARTIES.c.agreement_id, PARTIES.c.organisation_id),
        "data_sets": _linked(DataSet, DATA_SETS.c.agreement_id, DATA_SETS.c.data_set_id),
        "is_in_force": _binds_today,
    },
    filters={
        "data_set_id": lambda asked: Agreement.id.in_(
            select(DATA_SETS.c.agreement_id).where(DATA_SETS.c.data_set_id == asked)
        ),
        "organisation_id": lambda asked: Agreement.id.in_(
            select(PARTIES.c.agreement_id).where(PARTIES.c.organisation_id == asked)
        ),
        "in_force_on": is_in_force,
        "programme_id": by_collaboration(Agreement.collaboration_id)["programme_id"],
    },
    sorts={"created_at": (Agreement.created_at, Agreement.id)},
    page_of=CollaborationAgreementPage,
)
OF_COLLABORATION: Final = of_collaboration(Agreement.collaboration_id)
AGREEMENTS_AS_CSV: Final = exported("agreements", AGREEMENTS)
