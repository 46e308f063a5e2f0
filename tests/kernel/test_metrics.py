"""The register of metrics."""

from dataclasses import replace

import pytest

from app.kernel.metrics import METRICS, metrics


def test_a_key_that_is_taken_is_refused() -> None:
    fill = METRICS["fill"]
    other = replace(fill, definition=replace(fill.definition, version=2))

    with pytest.raises(ValueError, match="two packages have the metric 'fill'"):
        metrics(other)

    assert METRICS["fill"] is fill
