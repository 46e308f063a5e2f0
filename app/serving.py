"""Runs the API: its processes, and beside them what a machine without a database needs."""

import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.kernel import logs
from app.kernel.embedded import Urls
from app.settings import PREFIX, Settings, get_settings

APPLICATION = "app.main:create_app"


class PortTaken(Exception):
    """The address to listen on is in use, or is none of this machine's; the text says which."""


def reserve(settings: Settings) -> socket.socket:
    """Bind the address of the settings, before anything else is started for it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.set_inheritable(True)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise PortTaken(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}. "
            f"Stop what listens there, or set PLN_PORT."
        ) from error
    return listener


def serve(
    settings: Settings,
    urls: Urls,
    listener: socket.socket,
    when_ready: Callable[[], None] | None = None,
) -> None:
    """Answer requests on a reserved address until SIGINT or SIGTERM, then finish what runs.

    The settings and the database's addresses become the environment that API processes read.
    `when_ready` is called once requests are answered (with several processes: just before).
    """
    hand_down(settings, urls)
    logs.configure(settings.log_level)
    signal.signal(signal.SIGTERM, _leave)
    config = _server_config(settings)
    with listener, suppress(KeyboardInterrupt):
        if settings.workers > 1:
            if when_ready:
                when_ready()
            Multiprocess(config, sockets=[listener]).run()
        else:
            _Server(config, when_ready).run(sockets=[listener])


def hand_down(settings: Settings, urls: Urls) -> None:
    """Put what was decided after the environment was read into it, for processes started now."""
    decided = {
        "database_url": urls.app,
        "database_owner_url": urls.owner,
        "data_dir": settings.data_dir,
        "host": settings.host,
        "port": settings.port,
        "public_url": settings.public_url,
        "frontend_url": settings.frontend_url,
    }
    for name, value in decided.items():
        os.environ[f"{PREFIX}{name.upper()}"] = str(value)
    get_settings.cache_clear()


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._when_ready:
            self._when_ready()


def _server_config(settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        APPLICATION,
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        lifespan="on",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=[str(network) for network in settings.trusted_proxies],
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


def _leave(number: int, _frame: FrameType | None) -> None:
    """Leave through every `finally`, with the status that a supervisor expects of a signal."""
    raise SystemExit(128 + number)
