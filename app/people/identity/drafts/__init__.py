"""Drafts that are deleted."""
