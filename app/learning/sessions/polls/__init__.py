"""Polls: among which times people choose when a session is."""
