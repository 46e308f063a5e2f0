"""Consents to be recorded: by person, for a whole session or a part of it."""
