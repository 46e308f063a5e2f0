"""Cohorts, and the memberships of collaborations in them.

The rooms at the top are those of the cohort; `models`, `lifecycle` and `access` are shared by all.
The memberships have a room set of their own in `memberships`.
"""
