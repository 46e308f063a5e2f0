"""A mail server for the tests: aiosmtpd, which takes what it is told to take, and keeps it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Sink:
    """What came in, and what the server answers. `refuse` maps a command to its next answers;
    CONNECT is the greeting, and TAKEN what is said of a message once it is there."""

    port: int = 0
    context: ssl.SSLContext | None = None
    """With it the server offers STARTTLS."""
    takes_any_letters: bool = False
    """Whether it offers SMTPUTF8."""
    slow: asyncio.Event | None = None
    """With it the server says nothing to RCPT before the event is set."""
    refuse: dict[str, list[str]] = field(default_factory=dict)
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    talks: int = 0

    def planned(self, command: str, otherwise: str) -> str:
        """The answer that was planned for the next time this command comes, or the usual one."""
        planned = self.refuse.get(command)
        return planned.pop(0) if planned else otherwise

    def log_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, said: Any
    ) -> AuthResult:
        """Take any name and password."""
        assert isinstance(said, LoginPassword)
        self.logins.append((said.login.decode(), said.password.decode()))
        return AuthResult(success=True)

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Take a recipient."""
        if self.slow is not None:
            await self.slow.wait()
        self.recipients.append(address)
        answer = self.planned("RCPT", "250 ok")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message."""
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        assert server.transport is not None
        self.secured.append(server.transport.get_extra_info("ssl_object") is not None)
        return self.planned("TAKEN", "250 taken")

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        """Say goodbye."""
        return self.planned("QUIT", "221 bye")


class _Server(SMTP):
    """One talk. Its greeting can be planned too."""

    def __init__(self, sink: Sink, *, offers_tls: bool) -> None:
        super().__init__(
            sink,
            hostname="sink",
            enable_SMTPUTF8=sink.takes_any_letters,
            tls_context=sink.context if offers_tls else None,
            authenticator=sink.log_in,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )
        self._sink = sink

    async def push(self, status: str | bytes) -> None:
        """Say something, in letters that a careful server would not."""
        await super().push(status.encode() if isinstance(status, str) else status)

    async def _handle_client(self) -> None:
        self._sink.talks += self._tls_protocol is None
        greeting = self._sink.planned("CONNECT", "")
        if not greeting:
            await super()._handle_client()
            return
        await self.push(greeting)
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.close()


@asynccontextmanager
async def listening(sink: Sink, *, secure_from_the_start: bool = False) -> AsyncIterator[Sink]:
    """Have `sink` listen on a free port of this machine."""
    server = await asyncio.get_running_loop().create_server(
        lambda: _Server(sink, offers_tls=not secure_from_the_start),
        "127.0.0.1",
        0,
        ssl=sink.context if secure_from_the_start else None,
    )
    sink.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sink
