"""The talk with the mail server: what is handed to it, and what its answers mean."""

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

import idna

from app.kernel import printable
from app.settings import Settings

PATIENCE_SECONDS: Final = 20.0
"""For each step of the talk."""

LONGEST_FAULT: Final = 300
"""How much of what a mail server says is kept."""

_PORTS: Final = {"smtp": 587, "smtps": 465}


class NotSecure(Exception):
    """The mail server offers no STARTTLS."""


class NoSuchDomain(Exception):
    """What stands behind the @ cannot be the name of a domain."""


@dataclass(frozen=True)
class Letter:
    """What is to be handed over."""

    id: UUID
    recipient: str
    subject: str
    text: str
    dated: datetime
    calendar: str | None = None
    """An iCalendar object with a `METHOD`, beside the text."""


def hand_over(settings: Settings, letter: Letter) -> None:
    """Give a letter to the mail server of the settings; blocks, so call it in a thread."""
    mail = _written(letter, settings)
    url = urlsplit(settings.smtp_url or "")
    server = _connected(url, needs_tls=settings.smtp_starttls == "required")
    try:
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(mail)
        with suppress(OSError, smtplib.SMTPException):  # it has been taken: the rest is manners
            server.quit()
    finally:
        server.close()


def reachable(address: str) -> str:
    """An address as mail servers read it: its domain in punycode. Raises NoSuchDomain."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError as error:
        raise NoSuchDomain from error


def _written(letter: Letter, settings: Settings) -> EmailMessage:
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2] or "localhost"
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["To"] = reachable(letter.recipient)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.dated)
    mail["Message-ID"] = f"<{letter.id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    if letter.calendar is not None:
        method = re.search(r"(?m)^METHOD:([A-Z]+)\r?$", letter.calendar)
        said = {"method": method[1]} if method else {}
        mail.add_alternative(letter.calendar, subtype="calendar", params=said)
    return mail


def _connected(url: SplitResult, *, needs_tls: bool) -> smtplib.SMTP:
    host, port = url.hostname or "", url.port or _PORTS[url.scheme]
    context = ssl.create_default_context()
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=PATIENCE_SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=PATIENCE_SECONDS)
    try:
        _secure(server, context, needs_tls=needs_tls or bool(url.username))
    except BaseException:
        server.close()
        raise
    return server


def _secure(server: smtplib.SMTP, context: ssl.SSLContext, *, needs_tls: bool) -> None:
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=context)
    elif needs_tls:
        raise NotSecure


def is_final(error: Exception) -> bool:
    """Whether to try again is of no use: the mail server has said no to this address or this
    letter for good. What it says of us (a wrong password, no STARTTLS) may be mended meanwhile."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, (smtplib.SMTPNotSupportedError, NoSuchDomain))


def said_by(error: Exception) -> str:
    """What stood in the way, on one line: the mail server's own words where it said any."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answer(*min(error.recipients.values()))
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "The mail server takes no such letters before the @ (it has no SMTPUTF8)."
    if isinstance(error, (NotSecure, NoSuchDomain)):
        return error.__doc__ or ""
    return f"The talk with the mail server broke off ({type(error).__name__})."


def _answer(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return printable.line_of(f"{code} {text}")[:LONGEST_FAULT].strip()
