"""Grants paid by milestones, as a grants programme keeps them in the open: one file of JSON.

The shape is that of the Web3 Foundation's applications, deliveries and evaluations. What becomes
of each defect is decided in docs/decisions, "What an import makes of other people's records".
"""
