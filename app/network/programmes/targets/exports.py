"""Targets as CSV."""

from typing import Final

from app.network.programmes.targets.schemas import TargetOut
from app.people.reads.exported import shown

TARGETS_AS_CSV: Final = shown("targets", TargetOut)
