"""Memberships: how a collaboration gets a place in a cohort, keeps it and gives it up."""
