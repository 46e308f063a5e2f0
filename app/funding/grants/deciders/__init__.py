"""Decisions about grants and milestones that nobody independent can take."""
