"""What an edit sets, and what it says of what was there."""

from app.kernel.editing import amend
from app.people.identity.models import Account, AccountKind
from tests.answers import WITHHELD
from tests.kernel.probes import HERE, Probe, ProbeStatus


def test_an_edit_says_what_each_field_was_and_is() -> None:
    probe = Probe(scope_id=HERE, name="One", amount=1, status=ProbeStatus.DRAFT)
    assert amend(probe, {"name": "Two", "amount": 1}) == {"name": {"from": "One", "to": "Two"}}
    assert (probe.name, probe.amount) == ("Two", 1)
    assert amend(probe, {"name": "Two"}) == {}


def test_of_a_person_it_says_only_that_it_changed() -> None:
    person = Account(kind=AccountKind.PERSON, name="Ida", email="ida@example.org")
    service = Account(kind=AccountKind.SERVICE, name="Dashboard")
    changed = amend(person, {"name": "Ida R.", "email": "ida.r@example.org"})
    assert changed == {"name": WITHHELD, "email": WITHHELD}
    assert (person.name, person.email) == ("Ida R.", "ida.r@example.org")
    assert amend(service, {"name": "Board"}) == {"name": {"from": "Dashboard", "to": "Board"}}
