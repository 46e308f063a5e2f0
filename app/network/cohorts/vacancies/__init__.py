"""Cohorts that nobody coordinates any more, members that nobody leads."""
