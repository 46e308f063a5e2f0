"""What Prometheus reads: request durations and the use of the connection pool, on their own port.

FastAPI measures the requests; this module says where the numbers go. With several API processes
each serves its own: the first has the configured port, the next one the port after it.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import structlog
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from prometheus_client import CollectorRegistry, start_http_server

from app.kernel.db import Database

log = structlog.get_logger(__name__)


class Meters:
    """The numbers of one process and the place where they are read."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        reader = PrometheusMetricReader(registry=self.registry, scope_info_enabled=False)
        self.provider = MeterProvider(
            metric_readers=[reader],
            resource=Resource.create({"service.name": "pln"}),
            shutdown_on_exit=False,
        )

    def watch_pool(self, database: Database) -> None:
        """Count the connections that are in use."""

        def in_use(_options: CallbackOptions) -> Iterator[Observation]:
            yield Observation(database.in_use)

        self.provider.get_meter("pln").create_observable_gauge(
            "pln.database.connections.in_use", [in_use], description="Connections in use."
        )

    @contextmanager
    def published(self, host: str, first_port: int, processes: int) -> Generator[None]:
        """Serve the numbers at `/metrics` on the first free of `processes` ports."""
        server, thread = self._listen(host, first_port, processes)
        log.info("metrics_published", port=server.server_port)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
            self.provider.shutdown()

    def _listen(self, host: str, first_port: int, processes: int):
        for port in range(first_port, first_port + processes - 1):
            try:
                return start_http_server(port, host, self.registry)
            except OSError:
                continue
        return start_http_server(first_port + processes - 1, host, self.registry)
