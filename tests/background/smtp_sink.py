"""A mail server of the tests' own: takes what it is told to take, and keeps it."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Sink:
    """What came in, and what the server answers. `refuse` maps a command to its next answers."""

    port: int = 0
    context: ssl.SSLContext | None = None
    """With it the server offers STARTTLS, and takes passwords under it alone."""
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

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from the greeting to QUIT."""
        self.talks += 1
        is_secure = writer.get_extra_info("ssl_object") is not None
        await _say(writer, *self.answer("CONNECT", "220 sink"))
        while line := await reader.readline():
            command, _, rest = line.decode().strip().partition(" ")
            command = command.upper()
            if command == "STARTTLS" and self.context is not None:
                await _say(writer, "220 go ahead")
                await writer.start_tls(self.context)
                is_secure = True
                continue
            if command == "RCPT" and self.slow is not None:
                await self.slow.wait()
            await _say(writer, *self.answer(command, *self.reply(command, rest, is_secure)))
            if command == "DATA":
                await self.take(reader, writer, is_secure)
            if command == "QUIT":
                break
        writer.close()

    def reply(self, command: str, rest: str, is_secure: bool) -> list[str]:
        match command:
            case "EHLO":
                offers = ["STARTTLS"] if self.context and not is_secure else ["AUTH PLAIN"]
                offers += ["SMTPUTF8", "8BITMIME"] if self.takes_any_letters else []
                return ["250-sink", *(f"250-{one}" for one in offers[:-1]), f"250 {offers[-1]}"]
            case "AUTH":
                _, name, password = base64.b64decode(rest.split()[1]).decode().split("\0")
                self.logins.append((name, password))
                return ["235 welcome"]
            case "RCPT":
                self.recipients.append(rest.partition(":")[2].split()[0].strip("<>"))
                return ["250 ok"]
            case "DATA":
                return ["354 go ahead"]
            case "QUIT":
                return ["221 bye"]
            case _:
                return ["250 ok"]

    def answer(self, command: str, *otherwise: str) -> list[str]:
        """The answer that was planned for the next time this command comes, or the usual one."""
        planned = self.refuse.get(command)
        return [planned.pop(0)] if planned else list(otherwise)

    async def take(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_secure: bool
    ) -> None:
        raw = await reader.readuntil(b"\r\n.\r\n")
        content = raw[:-3].replace(b"\r\n..", b"\r\n.")
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.secured.append(is_secure)
        await _say(writer, *self.answer("TAKEN", "250 taken"))


async def _say(writer: asyncio.StreamWriter, *lines: str) -> None:
    writer.write("".join(f"{line}\r\n" for line in lines).encode())
    await writer.drain()


@asynccontextmanager
async def listening(sink: Sink, *, secure_from_the_start: bool = False) -> AsyncIterator[Sink]:
    """Have `sink` listen on a free port of this machine."""
    context = sink.context if secure_from_the_start else None
    server = await asyncio.start_server(sink.talk, "127.0.0.1", 0, ssl=context)
    sink.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sink
