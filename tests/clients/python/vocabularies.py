"""What the generated client does with a word of a vocabulary that it does not know: it reads on."""

from pln_client.contract import models
from pln_client.contract.models import (
    GrantStatus,
    MetricOut,
    OperationOut,
    RoleOut,
    SpreadsheetReport,
    WorkItemOut,
)

ROLE = {
    "name": "a_role_of_next_year",
    "summary": "It is not there yet.",
    "held_on": ["a_scope_of_next_year"],
    "grants": [],
    "permissions": ["thing.of_next_year"],
    "everywhere": [],
}
METRIC = {
    "key": "a_metric_of_next_year",
    "title": "A metric of next year",
    "unit": "a_unit_of_next_year",
    "direction": "up",
    "dimension": None,
    "value": None,
    "amount": None,
    "null_code": None,
    "null_reason": None,
    "numerator": 0,
    "denominator": 0,
    "excluded_count": 0,
    "counted": "",
    "counted_of": "",
    "excluded": "",
    "definition_version": 1,
}
REF = {"id": "00000000-0000-7000-8000-000000000001", "reference": None, "name": "Something"}
WORK = {
    "kind": "a_kind_of_next_year",
    "noun": "thing",
    "subject": REF,
    "cohort": None,
    "collaboration": None,
    "grant": None,
    "write_to": None,
    "due_at": None,
    "is_overdue": False,
    "in_conflict": [],
    "action": {
        "name": "mend",
        "operation_id": "mend_thing",
        "method": "POST",
        "href": "/v1/things/1/mend",
        "needs_reason": False,
        "needs_if_match": False,
    },
}
WHEN = "2026-03-02T09:00:00Z"
OPERATION = {
    "id": "00000000-0000-7000-8000-000000000001",
    "version": 2,
    "kind": "a_kind_of_next_year",
    "status": "partly",
    "progress": 100,
    "message": None,
    "attempt": 1,
    "counts": {"done": 1, "unchanged": 0, "refused": 1},
    "result": {"sheep": 12},
    "problem": None,
    "created_at": WHEN,
    "updated_at": WHEN,
    "started_at": WHEN,
    "finished_at": WHEN,
    "available_actions": [],
}
SHEET = {
    "is_dry_run": False,
    "is_imported": True,
    "read": None,
    "read_as": [],
    "accepted": [2],
    "already_there": [],
    "refused": [],
    "fault_count": 0,
    "faults": [],
}


def main() -> None:
    """Read one unknown role, metric, kind of work and result of long work; of a closed list the
    client knows each."""
    assert RoleOut.from_dict(ROLE).name == "a_role_of_next_year"
    assert MetricOut.from_dict(METRIC).key == "a_metric_of_next_year"
    assert WorkItemOut.from_dict(WORK).kind == "a_kind_of_next_year"
    ended = OperationOut.from_dict(OPERATION)
    assert (ended.counts.done, ended.result["sheep"]) == (1, 12)
    known = OperationOut.from_dict(OPERATION | {"kind": "import_people", "result": SHEET})
    assert isinstance(known.result, SpreadsheetReport)
    assert not [name for name in ("WorkKind", "MetricKey", "Role") if hasattr(models, name)]
    assert GrantStatus("active").value == "active"


if __name__ == "__main__":
    main()
