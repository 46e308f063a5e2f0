"""Copies of series: what one cohort did, planned for another."""
