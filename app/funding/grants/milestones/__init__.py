"""Milestones, when they are due, and what is done about them without a report."""
