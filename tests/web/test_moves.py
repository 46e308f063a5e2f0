"""The operation of a move is declared as its lifecycle's table has it, or not at all."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from app.kernel.audiences import Audience
from app.kernel.endorsements import SecondPersonRequired
from app.kernel.errors import Conflict
from app.kernel.schemas import Name, Request, Response, WithReason
from app.kernel.transitions import Lifecycle, Move
from app.web import contract
from app.web.moves import told, told_new
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.terms import Operation
from tests.kernel.probes import MOVES, PROBE, ProbeStatus

_S = ProbeStatus


class ProbeOut(Response):
    name: str


class HoldProbe(Request):
    """Holding takes its reason and a name."""

    reason: Name
    name: Name


class ProbeLost(Conflict):
    """The probe was lost on its way."""


async def submit_probe(probe_id: int, if_match: IfMatch) -> ProbeOut:
    """Submit a probe."""
    return ProbeOut(name="a")


async def hold_probe(probe_id: int, body: HoldProbe, if_match: IfMatch) -> ProbeOut:
    """Hold a probe."""
    return ProbeOut(name="a")


async def sign_probe(probe_id: int, if_match: IfMatch) -> ProbeOut:
    """Sign a probe."""
    return ProbeOut(name="a")


async def create_probe(body: WithReason) -> ProbeOut:
    """Make a probe."""
    return ProbeOut(name="a")


def documented(router: Router) -> dict[str, Any]:
    """The paths of the document."""
    app = FastAPI(openapi_url="/openapi.json")
    app.include_router(router.api)
    return contract.describe(app)["paths"]


def declared(router: Router) -> Operation:
    """The terms of its one operation."""
    (route,) = router.api.routes
    return route.operation  # pyright: ignore[reportAttributeAccessIssue]


class TestMove:
    def test_its_terms_are_those_of_the_table(self) -> None:
        router = Router("Probes")

        router.move(PROBE, "hold")(hold_probe)

        assert router.api.routes[0].path == "/v1/probes/{probe_id}/hold"  # pyright: ignore[reportAttributeAccessIssue]
        assert declared(router) == Operation(
            "hold_probe",
            "probe.hold",
            moves=("probe: open → held",),  # pyright: ignore[reportArgumentType]
            if_match=True,
            hears_if_match=True,
            idempotent=True,
            by_lifecycle=True,
        )

    def test_its_document_says_what_the_table_says(self) -> None:
        router = Router("Probes")

        router.move(PROBE, "submit", refuses=(ProbeLost,), also=told_new(PROBE, "create"))(
            submit_probe
        )
        operation = documented(router)["/v1/probes/{probe_id}/submit"]["post"]

        assert operation["operationId"] == "submit_probe"
        assert operation["x-permission"] == "probe.submit"
        assert operation["x-moves"] == ["probe: draft | held → open", "probe: → draft"]
        assert operation["description"].split("\n\n") == [
            "Submit a probe.",
            "Permission: `probe.submit`.",
            "Move: probe: draft | held → open.",
            "Move: probe: → draft.",
        ]
        codes = {refusal.code for refusal in declared(router).refuses}
        assert codes >= {"probe_lost", "invalid_transition", "guards_unmet"}
        assert "second_person_required" not in codes

    def test_a_move_of_two_persons_refuses_the_same_one(self) -> None:
        router = Router("Probes")

        router.move(PROBE, "sign", completed_by="the second of two persons")(sign_probe)
        operation = documented(router)["/v1/probes/{probe_id}/sign"]["post"]

        assert operation["x-moves"] == ["probe: open → signed, with the second of two persons"]
        assert SecondPersonRequired in declared(router).refuses

    def test_its_address_may_name_the_thing_otherwise(self) -> None:
        router = Router("Probes")

        @router.move(PROBE, "submit", thing_id="number")
        async def submit_probe(number: int, if_match: IfMatch) -> ProbeOut:
            """Submit a probe."""
            return ProbeOut(name="a")

        assert list(documented(router)) == ["/v1/probes/{number}/submit"]

    @pytest.mark.parametrize("terms", [{"permission": "probe.read"}, {"moves": ()}, {"path": "/a"}])
    def test_what_the_table_says_is_not_said_again(self, terms: dict[str, Any]) -> None:
        with pytest.raises(TypeError, match="unexpected keyword"):
            Router("Probes").move(PROBE, "submit", **terms)

    @pytest.mark.parametrize("name", ["create", "lapse", "levitate"])
    def test_what_clients_do_not_move_has_no_operation(self, name: str) -> None:
        with pytest.raises(TypeError):
            Router("Probes").move(PROBE, name)

    def test_one_operation_takes_one_permission(self) -> None:
        steps = (*MOVES, Move("submit", _S.CLOSED, _S.OPEN, "probe.reopen", audience=Audience.ALL))
        lifecycle = Lifecycle("probe", "probes", ProbeStatus, steps)

        with pytest.raises(TypeError, match="takes one permission"):
            Router("Probes").move(lifecycle, "submit")

    def test_nobody_completes_what_one_person_does(self) -> None:
        with pytest.raises(TypeError, match="submit of probe takes one person"):
            Router("Probes").move(PROBE, "submit", completed_by="the second of two persons")


async def send_probe(probe_id: int, if_match: IfMatch) -> ProbeOut:
    """Submit a probe under another name."""
    return ProbeOut(name="a")


def without_probe_id() -> Any:
    async def submit_probe(note_id: int, if_match: IfMatch) -> ProbeOut:
        """Submit something else."""
        return ProbeOut(name="a")

    return submit_probe


def deaf() -> Any:
    async def submit_probe(probe_id: int) -> ProbeOut:
        """Submit whatever it has become."""
        return ProbeOut(name="a")

    return submit_probe


def without_reason() -> Any:
    async def hold_probe(probe_id: int, if_match: IfMatch) -> ProbeOut:
        """Hold it without saying why."""
        return ProbeOut(name="a")

    return hold_probe


def asking_too_much() -> Any:
    async def submit_probe(probe_id: int, body: WithReason, if_match: IfMatch) -> ProbeOut:
        """Ask for a reason that nobody keeps."""
        return ProbeOut(name="a")

    return submit_probe


@pytest.mark.parametrize(
    ("move", "endpoint", "fault"),
    [
        ("submit", send_probe, "send_probe: clients know it as submit_probe"),
        ("submit", without_probe_id(), "submit_probe: it takes no probe_id"),
        ("submit", deaf(), "submit_probe: it does not hear If-Match"),
        (
            "hold",
            without_reason(),
            "hold_probe: the table asks for a reason, which its body does not demand",
        ),
        (
            "submit",
            asking_too_much(),
            "submit_probe: its body demands a reason, which the table does not ask for",
        ),
    ],
)
def test_a_function_that_contradicts_the_table_is_no_operation(
    move: str, endpoint: Any, fault: str
) -> None:
    router = Router("Probes")

    with pytest.raises(TypeError) as refused:
        router.move(PROBE, move)(endpoint)

    assert str(refused.value) == fault
    assert router.api.routes == []


class TestCreate:
    def test_its_terms_are_those_of_the_table(self) -> None:
        router = Router("Probes")

        router.create(PROBE, "/places/probes")(create_probe)

        assert declared(router) == Operation(
            "create_probe",
            "probe.create",
            moves=("probe: → draft",),  # pyright: ignore[reportArgumentType]
            idempotent=True,
            location="/v1/probes/{id}",
            by_lifecycle=True,
        )
        answers = documented(router)["/v1/places/probes"]["post"]["responses"]
        assert [status for status in answers if status < "300"] == ["201"]

    def test_several_are_found_nowhere_in_particular(self) -> None:
        router = Router("Probes")

        router.create(PROBE, "/places/probes", several=True)(create_probe)

        assert declared(router).location is None

    def test_what_it_makes_begins_as_one_of_its_moves_says(self) -> None:
        steps = (Move("open", None, _S.OPEN, "probe.create", audience=Audience.ALL), *MOVES)
        lifecycle = Lifecycle("probe", "probes", ProbeStatus, steps)
        router = Router("Probes")

        router.create(lifecycle, "/places/probes", by=("open", "create"))(create_probe)

        assert declared(router).moves == ("probe: → open | draft",)

    def test_it_takes_one_permission(self) -> None:
        steps = (Move("open", None, _S.OPEN, "probe.submit", audience=Audience.ALL), *MOVES)
        lifecycle = Lifecycle("probe", "probes", ProbeStatus, steps)

        with pytest.raises(TypeError, match="takes one permission"):
            Router("Probes").create(lifecycle, "/places/probes", by=("open", "create"))

    def test_it_makes_something(self) -> None:
        for by in (("submit",), ("create", "submit"), ()):
            with pytest.raises(TypeError, match="make one"):
                Router("Probes").create(PROBE, "/places/probes", by=by)


class TestTold:
    def test_each_entry_of_a_move_is_told_by_itself(self) -> None:
        steps = (*MOVES, replace(MOVES[1], from_=_S.CLOSED, to=_S.SIGNED))
        lifecycle = Lifecycle("probe", "probes", ProbeStatus, steps)

        assert told(lifecycle, "submit") == ("probe: draft | held → open", "probe: closed → signed")
        assert told(PROBE, "reopen") == ("probe: closed → open | held",)

    def test_what_the_clock_moves_is_told_too(self) -> None:
        assert told(PROBE, "lapse") == ("probe: open → closed",)

    def test_only_moves_of_the_table_are_told(self) -> None:
        with pytest.raises(TypeError, match="probe has no move 'levitate'"):
            told(PROBE, "levitate")
        with pytest.raises(TypeError, match="probe has no move 'create'"):
            told(PROBE, "create")
