"""Rates of attendance: how well the members of a cohort take part."""
