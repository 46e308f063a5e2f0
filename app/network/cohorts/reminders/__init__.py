"""Reminders: a word to the people of a member of what waits for them, once."""
