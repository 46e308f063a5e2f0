"""The worst that a stranger can send, and what each costs.

Cases with a body are sent to an operation that anyone may call and to one that nobody may who has
not signed in; heads are sent until the connection is cut.
"""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from tests.bench.measuring import Target, cpu, memory, tree

OPEN, PROTECTED = "/v1/auth/login", "/v1/organisations"
BRACKETS = b"[" + b",".join([b"[" * 59 + b"]" * 59] * 8_000) + b"]"
KEYS = b"{" + b",".join(b'"k%d":1' % number for number in range(85_000)) + b"}"
FEW_KEYS = b"{" + b",".join(b'"k%d":1' % number for number in range(4_900)) + b"}"
HALVES = 1_200


TITLES = f"{'':36}{'sent':>6}{'answers':>12}{'CPU ms each':>14}{'MiB more':>11}"


def measure(target: Target) -> Iterator[str]:
    """A line for each kind, the cheapest sound request first."""
    service = _Measured(target)
    yield TITLES
    yield service.line("a sound request, for comparison", 300, _get("/healthz"))
    yield service.line("960 kB of [ 60 deep, to sign in", 100, _post(OPEN, BRACKETS))
    yield service.line("the same, unannounced", 100, _post(OPEN, BRACKETS, chunked=True))
    yield service.line("the same, without a credential", 100, _post(PROTECTED, BRACKETS))
    yield service.line("85,000 unknown keys, to sign in", 100, _post(OPEN, KEYS))
    yield service.line("60 kB of unknown keys, to sign in", 100, _post(OPEN, FEW_KEYS))
    yield service.line("headers without an end", 100, _endless_head())
    yield service.line_of_halves()


class _Measured:
    """The service, by what it used of the machine before what is measured now."""

    def __init__(self, target: Target) -> None:
        self.port, self._processes = target.port, tree(target.pid)
        self._idle = memory(self._processes)

    def line(self, kind: str, times: int, content: bytes) -> str:
        before, peak = cpu(self._processes), 0.0
        answers = Counter[str]()
        for _ in range(times):
            answers[_status(self.port, content)] += 1
            peak = max(peak, memory(self._processes) - self._idle)
        return self._said(kind, answers, before, peak)

    def line_of_halves(self) -> str:
        """Many connections that begin a request and say no more, until each has been cut off."""
        before = cpu(self._processes)
        waiting = [_connected(self.port) for _ in range(HALVES)]
        for connection in waiting:
            connection.sendall(b"GET / HTTP/1.1\r\nHost:")
        peak = memory(self._processes) - self._idle
        answers = Counter(_answer(connection) for connection in waiting)
        return self._said("half a request, many at once", answers, before, peak)

    def _said(self, kind: str, answers: Counter[str], before: float, peak: float) -> str:
        sent = answers.total()
        told = ", ".join(answers)
        each = (cpu(self._processes) - before) / sent
        return f"{kind:36}{sent:6}{told:>12}{each:14.2f}{peak:+11.1f}"


def _status(port: int, content: bytes) -> str:
    connection = _connected(port)
    with suppress(ConnectionError):  # cut off while it was sent
        connection.sendall(content)
    return _answer(connection)


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def _answer(connection: socket.socket) -> str:
    with connection:
        try:
            said = connection.recv(65_536)
        except ConnectionError:
            return "cut"
    return said.split(b" ", 2)[1].decode() if said else "cut"


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()


def _post(path: str, body: bytes, *, chunked: bool = False) -> bytes:
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{length}\r\n\r\n"
    return head.encode() + (b"".join(_chunks(body)) if chunked else body)


def _chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 32_000):
        piece = body[start : start + 32_000]
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def _endless_head() -> bytes:
    return b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: aaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 100_000
