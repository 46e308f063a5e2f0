"""One JSON line an event on standard output, each with its request's id.

Nothing that a person or a client typed goes in: no path with its ids, no query, no address, no
body, and of an exception its type and its places but not its words, which often quote a value.
"""

import logging
import sys
import traceback
from typing import Any

import structlog
from asgi_correlation_id import correlation_id
from pydantic_core import to_json
from structlog.typing import EventDict

from app.kernel.activity import client_request_id

QUIET = {
    "alembic.runtime.migration": logging.WARNING,
    "asgi_correlation_id": logging.ERROR,
    "asyncio": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "procrastinate": logging.WARNING,
    "uvicorn.access": logging.WARNING,
}
"""Libraries that say more than anyone asked."""


def configure(level: str) -> None:
    """Send the house's events and every library's records through one JSON renderer."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _add_request_id,
        _tell_exception,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = StandardOutput()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_serialise),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))


class StandardOutput(logging.Handler):
    """Writes to what standard output is at the time, since some redirect it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stdout.write(self.format(record) + "\n")
            sys.stdout.flush()
        except Exception:  # noqa: BLE001 - a log that fails must not fail the request
            self.handleError(record)


def _serialise(event: EventDict, **_options: object) -> str:
    return to_json(event, fallback=str).decode()


def _add_request_id(_logger: object, _method: str, event: EventDict) -> EventDict:
    request_id = correlation_id.get()
    if request_id:
        event["request_id"] = request_id
    if named := client_request_id.get():
        event["client_request_id"] = named
    return event


def _tell_exception(_logger: object, _method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if given is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = [_told(link) for link in _chain(error)]
    return event


def _chain(error: BaseException | None) -> list[BaseException]:
    links: list[BaseException] = []
    while error is not None and error not in links:
        links.append(error)
        error = error.__cause__ or error.__context__
    return links


def _told(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    told: dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    sqlstate = getattr(error, "sqlstate", None)
    return told | {"sqlstate": sqlstate} if sqlstate else told
