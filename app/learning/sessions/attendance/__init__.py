"""Attendance: who was at a session, from evidence, and how well members take part."""
