"""Who reads of chart pages being made: whoever made them has them listed."""

from typing import Final

from app.kernel.audiences import audiences

AUDIENCES: Final = audiences(to_all=("metric_chart.created", "metric_chart.revoked"))
