"""Agenda templates: how a session of a kind is usually spent."""
