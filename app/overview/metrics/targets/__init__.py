"""Targets of cohorts and programmes: what a metric is to reach, or not to exceed, by a day."""
