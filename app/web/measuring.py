"""What FastAPI measures of requests, by route, method and status."""

from fastapi.telemetry import TelemetryConfig

from app.installation.telemetry import Meters

_OFF: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def measuring(meters: Meters | None) -> TelemetryConfig:
    """What FastAPI is told: to measure for `meters`, or nothing at all."""
    if meters is None:
        return _OFF
    return {**_OFF, "metrics": True, "meter_provider": meters.provider}
