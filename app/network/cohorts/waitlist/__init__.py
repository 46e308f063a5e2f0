"""Memberships that wait for a place, and may be taken off the list."""
