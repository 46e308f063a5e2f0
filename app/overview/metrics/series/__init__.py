"""Metrics over time, and of several cohorts beside each other."""
