"""A client of the peer learning network: `pln_client.contract` is generated from the document, and
what is here keeps it signed in, sends again what was lost, and raises what was refused."""

from pln_client.connecting import Connection, connect
from pln_client.lists import iterate
from pln_client.problems import Refused, Stale, taken
from pln_client.saving import Held, held
from pln_client.uploads import upload

__all__ = [
    "Connection",
    "Held",
    "Refused",
    "Stale",
    "connect",
    "held",
    "iterate",
    "taken",
    "upload",
]
