"""Sheets of attendance: each read of a session's is one statement."""
