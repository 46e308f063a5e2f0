"""Runs the API: its processes, and beside them what a machine without a database needs."""

import asyncio
import os
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Final

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.command.worker import run_worker
from app.installation import logs
from app.installation.embedded import Urls
from app.kernel.clock import SystemClock
from app.kernel.db import Database
from app.settings import PREFIX, Settings, get_settings
from app.web.connections import PatientProtocol

APPLICATION: Final = "app.main:create_app"
SLOWEST_START: Final = 60
"""Seconds of silence after which an API process is replaced; a busy machine starts slowly."""


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


def serve(listener: socket.socket, when_ready: Callable[[], None] | None = None) -> None:
    """Answer requests on a reserved address until SIGINT or SIGTERM, then finish what runs.

    `when_ready` is called once requests are answered (with several processes: just before).
    """
    settings = get_settings()
    logs.configure(settings.log_level)
    config = _server_config(settings)
    with listener, suppress(KeyboardInterrupt):
        if settings.workers > 1:
            if when_ready:
                when_ready()
            Multiprocess(config, sockets=[listener]).run()
        else:
            _Server(config, when_ready).run(sockets=[listener])


@contextmanager
def worker_beside(settings: Settings) -> Generator[None]:
    """Run a worker in a thread, which a killed process does not leave behind as it would another.

    At the end the jobs that run are given `settings.shutdown_seconds`.
    """
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = Thread(target=_work, args=(loop, settings, stop), name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def _work(loop: asyncio.AbstractEventLoop, settings: Settings, stop: asyncio.Event) -> None:
    async def work() -> None:
        database = Database.connect(settings, SystemClock())
        try:
            await run_worker(database, settings, stop)
        finally:
            await database.dispose()

    loop.run_until_complete(work())


def hand_down(settings: Settings, urls: Urls) -> Settings:
    """Put what was decided since the environment was read into it, and read it anew.

    API processes started from now on are given it, and `get_settings` returns it.
    """
    decided = {
        "database_url": urls.app,
        "database_owner_url": urls.owner,
        "data_dir": settings.data_dir,
        "host": settings.host,
        "port": settings.port,
        "public_url": settings.public_url,
        "frontend_url": settings.frontend_url,
        "cors_origins": ",".join(settings.cors_origins),
    }
    for name, value in decided.items():
        os.environ[f"{PREFIX}{name.upper()}"] = str(value)
    get_settings.cache_clear()
    return get_settings()


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
        http=PatientProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=[str(network) for network in settings.trusted_proxies],
        timeout_graceful_shutdown=settings.shutdown_seconds,
        timeout_worker_healthcheck=SLOWEST_START,
    )
