"""Expenses: what a person has spent for a cohort and claims back from a fund."""
