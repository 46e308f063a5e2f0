"""The kind of work that names a decider; what is undecided each package says of its own nouns."""

from typing import Final

from app.people.obligations.register import Kind, Making

NAME_A_DECIDER: Final = Kind(
    "name_a_decider",
    Making("report", "propose", "propose_report_dispensation", "dispensations"),
)
"""Answered by appointing somebody who is independent, or by a dispensation."""
