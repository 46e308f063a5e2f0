"""Imports every package's models and guards, so that metadata and lifecycles are complete."""

import app.kernel.activity
import app.kernel.idempotency
import app.kernel.lifecycle  # noqa: F401
