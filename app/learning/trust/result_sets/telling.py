"""What is told of results."""

from typing import Final

from sqlalchemy import Text, case, cast

from app.kernel.written import NULL, verbatim
from app.learning.trust.result_sets.access import (
    ResultSetNotFound,
    is_network_seen,
    is_seen,
    is_set_seen,
)
from app.learning.trust.result_sets.lifecycle import READABLE, RESULT_SET
from app.learning.trust.result_sets.models import Result, ResultSet
from app.learning.trust.result_sets.schemas import (
    NetworksOut,
    ResultOut,
    ResultPage,
    ResultSetOut,
    ResultSetPage,
)
from app.learning.trust.rounds.models import Confidentiality, Round
from app.network.collaborations.telling import takes_part
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported
from app.web.exports import AT

_IS_OUT: Final = ResultSet.status.in_(sorted(READABLE))
_TELLS_HASHES: Final = Round.confidentiality != Confidentiality.CONFIDENTIAL
"""Whoever knows the ids of sheets and who sent them could try all answers against a hash of them.
Those of an anonymous round nobody knows; those of an attributed one are read as they are."""
_NUMBERS: Final = ("score", "coverage", "deviation", "low", "high", "confidence")

RESULT_SETS: Final = Telling(
    ResultSetOut,
    ResultSet,
    "result_set.read",
    missing=ResultSetNotFound,
    lifecycle=RESULT_SET,
    seen=is_set_seen,
    besides=("result.read",),
    joins=[ResultSet.round],
    told={
        "round": {"id": Round.id, "reference": NULL, "name": Round.title},
        "parameters": ResultSet.parameters,
        "exclusions": ResultSet.exclusions,
        "input_hash": case((_TELLS_HASHES, ResultSet.input_hash)),
        "output_hash": case((_TELLS_HASHES, ResultSet.output_hash)),
        "agreement": case((_IS_OUT, ResultSet.agreement), else_=verbatim("[]")),
    },
    sorts={"created_at": (ResultSet.created_at, ResultSet.id)},
    page_of=ResultSetPage,
)
NETWORKS: Final = Telling(
    NetworksOut,
    ResultSet,
    "network.read",
    missing=ResultSetNotFound,
    seen=is_network_seen,
    told={"networks": ResultSet.networks},
)
RESULTS: Final = Telling(
    ResultOut,
    Result,
    "result.read",
    missing=ResultSetNotFound,
    seen=lambda by: is_seen(by, AT),
    besides=("result.read_dyads",),
    told={
        **{name: cast(getattr(Result, name), Text) for name in _NUMBERS},
        "counts": Result.counts,
        "blockers": Result.blockers,
    },
    filters={"organisation_id": takes_part(Result.collaboration_id)},
    sorts={"place": (Result.result_set_id, Result.place)},
    page_of=ResultPage,
)
RESULT_SETS_AS_CSV: Final = exported("result-sets", RESULT_SETS)
RESULTS_AS_CSV: Final = exported("results", RESULTS)
