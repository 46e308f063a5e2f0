"""Decisions about reports that nobody independent can take."""
