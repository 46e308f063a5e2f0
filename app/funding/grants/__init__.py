"""Grants, their versions, budget lines and milestones.

A milestone is stable: reports and payments point at it. What was agreed about it (amount, date,
criteria) belongs to a version of the grant, and sums to that version's award.
"""
