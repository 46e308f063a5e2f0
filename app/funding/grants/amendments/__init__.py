"""Amendments: what was agreed is changed by a new version of it, whole."""
