"""Payments of what was approved of a claim of expenses: to a person, out of the same fund."""
